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
    ///   - prescribed: the scales that the weights are multiples of already, one or one a channel; nil where there are
    ///     none.
    ///   - method: how scales are found.
    /// - Throws: `EdgeError` for weights or biases that no integers can stand for.
    init(
        _ weights: [Float], channels: Int, bias: [Float]?, input: TensorType, output: Float,
        prescribed: [Float]? = nil, _ method: QuantizationRecipe.WeightRangeMethod
    ) throws(EdgeError) {
        let depth = weights.count / channels
        let scale = try input.activationQuantization.scales[0]
        self.weights.reserveCapacity(weights.count)
        for channel in 0..<channels {
            let slice = weights[channel * depth..<(channel + 1) * depth]
            if let scales = prescribed, let own = scales.count == 1 ? scales.first : scales[channel],
                append(slice, scale: own, bias: bias?[channel] ?? 0, input: scale)
            {
                continue
            }
            let range = Self.range(slice, method)
            try append(slice, range, bias: bias?[channel] ?? 0, input: (scale, input.element == .int16), output: output)
        }
    }

    private mutating func append(
        _ channel: ArraySlice<Float>, _ largest: Float, bias: Float, input: (scale: Float, isWide: Bool), output: Float
    ) throws(EdgeError) {
        var scale = Self.scale(largest)
        // Coarser steps until neither the bias nor the largest possible sum and result could pass 32 bits. Long rows of
        // 16-bit products come near that limit as a rule, so the steps grow by little.
        while scale.isFinite, channel.allSatisfy(\.isFinite) {
            let unit = Double(input.scale) * Double(scale)
            let quantized = channel.map { Self.round($0 / scale) }
            let magnitude = quantized.reduce(0.0) { $0 + Double($1.magnitude) }
            let steps = (Double(bias) / unit).rounded(.toNearestOrEven)
            let limits = SumLimits(isWide: input.isWide, scale: (input.scale * scale) / output)
            if limits.hold(weights: magnitude, bias: steps) {
                weights += quantized
                scales.append(scale)
                self.bias.append(Int32(steps))
                return
            }
            scale *= input.isWide ? 1.0625 : 2
        }
        throw EdgeError(.data, at: "", "has weights or a bias that are not finite or too large for 8 bits")
    }

    /// Takes a channel whose weights are 8-bit multiples of a scale as it is.
    /// - Returns: whether it was such a one.
    private mutating func append(_ channel: ArraySlice<Float>, scale: Float, bias: Float, input: Float) -> Bool {
        let integers = channel.map { ($0 / scale).rounded(.toNearestOrEven) }
        let steps = (Double(bias) / (Double(input) * Double(scale))).rounded(.toNearestOrEven)
        guard integers.allSatisfy({ (-128...127).contains($0) }), abs(steps) < 0x1p30 else { return false }
        weights += integers.map { Int8($0) }
        scales.append(scale)
        self.bias.append(Int32(steps))
        return true
    }

    /// The largest weight that 127 steps should stand for.
    static func range(_ channel: ArraySlice<Float>, _ method: QuantizationRecipe.WeightRangeMethod) -> Float {
        method == .leastSquares ? bestRange(channel) : range(channel)
    }

    /// One of 127 steps to the largest weight; of a channel without weights any will do.
    static func scale(_ largest: Float) -> Float {
        let scale = largest / 127
        return scale.isNormal ? scale : 1 / 127
    }

    private static func range(_ channel: ArraySlice<Float>) -> Float { channel.reduce(0) { max($0, abs($1)) } }

    /// The end of 127 steps with which rounding and cutting together have the least square error: from half of the largest
    /// weight up.
    private static func bestRange(_ channel: ArraySlice<Float>) -> Float {
        let largest = range(channel)
        var best = (error: Double.infinity, range: largest)
        for share in (32...64).reversed() {
            let scale = largest * Float(share) / 64 / 127
            guard scale.isNormal else { break }
            let error = channel.reduce(0.0) { sum, weight in
                let difference = Double(Float(round(weight / scale)) * scale - weight)
                return sum + difference * difference
            }
            if error < best.error { best = (error, largest * Float(share) / 64) }
        }
        return best.range
    }

    private static func round(_ steps: Float) -> Int8 {
        Int8(min(max(steps.rounded(.toNearestOrEven), -127), 127))
    }
}

/// What the format asks of a channel's weights and bias, so that no sum and no result can pass 32 bits
/// (docs/arithmetic.md).
struct SumLimits {
    /// The largest magnitude of an input less its zero point.
    private let largest: Double
    /// From the sum to steps of the output.
    private let scale: Double

    init(isWide: Bool, scale: Float) {
        largest = isWide ? 32767 : 255
        self.scale = Double(scale)
    }

    init(input: TensorType, scale: Float) { self.init(isWide: input.element == .int16, scale: scale) }

    /// - Parameter weights: the sum of the weights' magnitudes.
    func hold(weights: Double, bias: Double) -> Bool {
        let bound = largest * weights + abs(bias)
        return abs(bias) < 0x1p30 && bound < 0x1p31 && bound * scale < 0x1p30
    }
}
