import EdgeFormat

/// 8-bit integers to reals: x = Float(q − zero point) · scale, scale and zero point of the input.
public struct Dequantize: Operation {
    public static let name = "dequantize"

    public init() {}

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        guard try sameType(inputs)[0].element == .int8 else {
            throw EdgeError(.data, at: "", "dequantize takes int8")
        }
        return [TensorType(.float32, inputs[0].shape)]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        guard case .int8(let x) = inputs[0].data else { throw notComputed(inputs) }
        let quantization = try inputs[0].type.activationQuantization
        return [.float32(x.map { quantization.dequantize($0) })]
    }
}
