import EdgeFormat

/// Integers of 8 or 16 bits to reals: x = Float(q − zero point) · scale, scale and zero point of the input.
public struct Dequantize: Operation {
    public static let name = "dequantize"

    public init() {}

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        _ = try sameType(inputs, [.int8, .int16])
        return [TensorType(.float32, inputs[0].shape)]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        let quantization = try inputs[0].type.activationQuantization
        switch inputs[0].data {
        case .int8(let x): return [.float32(x.map { quantization.dequantize($0) })]
        case .int16(let x): return [.float32(x.map { quantization.dequantize(word: $0) })]
        default: throw notComputed(inputs)
        }
    }
}
