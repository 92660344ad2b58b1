/// Little-endian loads from bytes that nobody has checked: every load is in bounds or throws.
public struct ByteReader {
    public let bytes: UnsafeRawBufferPointer
    /// Said in errors: the file and the section.
    public let place: String

    public init(_ bytes: UnsafeRawBufferPointer, place: String) {
        self.bytes = bytes
        self.place = place
    }

    /// The integer at a byte offset.
    public func load<Value: FixedWidthInteger>(_: Value.Type, at offset: Int) throws(EdgeError) -> Value {
        guard offset >= 0, offset <= bytes.count - MemoryLayout<Value>.size else {
            throw EdgeError(.data, at: place, "ends before byte \(offset); the file is damaged")
        }
        return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
    }

    /// The bytes `offset ..< offset + size`.
    public func slice(at offset: UInt64, size: UInt64) throws(EdgeError) -> UnsafeRawBufferPointer {
        let (end, overflow) = offset.addingReportingOverflow(size)
        guard !overflow, end <= UInt64(bytes.count) else {
            throw EdgeError(.data, at: place, "a part at byte \(offset) lies outside; the file is damaged")
        }
        return UnsafeRawBufferPointer(rebasing: bytes[Int(offset)..<Int(end)])
    }

    /// Bytes of a name at most: many names may share one text, and each is a copy.
    public static var nameLimit: Int { 256 }

    /// The text at `offset ..< offset + size`, at most `limit` bytes of it.
    public func text(at offset: UInt32, size: UInt32, limit: Int = nameLimit) throws(EdgeError) -> String {
        guard size <= limit else { throw EdgeError(.data, at: place, "a text is longer than \(limit) bytes") }
        return String(decoding: try slice(at: UInt64(offset), size: UInt64(size)), as: UTF8.self)
    }
}

/// A section of fixed-size records: u32 record size, u32 count, u64 zero, then the records. A reader uses the prefix of
/// each record that it knows, so that later minor versions may append fields.
public struct RecordReader {
    public let section: ByteReader
    public let count: Int
    let recordSize: Int

    static let headSize = 16

    /// - Parameter known: bytes of a record that this reader needs.
    public init(_ section: ByteReader, known: Int, limit: Int) throws(EdgeError) {
        self.section = section
        guard !section.bytes.isEmpty else { throw EdgeError(.data, at: section.place, "is missing") }
        recordSize = Int(try section.load(UInt32.self, at: 0))
        count = Int(try section.load(UInt32.self, at: 4))
        guard recordSize >= known, recordSize <= 4096 else {
            throw EdgeError(.data, at: section.place, "records of \(recordSize) bytes; at least \(known) are needed")
        }
        guard count <= limit else {
            throw EdgeError(.data, at: section.place, "\(count) records; at most \(limit) are allowed")
        }
        guard Self.headSize + count * recordSize <= section.bytes.count else {
            throw EdgeError(.data, at: section.place, "is shorter than its \(count) records")
        }
    }

    /// A reader of one record, offsets from its first byte.
    public func record(_ index: Int) -> ByteReader {
        let start = Self.headSize + index * recordSize
        let bytes = UnsafeRawBufferPointer(rebasing: section.bytes[start..<start + recordSize])
        return ByteReader(bytes, place: section.place + " record \(index)")
    }

    /// Where the bytes after the records begin.
    public var end: Int { Self.headSize + count * recordSize }
}
