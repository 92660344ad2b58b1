import EdgeFormat
import ModelGraph

/// The elements of a constant tensor, converted to what graphs hold.
struct TFLiteConstant {
    var shape: [Int]
    /// Quantized bytes without a sign stand here less 128, as their zero points do; floats of any width as float32.
    var data: TensorData
    var scales: [Float] = []
    /// As many as scales.
    var zeroPoints: [Int32] = []
    /// The axis that several scales run along.
    var quantizedAxis = 0
}

extension TFLiteConstant {

    /// - Parameter bytes: of the tensor's buffer.
    /// - Throws: `EdgeError` when they do not fit the shape, or are of a type that no operator takes.
    init(_ tensor: TFLiteTensor, _ bytes: ArraySlice<UInt8>) throws(EdgeError) {
        shape = tensor.shape
        let count = shape.contains(0) ? 0 : try Shape.elementCount(shape)
        guard let bits = tensor.type.bits else {
            throw EdgeError(.data, at: "", "constants of \(tensor.type.name) are not supported")
        }
        guard bytes.count == (count * bits + 7) / 8 else {
            throw EdgeError(
                .data, at: "",
                "\(tensor.type.name) \(Shape.text(shape)) takes \((count * bits + 7) / 8) bytes, its buffer has \(bytes.count)"
            )
        }
        scales = tensor.scales
        data = Self.elements(tensor.type, bytes, count, isQuantized: !scales.isEmpty)
        let offset: Int32 = tensor.type == .uint8 ? 128 : 0
        zeroPoints = tensor.zeroPoints.map { Int32(clamping: $0) - offset }
        quantizedAxis = tensor.quantizedAxis
        guard scales.count <= 1 || shape.indices.contains(quantizedAxis) && scales.count == shape[quantizedAxis] else {
            throw EdgeError(.data, at: "", "\(scales.count) scales do not fit the shape \(Shape.text(shape))")
        }
    }

    private static func elements(
        _ type: TFLiteType, _ bytes: ArraySlice<UInt8>, _ count: Int, isQuantized: Bool
    ) -> TensorData {
        func words<Word: FixedWidthInteger, Element>(_: Word.Type, _ convert: (Word) -> Element) -> [Element] {
            bytes.withUnsafeBytes { bytes in
                (0..<count).map {
                    let word = bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Word>.size, as: Word.self)
                    return convert(Word(littleEndian: word))
                }
            }
        }
        switch type {
        case .float16: return .float32(words(UInt16.self) { Float(Float16(bitPattern: $0)) })
        case .bfloat16: return .float32(words(UInt16.self) { Float(bitPattern: UInt32($0) << 16) })
        case .float64: return .float32(words(UInt64.self) { Float(Double(bitPattern: $0)) })
        case .int4:
            // Two a byte, the first one in the low half.
            return .int8(
                (0..<count).map { Int8(bitPattern: bytes[bytes.startIndex + $0 / 2] << ($0 % 2 == 0 ? 4 : 0)) >> 4 })
        case .int8: return .int8(words(Int8.self) { $0 })
        case .uint8 where isQuantized: return .int8(words(UInt8.self) { Int8(bitPattern: $0 ^ 0x80) })
        case .uint8: return .uint8(words(UInt8.self) { $0 })
        case .bool: return .bool(words(UInt8.self) { $0 != 0 })
        case .int16: return .int16(words(Int16.self) { $0 })
        case .int32: return .int32(words(Int32.self) { $0 })
        case .int64: return .int64(words(Int64.self) { $0 })
        case .float32, .other: return .float32(words(UInt32.self) { Float(bitPattern: $0) })
        }
    }

    /// The reals that the elements stand for; nil for integers without a scale.
    var reals: [Float]? {
        if let floats = data.floats { return floats }
        guard !scales.isEmpty, let integers = data.wholes else { return nil }
        let inner = shape.dropFirst(quantizedAxis + 1).reduce(1, *)
        return integers.indices.map { index in
            let channel = scales.count == 1 ? 0 : index / inner % scales.count
            return Float(integers[index] - Int64(zeroPoints[channel])) * scales[channel]
        }
    }
}

extension TFLiteType {
    /// Bits an element of a constant; nil for types that are not read.
    fileprivate var bits: Int? {
        switch self {
        case .int4: 4
        case .int8, .uint8, .bool: 8
        case .float16, .bfloat16, .int16: 16
        case .float32, .int32: 32
        case .float64, .int64: 64
        case .other: nil
        }
    }
}
