import EdgeFormat
import ModelGraph

/// Weights and biases of a convolution or dense layer in integers, one symmetric scale an output channel.
struct QuantizedWeights {
    private(set) var weights: [Int8] = []
    /// One an output channel.
    private(set) var scales: [Float] = []
    /// In units of input scale times the channel's weight scale.
    private(set) var bias: [Int32] = []

    /// - Parameters:
    ///   - weights: output channels first.
    ///   - input: the input's type, of 8 or 16 bits.
    ///   - output: the output's scale.
    /// - Throws: `EdgeError` for weights or biases that no integers can stand for.
    init(_ weights: [Float], channels: Int, bias: [Float]?, input: TensorType, output: Float) throws(EdgeError) {
        let depth = weights.count / channels
        let scale = try input.activationQuantization.scales[0]
        self.weights.reserveCapacity(weights.count)
        for channel in 0..<channels {
            let slice = weights[channel * depth..<(channel + 1) * depth]
            try append(slice, bias: bias?[channel] ?? 0, input: (scale, input.element == .int16), output: output)
        }
    }

    private mutating func append(
        _ channel: ArraySlice<Float>, bias: Float, input: (scale: Float, isWide: Bool), output: Float
    ) throws(EdgeError) {
        let largest = channel.reduce(Float(0)) { max($0, abs($1)) }
        var scale = largest / 127
        if !scale.isNormal { scale = 1 / 127 }
        // Coarser steps until neither the bias nor the largest possible sum and result could pass 32 bits. Long rows of
        // 16-bit products come near that limit as a rule, so the steps grow by little.
        let limit: Double = input.isWide ? 32767 : 255
        while scale.isFinite, channel.allSatisfy(\.isFinite) {
            let unit = Double(input.scale) * Double(scale)
            let quantized = channel.map { Self.round($0 / scale) }
            let magnitude = quantized.reduce(0.0) { $0 + Double($1.magnitude) }
            let steps = (Double(bias) / unit).rounded(.toNearestOrEven)
            let bound = limit * magnitude + abs(steps)
            if abs(steps) < 0x1p30, bound < 0x1p31, bound * Double((input.scale * scale) / output) < 0x1p30 {
                weights += quantized
                scales.append(scale)
                self.bias.append(Int32(steps))
                return
            }
            scale *= input.isWide ? 1.0625 : 2
        }
        throw EdgeError(.data, at: "", "has weights or a bias that are not finite or too large for 8 bits")
    }

    private static func round(_ steps: Float) -> Int8 {
        Int8(min(max(steps.rounded(.toNearestOrEven), -127), 127))
    }
}
