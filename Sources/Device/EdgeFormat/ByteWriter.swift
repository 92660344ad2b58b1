/// Little-endian bytes, appended.
public struct ByteWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public var count: Int { bytes.count }

    public mutating func append<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    public mutating func append(_ more: [UInt8]) { bytes.append(contentsOf: more) }
    public mutating func append(_ more: UnsafeRawBufferPointer) { bytes.append(contentsOf: more) }

    public mutating func append(_ values: [Float]) {
        for value in values { append(value.bitPattern) }
    }

    /// Zeros up to the next multiple of `alignment`.
    public mutating func align(to alignment: Int) {
        let rest = bytes.count % alignment
        if rest != 0 { bytes.append(contentsOf: repeatElement(0, count: alignment - rest)) }
    }

    /// Overwrites bytes that were appended before.
    public mutating func replace<Value: FixedWidthInteger>(at offset: Int, with value: Value) {
        withUnsafeBytes(of: value.littleEndian) { source in
            for (index, byte) in source.enumerated() { bytes[offset + index] = byte }
        }
    }

    /// The head of a section of records (see `RecordReader`).
    public mutating func appendRecordHead(size: Int, count: Int) {
        append(UInt32(size))
        append(UInt32(count))
        append(UInt64(0))
    }
}

/// Texts gathered in one run of bytes, each once; records refer to them by offset and length.
public struct TextPool: Sendable {
    public private(set) var bytes: [UInt8] = []
    private var known: [(text: [UInt8], offset: Int)] = []

    public init() {}

    /// Adds a text that is not looked for among the others.
    public mutating func append(_ text: String) -> (offset: UInt32, size: UInt32) {
        let offset = bytes.count
        bytes.append(contentsOf: text.utf8)
        return (UInt32(offset), UInt32(bytes.count - offset))
    }

    /// The offset of a name in `bytes`, and its length; an equal one is stored once, a longer one than readers take is cut.
    public mutating func addName(_ text: String) -> (offset: UInt32, size: UInt32) {
        var name = text.unicodeScalars
        while name.reduce(0, { $0 + UTF8.width($1) }) > ByteReader.nameLimit { name.removeLast() }
        return add(String(name))
    }

    /// The offset of a text in `bytes`, and its length; an equal text is stored once.
    public mutating func add(_ text: String) -> (offset: UInt32, size: UInt32) {
        let utf8 = Array(text.utf8)
        for entry in known where entry.text == utf8 { return (UInt32(entry.offset), UInt32(utf8.count)) }
        known.append((utf8, bytes.count))
        bytes.append(contentsOf: utf8)
        return (UInt32(bytes.count - utf8.count), UInt32(utf8.count))
    }
}
