import EdgeFormat
import Tensors

/// A function that a normalization applies to its results.
public enum NormActivation: Equatable, Sendable {
    case none
    /// x / (1 + exp(−x)).
    case silu
}

/// Group norm: each picture's channels fall into groups of neighbours, and each group gets mean 0 and variance 1, then
/// a factor and an offset a channel: y = γ·(x − mean) / √(variance + ε) + β.
///
/// Inputs: x N·H·W·C, γ of C and β of C (float32 in quantized graphs too). Output: N·H·W·C.
public struct GroupNormalization: Operation {
    public static let name = "group-normalization"
    /// The most values in a group whose sums of 16-bit integers stay exact.
    public static let groupLimit = 1 << 16
    /// Entries of the table of a quantized function.
    public static let tableCount = 4096

    /// How many groups the channels fall into.
    public var groups: Int
    public var epsilon: Float
    public var activation: NormActivation
    /// What a step of the function's argument stands for in a quantized graph with an activation; else 0.
    public var activationScale: Float

    public init(groups: Int, epsilon: Float, activation: NormActivation = .none, activationScale: Float = 0) {
        self.groups = groups
        self.epsilon = epsilon
        self.activation = activation
        self.activationScale = activationScale
    }

    /// With an activation the table gives bytes.
    public var choosesWidth: Bool { activation == .none }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try expect(inputs, count: 3...3)
        let element = inputs[0].element
        try expect(element, [.float32, .int8, .int16])
        let x = try Shape.picture(inputs[0], "the input")
        guard groups >= 1, x.channels % groups == 0 else {
            throw EdgeError(.data, at: "", "\(groups) groups do not divide \(x.channels) channels")
        }
        for (input, what) in zip(inputs.dropFirst(), ["factors", "offsets"]) {
            guard input.element == .float32, input.shape == [x.channels] else {
                throw EdgeError(.data, at: "", "\(what) are \(input.text); float32 \(x.channels) is needed")
            }
        }
        guard epsilon.isFinite, epsilon > 0 else {
            throw EdgeError(.data, at: "", "epsilon \(epsilon) is not finite and above 0")
        }
        guard element.isQuantized else { return [TensorType(element, inputs[0].shape)] }
        guard x.height * x.width * (x.channels / groups) <= Self.groupLimit else {
            throw EdgeError(.data, at: "", "a group has more than \(Self.groupLimit) values")
        }
        guard activation == .none || (activationScale.isFinite && activationScale > 0) else {
            throw EdgeError(.data, at: "", "activation scale \(activationScale) is not finite and above 0")
        }
        return [TensorType(activation == .none ? element : .int8, inputs[0].shape)]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        guard let factors = inputs[1].data.floats, let offsets = inputs[2].data.floats else {
            throw notComputed(inputs)
        }
        let shape = inputs[0].type.shape
        if case .float32(let x) = inputs[0].data { return [.float32(floats(x, shape, factors, offsets))] }
        let input = try inputs[0].type.activationQuantization
        guard let x = inputs[0].data.centred(input.zeroPoint) else { throw notComputed(inputs) }
        return [try integers(x, shape, factors, offsets, scale: input.scales[0], to: outputs[0])]
    }
}

// Quantized: docs/arithmetic.md, "Group norm".
extension GroupNormalization {
    /// The table of the function: for i = −2048 … 2047, half_even(f(s_y·i) / s_out) + z_out, cut to −128 … 127.
    /// - Parameter output: of the int8 result.
    public func table(to output: Quantization) -> [Int8] {
        (-Self.tableCount / 2..<Self.tableCount / 2).map { output.quantize(SiLU()(activationScale * Float($0))) }
    }

    private func integers(
        _ x: [Int32], _ shape: [Int], _ factors: [Float], _ offsets: [Float], scale: Float, to output: TensorType
    ) throws(EdgeError) -> TensorData {
        let quantization = try output.activationQuantization
        let round = try Rounding(to: output)
        let table = activation == .none ? nil : self.table(to: quantization)
        let steps = table == nil ? quantization.scales[0] : activationScale
        let (pixels, channels) = (shape[1] * shape[2], shape[3])
        let depth = channels / groups
        let smallest = epsilon / (scale * scale)
        var y = [Int32](repeating: 0, count: x.count)
        for picture in stride(from: 0, to: x.count, by: pixels * channels) {
            for group in 0..<groups {
                let first = picture + group * depth
                let (mean, factor) = Self.moments(x, first, pixels, channels, depth, smallest)
                for channel in 0..<depth {
                    let a = (factors[group * depth + channel] * factor) / steps
                    let b = offsets[group * depth + channel] / steps - mean * a
                    for index in stride(from: first + channel, to: first + channel + pixels * channels, by: channels) {
                        let value = Float(x[index]) * a + b
                        y[index] = table.map { Int32($0[Self.entry(value)]) } ?? round(value)
                    }
                }
            }
        }
        return TensorData(output.element, count: y.count) { y[$0] }
    }

    /// Mean and 1 / √(variance + ε) of a group, in steps of the input's scale.
    private static func moments(
        _ x: [Int32], _ first: Int, _ pixels: Int, _ channels: Int, _ depth: Int, _ smallest: Float
    ) -> (mean: Float, factor: Float) {
        var (sum, squares): (Int64, Int64) = (0, 0)
        for pixel in 0..<pixels {
            for index in first + pixel * channels..<first + pixel * channels + depth {
                sum += Int64(x[index])
                squares += Int64(x[index]) * Int64(x[index])
            }
        }
        let count = pixels * depth
        let mean = Float(sum) / Float(count)
        let variance = Float(Int64(count) * squares - sum * sum) / (Float(count) * Float(count))
        return (mean, 1 / (variance + smallest).squareRoot())
    }

    /// Where the table has the function of a value: cut to −2048 … 2047, a NaN to the lower end, then rounded.
    private static func entry(_ value: Float) -> Int {
        let cut = value > -2048 ? (value < 2047 ? value : 2047) : -2048
        return Int(cut.rounded(.toNearestOrEven)) + 2048
    }
}

extension GroupNormalization {
    /// Mean and variance add up in double precision, rows of pixels in single.
    private func floats(_ x: [Float], _ shape: [Int], _ factors: [Float], _ offsets: [Float]) -> [Float] {
        let (pixels, channels) = (shape[1] * shape[2], shape[3])
        let depth = channels / groups
        var y = x
        // Mean, factor and offset of each channel, and sums.
        var scratch = [Float](repeating: 0, count: 4 * channels)
        y.withUnsafeMutableBufferPointer { y in
            scratch.withUnsafeMutableBufferPointer { scratch in
                guard let y = y.baseAddress, let means = scratch.baseAddress else { return }
                let (a, b, row) = (means + channels, means + 2 * channels, means + 3 * channels)
                for picture in 0..<shape[0] {
                    let y = y + picture * pixels * channels
                    means.update(repeating: 0, count: channels)
                    for (group, mean) in groupMeans(y, pixels, channels, row, centre: means, squares: false)
                        .enumerated()
                    {
                        (means + group * depth).update(repeating: Float(mean), count: depth)
                    }
                    let variances = groupMeans(y, pixels, channels, row, centre: means, squares: true)
                    for channel in 0..<channels {
                        let deviation = (variances[channel / depth] + Double(epsilon)).squareRoot()
                        a[channel] = Float(Double(factors[channel]) / deviation)
                        b[channel] = offsets[channel] - means[channel] * a[channel]
                    }
                    for pixel in 0..<pixels {
                        let y = y + pixel * channels
                        forLanes(channels) {
                            y.setLanes(y.lanes(at: $0) * a.lanes(at: $0) + b.lanes(at: $0), at: $0)
                        } _: {
                            y[$0] = y[$0] * a[$0] + b[$0]
                        }
                    }
                    if activation == .silu { SiLU.apply(y, count: pixels * channels) }
                }
            }
        }
        return y
    }

    /// The mean over each group of x − centre, or of its square. `row` has room for a float a channel.
    private func groupMeans(
        _ x: Row, _ pixels: Int, _ channels: Int, _ row: Row, centre: Row, squares: Bool
    ) -> [Double] {
        var sums = [Double](repeating: 0, count: groups)
        let depth = channels / groups
        for start in stride(from: 0, to: pixels, by: 32) {
            row.update(repeating: 0, count: channels)
            for pixel in start..<min(start + 32, pixels) {
                let x = x + pixel * channels
                forLanes(channels) {
                    let value = x.lanes(at: $0) - centre.lanes(at: $0)
                    row.setLanes(row.lanes(at: $0) + (squares ? value * value : value), at: $0)
                } _: {
                    let value = x[$0] - centre[$0]
                    row[$0] += squares ? value * value : value
                }
            }
            for channel in 0..<channels { sums[channel / depth] += Double(row[channel]) }
        }
        return sums.map { $0 / Double(pixels * depth) }
    }
}
