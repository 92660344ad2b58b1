/// A record of section `input`: how a picture becomes one of a graph's inputs.
public struct ModelInput: Sendable {
    /// Index of the input tensor, a picture or the rows of a grey one.
    public var tensor: Int
    public var pipeline: InputPipeline

    public init(tensor: Int, pipeline: InputPipeline) {
        self.tensor = tensor
        self.pipeline = pipeline
    }

    static let recordSize = 32

    init(_ record: ByteReader, tensors: [ModelTensor], tables: ByteReader) throws(EdgeError) {
        tensor = Int(try record.load(UInt32.self, at: 0))
        guard tensor < tensors.count, tensors[tensor].role == .input, let size = tensors[tensor].pictureSize,
            tensors[tensor].isPlain ? tensors[tensor].element == .float32 : tensors[tensor].element == .int8
        else {
            throw EdgeError(.data, at: record.place, "names a tensor that is no picture input")
        }
        guard let color = InputColor(rawValue: try record.load(UInt8.self, at: 4)),
            color.channels == size.channels
        else { throw EdgeError(.data, at: record.place, "has colours that do not fit its tensor") }
        let offset = UInt64(try record.load(UInt32.self, at: 12))
        let entries =
            tensors[tensor].isPlain
            ? try Self.readFloats(tables, offset, color, record.place) : try Self.readIntegers(tables, offset, color)
        pipeline = InputPipeline(
            crop: try Self.readCrop(record), width: size.width, height: size.height, color: color, tables: entries)
        guard pipeline.width <= InputPipeline.sideLimit, pipeline.height <= InputPipeline.sideLimit else {
            throw EdgeError(.data, at: record.place, "has an input of over \(InputPipeline.sideLimit) pixels a side")
        }
    }

    private static func readIntegers(
        _ tables: ByteReader, _ offset: UInt64, _ color: InputColor
    ) throws(EdgeError) -> InputTables {
        let bytes = try tables.slice(at: offset, size: UInt64(256 * color.channels))
        var channels: [[Int8]] = []
        for channel in 0..<color.channels {
            channels.append(bytes[256 * channel..<256 * (channel + 1)].map { Int8(bitPattern: $0) })
        }
        return .integers(channels)
    }

    private static func readFloats(
        _ tables: ByteReader, _ offset: UInt64, _ color: InputColor, _ place: String
    ) throws(EdgeError) -> InputTables {
        let bytes = try tables.slice(at: offset, size: UInt64(1024 * color.channels))
        var channels: [[Float]] = []
        for channel in 0..<color.channels {
            var entries: [Float] = []
            for value in 0..<256 {
                let bits = bytes.loadUnaligned(fromByteOffset: 1024 * channel + 4 * value, as: UInt32.self)
                entries.append(Float(bitPattern: UInt32(littleEndian: bits)))
            }
            guard entries.allSatisfy({ $0.isFinite }) else {
                throw EdgeError(.data, at: place, "has a table with what is no number")
            }
            channels.append(entries)
        }
        return .floats(channels)
    }

    private static func readCrop(_ record: ByteReader) throws(EdgeError) -> InputCrop {
        let millionths = try record.load(UInt32.self, at: 8)
        switch try record.load(UInt8.self, at: 5) {
        case 0: return .automatic
        case 1: return .whole
        case 2 where (1...1_000_000).contains(millionths): return .square(millionths: millionths)
        default: throw EdgeError(.data, at: record.place, "has an unknown crop")
        }
    }

    /// - Parameter tableOffset: where the pipeline's tables stand in section `tables`.
    func write(_ out: inout ByteWriter, tableOffset: Int) {
        out.append(UInt32(tensor))
        out.append(pipeline.color.rawValue)
        switch pipeline.crop {
        case .automatic: (out.append(UInt8(0)), out.append(UInt16(0)), out.append(UInt32(0))).2
        case .whole: (out.append(UInt8(1)), out.append(UInt16(0)), out.append(UInt32(0))).2
        case .square(let millionths): (out.append(UInt8(2)), out.append(UInt16(0)), out.append(millionths)).2
        }
        out.append(UInt32(tableOffset))
        for _ in 0..<4 { out.append(UInt32(0)) }
    }
}
