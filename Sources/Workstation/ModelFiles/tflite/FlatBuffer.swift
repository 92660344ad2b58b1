import EdgeFormat

/// A FlatBuffers file: tables, vectors and strings behind offsets, little-endian
/// (https://flatbuffers.dev/internals). Nothing in it is believed: every position, size and alignment is checked where it
/// is followed, and what is read in all is bounded, since offsets can lead to the same bytes again and again.
final class FlatBuffer {
    fileprivate let bytes: [UInt8]
    /// Bytes that vectors and strings may still take out of the file.
    private var allowance: Int

    /// The largest file: offsets are below 2³¹.
    static let sizeLimit = Int(Int32.max)

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        allowance = 8 * bytes.count + 65_536
    }

    var isEmpty: Bool { bytes.isEmpty }

    /// The four characters behind the root offset that tell the kind of file; nil where the file is too short.
    var identifier: String? {
        bytes.count < 8 ? nil : String(decoding: bytes[4..<8], as: UTF8.self)
    }

    func root() throws(EdgeError) -> FlatTable {
        try FlatTable(self, at: try target(ofOffsetAt: 0, "the root table"), "the root table")
    }

    /// The little-endian integer at a position that is known to lie in the file.
    fileprivate func integer<Integer: FixedWidthInteger>(_ type: Integer.Type, at position: Int) -> Integer {
        bytes.withUnsafeBytes { Integer(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: Integer.self)) }
    }

    /// Checks that `size` bytes at a position that is a multiple of `alignment` lie in the file.
    fileprivate func expect(_ size: Int, at position: Int, alignment: Int, _ what: String) throws(EdgeError) {
        guard position >= 0, position % alignment == 0, position <= bytes.count, size <= bytes.count - position else {
            throw EdgeError(.data, at: "", "damaged: \(what) does not lie in the file")
        }
    }

    /// Where the offset at a position leads: forward, as many bytes as it says.
    fileprivate func target(ofOffsetAt position: Int, _ what: String) throws(EdgeError) -> Int {
        try expect(4, at: position, alignment: 4, what)
        return position + Int(integer(UInt32.self, at: position))
    }

    /// First element and number of elements of a vector, whose elements take `size` bytes each.
    fileprivate func vector(at position: Int, elementSize size: Int, _ what: String) throws(EdgeError) -> (Int, Int) {
        try expect(4, at: position, alignment: 4, what)
        let count = Int(integer(UInt32.self, at: position))
        try expect(count * size, at: position + 4, alignment: size, what)
        return (position + 4, count)
    }

    /// Counts what is taken out of the file.
    fileprivate func spend(_ size: Int) throws(EdgeError) {
        guard size <= allowance else {
            throw EdgeError(.data, at: "", "damaged: the same parts of the file are used over and over")
        }
        allowance -= size
    }
}

/// A table of a FlatBuffers file: fields by number, each of which may be left out.
struct FlatTable {
    private let buffer: FlatBuffer
    private let position: Int
    private let fields: Int
    private let fieldCount: Int
    private let size: Int
    private let name: String

    /// - Parameter name: what errors call it.
    fileprivate init(_ buffer: FlatBuffer, at position: Int, _ name: String) throws(EdgeError) {
        try buffer.expect(4, at: position, alignment: 4, name)
        // The table of its fields' places may stand before or behind it.
        let fields = position - Int(buffer.integer(Int32.self, at: position))
        try buffer.expect(4, at: fields, alignment: 2, name)
        let fieldsSize = Int(buffer.integer(UInt16.self, at: fields))
        size = Int(buffer.integer(UInt16.self, at: fields + 2))
        guard fieldsSize >= 4, fieldsSize % 2 == 0, size >= 4 else {
            throw EdgeError(.data, at: "", "damaged: \(name) has no size")
        }
        try buffer.expect(fieldsSize, at: fields, alignment: 2, name)
        try buffer.expect(size, at: position, alignment: 4, name)
        self.buffer = buffer
        self.position = position
        self.fields = fields + 4
        self.fieldCount = (fieldsSize - 4) / 2
        self.name = name
    }

    /// Where a field of so many bytes stands; nil where it is left out.
    private func place(_ field: Int, size fieldSize: Int) throws(EdgeError) -> Int? {
        guard field < fieldCount else { return nil }
        let offset = Int(buffer.integer(UInt16.self, at: fields + 2 * field))
        guard offset != 0 else { return nil }
        guard offset >= 4, offset + fieldSize <= size, (position + offset) % fieldSize == 0 else {
            throw EdgeError(.data, at: "", "damaged: field \(field) of \(name) does not lie in it")
        }
        return position + offset
    }

    func integer<Integer: FixedWidthInteger>(_ field: Int, default value: Integer) throws(EdgeError) -> Integer {
        try place(field, size: MemoryLayout<Integer>.size).map { buffer.integer(Integer.self, at: $0) } ?? value
    }

    /// A signed integer of 32 bits.
    func int(_ field: Int, default value: Int = 0) throws(EdgeError) -> Int {
        try place(field, size: 4).map { Int(buffer.integer(Int32.self, at: $0)) } ?? value
    }

    /// An integer of 8 bits, as enumerations are.
    func byte(_ field: Int) throws(EdgeError) -> Int { Int(try integer(field, default: UInt8(0))) }

    func flag(_ field: Int, default preset: Bool = false) throws(EdgeError) -> Bool {
        try integer(field, default: UInt8(preset ? 1 : 0)) != 0
    }

    func float(_ field: Int) throws(EdgeError) -> Float {
        Float(bitPattern: try integer(field, default: UInt32(0)))
    }

    /// - Parameter what: what errors call it.
    func table(_ field: Int, _ what: String) throws(EdgeError) -> FlatTable? {
        guard let place = try place(field, size: 4) else { return nil }
        return try FlatTable(buffer, at: try buffer.target(ofOffsetAt: place, what), what)
    }

    /// The tables of a vector; none where the field is left out.
    /// - Parameter limit: the largest number of them.
    func tables(_ field: Int, _ what: String, limit: Int) throws(EdgeError) -> [FlatTable] {
        guard let place = try place(field, size: 4) else { return [] }
        let (first, count) = try buffer.vector(
            at: try buffer.target(ofOffsetAt: place, what), elementSize: 4, "the list of \(what)s")
        guard count <= limit else { throw EdgeError(.data, at: "", "\(count) \(what)s; at most \(limit) are read") }
        var tables: [FlatTable] = []
        tables.reserveCapacity(count)
        for index in 0..<count {
            let name = "\(what) \(index)"
            tables.append(
                try FlatTable(buffer, at: try buffer.target(ofOffsetAt: first + 4 * index, name), name))
        }
        return tables
    }

    /// The integers of a vector; none where the field is left out.
    func integers<Integer: FixedWidthInteger>(
        _ field: Int, _ type: Integer.Type, _ what: String
    ) throws(EdgeError) -> [Integer] {
        let size = MemoryLayout<Integer>.size
        guard let (first, count) = try vector(field, elementSize: size, what) else { return [] }
        try buffer.spend(count * size)
        return (0..<count).map { buffer.integer(Integer.self, at: first + size * $0) }
    }

    func floats(_ field: Int, _ what: String) throws(EdgeError) -> [Float] {
        try integers(field, UInt32.self, what).map { Float(bitPattern: $0) }
    }

    /// The bytes of a vector where they are, not copied.
    func bytes(_ field: Int, _ what: String) throws(EdgeError) -> ArraySlice<UInt8> {
        guard let (first, count) = try vector(field, elementSize: 1, what) else { return [] }
        try buffer.spend(count)
        return buffer.bytes[first..<first + count]
    }

    /// A string; bytes that are not UTF-8 are replaced. It is empty where the field is left out.
    func string(_ field: Int, _ what: String) throws(EdgeError) -> String {
        String(decoding: try bytes(field, what), as: UTF8.self)
    }

    private func vector(_ field: Int, elementSize: Int, _ what: String) throws(EdgeError) -> (Int, Int)? {
        guard let place = try place(field, size: 4) else { return nil }
        return try buffer.vector(at: try buffer.target(ofOffsetAt: place, what), elementSize: elementSize, what)
    }
}
