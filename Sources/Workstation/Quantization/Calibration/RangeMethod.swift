/// How the range of an activation that 8 bits stand for follows from the values that calibration saw
/// (docs/quantization.md).
public enum RangeMethod: Equatable, Sendable {
    /// From the smallest to the largest value.
    case minMax
    /// From the mean of the samples' smallest values to that of their largest, later samples weighing more.
    case movingAverage
    /// Without the smallest and the largest values: this many percent lie inside, equal shares on both sides.
    case percentile(Double)
    /// The range whose 255 steps stand for the values with the least mean square error.
    case leastSquares
    /// The range whose quantized values have the least Kullback-Leibler divergence from the values.
    case divergence

    /// Of `percentile` where no number is given.
    private static let defaultPercentile = 99.99

    /// `min-max`, `moving-average`, `percentile`, `percentile:99.9`, `mse` or `kl`; nil for other texts.
    public init?(_ text: String) {
        switch text {
        case "min-max": self = .minMax
        case "moving-average": self = .movingAverage
        case "percentile": self = .percentile(Self.defaultPercentile)
        case "mse": self = .leastSquares
        case "kl": self = .divergence
        default:
            let prefix = "percentile:"
            guard text.hasPrefix(prefix), let share = Double(text.dropFirst(prefix.count)), share >= 50, share <= 100
            else { return nil }
            self = .percentile(share)
        }
    }

    /// What `init` takes.
    public var text: String {
        switch self {
        case .minMax: "min-max"
        case .movingAverage: "moving-average"
        case .percentile(let share): "percentile:\(share)"
        case .leastSquares: "mse"
        case .divergence: "kl"
        }
    }

    /// Whether it looks at how often which values occurred.
    var needsHistogram: Bool {
        switch self {
        case .minMax, .movingAverage: false
        case .percentile, .leastSquares, .divergence: true
        }
    }
}
