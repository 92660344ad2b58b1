import EdgeFormat

/// Reals to integers of 8 or 16 bits: q = clamp(roundHalfEven(x / scale) + zero point), scale and zero point of the
/// output.
public struct Quantize: Operation {
    public static let name = "quantize"

    public init() {}

    public var choosesWidth: Bool { true }

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
        return outputs[0].element == .int16
            ? [.int16(x.map { quantization.quantize(word: $0) })] : [.int8(x.map { quantization.quantize($0) })]
    }
}
