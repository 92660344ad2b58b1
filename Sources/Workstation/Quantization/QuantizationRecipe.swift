/// Every decision of the quantizer as data: stored in the file and printed as the flags that repeat it.
public struct QuantizationRecipe: Equatable, Sendable {
    /// How the range of an activation follows from the values that calibration saw.
    public enum RangeMethod: String, CaseIterable, Sendable {
        /// From the smallest to the largest value.
        case minMax = "min-max"
    }

    public var ranges: RangeMethod = .minMax
    /// Pictures that calibration looks at, spread evenly over the data; all where there are fewer.
    public var calibrationCount = 512

    public init() {}

    /// The flags of `quantize` that repeat this recipe.
    public var flags: String { "--ranges \(ranges.rawValue) --calibration-count \(calibrationCount)" }

    /// The positions of the samples that calibration looks at, of `available` ones.
    public func samples(of available: Int) -> [Int] {
        let count = min(calibrationCount, available)
        return (0..<count).map { $0 * available / count }
    }
}
