import EdgeFormat

/// Reals to 8-bit integers: q = clamp(roundHalfEven(x / scale) + zero point), scale and zero point of the output.
public struct Quantize: Operation {
    public static let name = "quantize"

    public init() {}

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        guard try sameType(inputs)[0].element == .float32 else {
            throw EdgeError(.data, at: "", "quantize takes float32")
        }
        return [TensorType(.int8, inputs[0].shape)]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        guard case .float32(let x) = inputs[0].data else { throw notComputed(inputs) }
        let quantization = try outputs[0].activationQuantization
        return [.int8(x.map { quantization.quantize($0) })]
    }
}
