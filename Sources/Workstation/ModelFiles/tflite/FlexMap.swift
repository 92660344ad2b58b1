import EdgeFormat

/// The numbers by name that a custom operator's options hold: a map in a FlexBuffers value
/// (https://flatbuffers.dev/flexbuffers). Offsets lead backwards, and the root stands at the end. Nothing in it is
/// believed: every position and size is checked where it is followed, and so much is read at most.
struct FlexMap {
    private enum Entry {
        case whole(Int)
        case real(Double)
        /// Text, a list, a number too large: nothing that is asked for.
        case other
    }

    private var entries: [String: Entry] = [:]

    /// The most entries, and the most bytes of a name.
    private static let (countLimit, nameLimit) = (1000, 100)

    /// - Parameter bytes: the value and nothing else.
    /// - Throws: `EdgeError` when it is damaged or no map.
    init(_ bytes: ArraySlice<UInt8>) throws(EdgeError) {
        let reader = FlexReader(bytes: Array(bytes))
        guard !bytes.isEmpty else { throw EdgeError(.data, at: "", "it has no options") }
        let end = bytes.count
        let width = Int(try reader.unsigned(at: end - 1, width: 1))
        let kind = FlexKind(UInt8(try reader.unsigned(at: end - 2, width: 1)))
        guard [1, 2, 4, 8].contains(width) else { throw FlexReader.damage("the width of its root") }
        guard kind.type == FlexKind.map else { throw EdgeError(.data, at: "", "its options are no map") }
        try read(reader, at: try reader.target(ofOffsetAt: end - 2 - width, width: width), width: kind.width)
    }

    /// - Parameters:
    ///   - start: the first value; before it stand, each in `width` bytes, an offset to the names, their width, and the
    ///     number of entries; behind the values a byte for the kind of each.
    private mutating func read(_ reader: FlexReader, at start: Int, width: Int) throws(EdgeError) {
        let count = try reader.count(at: start - width, width: width)
        let keys = try reader.target(ofOffsetAt: start - 3 * width, width: width)
        let keyWidth = try reader.count(at: start - 2 * width, width: width)
        guard count <= Self.countLimit else {
            throw EdgeError(.data, at: "", "\(count) options; at most \(Self.countLimit) are read")
        }
        guard [1, 2, 4, 8].contains(keyWidth), try reader.count(at: keys - keyWidth, width: keyWidth) == count else {
            throw FlexReader.damage("the list of names")
        }
        for index in 0..<count {
            let name = try reader.text(
                at: try reader.target(ofOffsetAt: keys + index * keyWidth, width: keyWidth), limit: Self.nameLimit)
            let kind = FlexKind(UInt8(try reader.unsigned(at: start + count * width + index, width: 1)))
            guard entries[name] == nil else {
                throw EdgeError(.data, at: "", "its option '\(name.oneLine)' is there twice")
            }
            entries[name] = try Self.entry(reader, kind, at: start + index * width, width: width)
        }
    }

    /// - Parameter width: of values that stand in the map itself.
    /// - Returns: nil where the map says that there is no value.
    private static func entry(
        _ reader: FlexReader, _ kind: FlexKind, at place: Int, width: Int
    ) throws(EdgeError) -> Entry? {
        var (place, width, type) = (place, width, kind.type)
        if FlexKind.indirect.contains(type) {
            place = try reader.target(ofOffsetAt: place, width: width)
            width = kind.width
            type -= FlexKind.indirect.lowerBound - FlexKind.integer
        }
        let bits = try reader.unsigned(at: place, width: width)
        switch type {
        case FlexKind.null: return nil
        case FlexKind.integer:
            let unused = 64 - 8 * width
            return .whole(Int(Int64(bitPattern: bits << unused) >> unused))
        case FlexKind.natural: return Int(exactly: bits).map { .whole($0) } ?? .other
        case FlexKind.truth: return .whole(bits == 0 ? 0 : 1)
        case FlexKind.float where width == 2: return .real(Double(Float16(bitPattern: UInt16(bits))))
        case FlexKind.float where width == 4: return .real(Double(Float(bitPattern: UInt32(bits))))
        case FlexKind.float where width == 8: return .real(Double(bitPattern: bits))
        default: return .other
        }
    }

    /// A whole number, also where it is written as a float.
    /// - Parameter preset: what stands where it is left out; nil where it must be there.
    func whole(_ name: String, default preset: Int? = nil) throws(EdgeError) -> Int {
        switch entries[name] {
        case .whole(let number): return number
        case .real(let number):
            if let whole = Int(exactly: number) { return whole }
        case .other: break
        case nil:
            if let preset { return preset }
            throw EdgeError(.data, at: "", "its option '\(name)' is missing")
        }
        throw EdgeError(.data, at: "", "its option '\(name)' is no whole number")
    }

    func float(_ name: String) throws(EdgeError) -> Float {
        switch entries[name] {
        case .whole(let number): return Float(number)
        case .real(let number): return Float(number)
        case .other: throw EdgeError(.data, at: "", "its option '\(name)' is no number")
        case nil: throw EdgeError(.data, at: "", "its option '\(name)' is missing")
        }
    }
}

/// What a value is: the type in the upper six bits, in the lower two the width of what it leads to.
private struct FlexKind {
    let type: UInt8
    /// Bytes.
    let width: Int

    static let (null, integer, natural, float, map, truth): (UInt8, UInt8, UInt8, UInt8, UInt8, UInt8) = (
        0, 1, 2, 3, 9, 26
    )
    /// Integers, integers without a sign, floats that stand elsewhere.
    static let indirect: ClosedRange<UInt8> = 6...8

    init(_ byte: UInt8) {
        type = byte >> 2
        width = 1 << Int(byte & 3)
    }
}

/// Little-endian numbers at positions that are checked.
private struct FlexReader {
    let bytes: [UInt8]

    static func damage(_ what: String) -> EdgeError {
        EdgeError(.data, at: "", "its options are damaged: \(what) does not lie in them")
    }

    /// - Parameter width: 1, 2, 4 or 8 bytes.
    func unsigned(at position: Int, width: Int) throws(EdgeError) -> UInt64 {
        guard position >= 0, position <= bytes.count - width else { throw Self.damage("a number") }
        return bytes[position..<position + width].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A number of bytes or elements, none larger than the file.
    func count(at position: Int, width: Int) throws(EdgeError) -> Int {
        guard let count = Int(exactly: try unsigned(at: position, width: width)), count <= bytes.count else {
            throw Self.damage("what is counted")
        }
        return count
    }

    /// Where an offset leads: backwards from where it stands.
    func target(ofOffsetAt position: Int, width: Int) throws(EdgeError) -> Int {
        let offset = try count(at: position, width: width)
        guard offset <= position else { throw Self.damage("what an offset leads to") }
        return position - offset
    }

    /// Bytes up to a zero; what is not UTF-8 is replaced.
    func text(at position: Int, limit: Int) throws(EdgeError) -> String {
        let all = bytes[position...].prefix(limit + 1)
        guard let end = all.firstIndex(of: 0) else { throw Self.damage("the end of a name") }
        return String(decoding: all[..<end], as: UTF8.self)
    }
}
