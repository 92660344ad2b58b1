import EdgeFormat

/// The same reals under another scale, zero point or width; quantized only:
/// q = clamp(roundHalfEven(Float(x − z_in) · (s_in / s_out)) + z_out).
public struct Rescale: Operation {
    public static let name = "rescale"

    public init() {}

    public var choosesWidth: Bool { true }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try sameType(inputs, [.int8, .int16])
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        let (input, output) = (try inputs[0].type.activationQuantization, try outputs[0].activationQuantization)
        guard let x = inputs[0].data.centred(input.zeroPoint) else { throw notComputed(inputs) }
        let factor = input.scales[0] / output.scales[0]
        let round = try Rounding(to: outputs[0])
        return [TensorData(outputs[0].element, count: x.count) { round(Float(x[$0]) * factor) }]
    }
}
