/// docs/arithmetic.md once more, independent of the kernels: logical values, 64-bit integers, its own rounding.
enum Definition {
    /// The range and zero point of an output, as logical values.
    struct Output {
        var zeroPoint = 0
        var minimum = -128
        var maximum = 127
        /// Of each channel; nil where the same holds for all.
        var maxima: [Int]?

        /// The output as one channel sees it.
        func ofChannel(_ channel: Int) -> Output {
            Output(zeroPoint: zeroPoint, minimum: minimum, maximum: maxima?[channel] ?? maximum)
        }

        func clamped(_ value: Int64) -> Int8 {
            Int8(min(max(value + Int64(zeroPoint), Int64(minimum)), Int64(maximum)))
        }
    }

    /// What an addend, a norm, a rescale and an addition end with: cut, rounded, and only then moved.
    static func rounded(_ value: SignedSingle, _ output: Output) -> Int {
        let range = output.minimum - output.zeroPoint...output.maximum - output.zeroPoint
        return value.rounded(within: range) + output.zeroPoint
    }

    /// (E[k] * (64 - f) + E[k + 1] * f) / 64, rounded, half up.
    static func interpolated(_ value: Int16, _ table: [Int16]) -> Int {
        let (entry, part) = (Int(value) + 32_768).quotientAndRemainder(dividingBy: 64)
        let line = Int(table[entry]) * 64 + (Int(table[entry + 1]) - Int(table[entry])) * part
        let (whole, rest) = (line + 32).quotientAndRemainder(dividingBy: 64)
        return rest < 0 ? whole - 1 : whole
    }

    /// clamp(roundHalfEven(Float(sum) * scale) + zeroPoint).
    static func requantized(_ sum: Int32, scale: Float, _ output: Output) -> Int8 {
        let magnitude = (SinglePrecision(UInt64(sum.magnitude)) * SinglePrecision(scale)).rounded
        return output.clamped(sum < 0 ? -magnitude : magnitude)
    }

    /// sign(S) * ((|S| + n/2) / n).
    static func average(sum: Int, count: Int, _ output: Output) -> Int8 {
        let magnitude = (abs(sum) + count / 2) / count
        return output.clamped(Int64(sum < 0 ? -magnitude : magnitude))
    }

    /// roundHalfEven(Float(E[d]) * (inverseScale / Float(S))) + zeroPoint.
    static func softmax(_ values: [Int8], exponentials: [Int32], inverseScale: Float, _ output: Output) -> [Int8] {
        let largest = Int(values.max() ?? 0)
        let terms = values.map { UInt64(exponentials[largest - Int($0)]) }
        let factor = SinglePrecision(inverseScale) / SinglePrecision(terms.reduce(0, +))
        return terms.map { output.clamped((SinglePrecision($0) * factor).rounded) }
    }
}
