/// A record of a section `packed`: an operation's weights laid out for one kernel set.
public struct PackedWeights: Sendable {
    /// Index of the operation.
    public var operation: Int
    /// The number of the layout (`weight_layout` in Kernels.h).
    public var layout: UInt32
    /// Byte offset in the section, a multiple of 64.
    public var offset: Int
    public var size: Int

    public init(operation: Int, layout: UInt32, offset: Int, size: Int) {
        self.operation = operation
        self.layout = layout
        self.offset = offset
        self.size = size
    }

    static let recordSize = 32

    init(_ record: ByteReader, section: ByteReader, operationCount: Int) throws(EdgeError) {
        operation = Int(try record.load(UInt32.self, at: 0))
        layout = try record.load(UInt32.self, at: 4)
        let start = try record.load(UInt64.self, at: 8)
        let length = try record.load(UInt64.self, at: 16)
        _ = try section.slice(at: start, size: length)
        guard operation < operationCount, start % 64 == 0 else {
            throw EdgeError(.data, at: record.place, "names an operation that is not there or is not aligned")
        }
        offset = Int(start)
        size = Int(length)
    }

    /// A section of packed weights.
    /// - Parameter weights: for each operation that has some, in order: its index, the layout and the packed bytes.
    public static func section(_ weights: [(operation: Int, layout: UInt32, bytes: [UInt8])]) -> [UInt8] {
        var out = ByteWriter()
        out.appendRecordHead(size: recordSize, count: weights.count)
        var offset = (RecordReader.headSize + weights.count * recordSize + 63) / 64 * 64
        for entry in weights {
            out.append(UInt32(entry.operation))
            out.append(entry.layout)
            out.append(UInt64(offset))
            out.append(UInt64(entry.bytes.count))
            out.append(UInt64(0))
            offset = (offset + entry.bytes.count + 63) / 64 * 64
        }
        for entry in weights {
            out.align(to: 64)
            out.append(entry.bytes)
        }
        return out.bytes
    }
}
