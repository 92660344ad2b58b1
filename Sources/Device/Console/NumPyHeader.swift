internal import Platform

/// The head of a .npy file: a magic number, a version, a length, and a Python dictionary of three entries.
struct NumPyHeader {
    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    var element = NumPyArray.Element.uint8
    var shape: [Int] = []
    /// Where the elements begin.
    let end: Int

    private var rest: ArraySlice<UInt8>
    private let place: String

    init(_ file: UnsafeRawBufferPointer, _ place: String) throws(Failure) {
        guard file.count >= 12, file.prefix(6).elementsEqual(Self.magic) else {
            throw Failure(.data, "\(place): not a NumPy file (.npy)")
        }
        let version = file[6]
        guard (1...3).contains(version) else {
            throw Failure(.data, "\(place): version \(version) of NumPy's format is not known; 1 to 3 are")
        }
        let start = version == 1 ? 10 : 12
        var length = Int(file[8]) | Int(file[9]) << 8
        if version > 1 { length |= Int(file[10]) << 16 | Int(file[11]) << 24 }
        guard length <= min(file.count - start, 1 << 16) else {
            throw Failure(.data, "\(place): the header is cut short or too long")
        }
        end = start + length
        rest = [UInt8](file[start..<end])[...]
        self.place = place
        try parse()
    }

    /// `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`, the entries in any order.
    private mutating func parse() throws(Failure) {
        var (hasType, hasOrder, hasShape) = (false, false, false)
        try expect("{")
        while !skip("}") {
            let name = try quoted()
            try expect(":")
            if sameBytes(name, "descr") {
                element = try elementNamed(try quoted())
                hasType = true
            } else if sameBytes(name, "fortran_order") {
                guard skip("False") else {
                    guard skip("True") else { throw broken() }
                    throw Failure(.data, "\(place): columns first; save numpy.ascontiguousarray(array)")
                }
                hasOrder = true
            } else if sameBytes(name, "shape") {
                shape = try lengths()
                hasShape = true
            } else {
                throw broken()
            }
            if !skip(",") {
                try expect("}")
                break
            }
        }
        guard hasType, hasOrder, hasShape else { throw broken() }
    }

    private func elementNamed(_ name: ArraySlice<UInt8>) throws(Failure) -> NumPyArray.Element {
        for element in NumPyArray.Element.allCases where sameBytes(name, element.descriptor) { return element }
        throw Failure(
            .data,
            "\(place): elements of type '\(String(decoding: name, as: UTF8.self))'; "
                + "bool, integers of up to 64 bits (uint32 and uint64 excepted), float16 and float32 are taken, so save array.astype(numpy.float32) or the like"
        )
    }

    /// `()`, `(3,)`, `(3, 4)`.
    private mutating func lengths() throws(Failure) -> [Int] {
        var lengths: [Int] = []
        try expect("(")
        while !skip(")") {
            lengths.append(try number())
            if !skip(",") {
                try expect(")")
                break
            }
        }
        guard lengths.count <= 32 else { throw broken() }
        return lengths
    }

    private mutating func number() throws(Failure) -> Int {
        skipBlanks()
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard (1...18).contains(digits.count) else { throw broken() }
        rest.removeFirst(digits.count)
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    private mutating func quoted() throws(Failure) -> ArraySlice<UInt8> {
        skipBlanks()
        guard let quote = rest.popFirst(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\""),
            let close = rest.firstIndex(of: quote)
        else { throw broken() }
        defer { rest = rest[(close + 1)...] }
        return rest[..<close]
    }

    private mutating func expect(_ token: StaticString) throws(Failure) {
        guard skip(token) else { throw broken() }
    }

    private mutating func skip(_ token: StaticString) -> Bool {
        skipBlanks()
        let found = token.withUTF8Buffer { rest.starts(with: $0) }
        if found { rest.removeFirst(token.utf8CodeUnitCount) }
        return found
    }

    private mutating func skipBlanks() {
        rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
    }

    private func sameBytes(_ bytes: ArraySlice<UInt8>, _ text: StaticString) -> Bool {
        text.withUTF8Buffer { bytes.elementsEqual($0) }
    }

    private func broken() -> Failure { Failure(.data, "\(place): the header is not NumPy's") }
}
