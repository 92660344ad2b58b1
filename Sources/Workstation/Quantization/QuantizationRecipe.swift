/// Every decision of the quantizer as data: stored in the file and printed as the flags that repeat it.
public struct QuantizationRecipe: Equatable, Sendable {
    /// What a file computes with, and what its weights are stored in.
    public enum Precision: String, CaseIterable, Sendable {
        /// Computes with integers of 8 bits, and of 16 where they are needed.
        case int8
        /// Computes with float32.
        case fp32
        /// Computes with float32 on weights that are stored as half floats.
        case fp16
        /// Computes with float32 on weights that are stored as bfloat16.
        case bf16
        /// Computes with float32 on weights that are stored as integers of 8 bits, with one scale an output channel.
        case int8Weights = "int8-weights"
    }

    public var precision: Precision = .int8
    public var ranges: RangeMethod = .minMax
    /// How weights are scaled, one scale an output channel.
    public enum WeightRangeMethod: String, CaseIterable, Sendable {
        /// By the largest weight.
        case minMax = "min-max"
        /// By the scale with the least mean square error of the weights.
        case leastSquares = "mse"
    }

    /// How weights become integers.
    public enum RoundingMethod: String, CaseIterable, Sendable {
        case nearest
        /// Up or down, whichever makes the layer's results better.
        case adaptive
    }

    /// How the mean errors of layers are found that their biases take away.
    public enum BiasCorrectionMethod: String, CaseIterable, Sendable {
        /// On the calibration's samples, layer by layer.
        case empirical
        /// From what batch norms say of their channels.
        case dataFree = "data-free"
        case none
    }

    /// Whether the ranges of activations are learned by block, from those that calibration found.
    public var learnsRanges = false
    public var weightRanges: WeightRangeMethod = .minMax
    public var rounding: RoundingMethod = .adaptive
    /// Whether channels between two layers are brought to a common range.
    public var equalizes = false
    public var biasCorrection: BiasCorrectionMethod = .empirical
    /// Pictures that calibration looks at, spread evenly over the data; all where there are fewer.
    public var calibrationCount = 512
    /// Samplings that calibration of a denoiser follows.
    public var trajectories = 32
    /// Names of layers whose input is kept in 16 bits, beside those that need it.
    public var sixteenBit: [String] = []
    /// Names of layers that are computed in floats.
    public var floats: [String] = []

    public init() {}

    /// The flags of `quantize` that repeat this recipe.
    /// - Parameter isDenoiser: calibration makes its own data.
    public func flags(isDenoiser: Bool = false) -> String {
        guard precision == .int8 else { return floatFlags }
        let calibration =
            isDenoiser ? "--calibration trajectories:\(trajectories)" : "--calibration-count \(calibrationCount)"
        let names = Self.flag("sixteen-bit", sixteenBit) + Self.flag("float", floats)
        var flags = ["--ranges \(ranges.text)", calibration]
        if weightRanges != .minMax { flags.append("--weight-ranges \(weightRanges.rawValue)") }
        if !isDenoiser {
            if learnsRanges { flags.append("--learn-ranges") }
            flags.append("--rounding \(rounding.rawValue)")
            if equalizes { flags.append("--equalize") }
            flags.append("--bias-correction \(biasCorrection.rawValue)")
        }
        return flags.joined(separator: " ") + names
    }

    /// Of a file that computes with floats.
    private var floatFlags: String {
        let flags = "--precision \(precision.rawValue)"
        guard precision == .int8Weights, weightRanges != .minMax else { return flags }
        return flags + " --weight-ranges \(weightRanges.rawValue)"
    }

    private static func flag(_ name: String, _ layers: [String]) -> String {
        layers.isEmpty ? "" : " --\(name) \(layers.joined(separator: ","))"
    }

    /// The positions of the samples that calibration looks at, of `available` ones.
    public func samples(of available: Int) -> [Int] {
        let count = min(calibrationCount, available)
        return (0..<count).map { $0 * available / count }
    }
}
