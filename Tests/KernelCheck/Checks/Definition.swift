/// docs/arithmetic.md once more, independent of the kernels: logical values, 64-bit integers, its own rounding.
enum Definition {
    /// The range and zero point of an output, as logical values.
    struct Output {
        var zeroPoint = 0
        var minimum = -128
        var maximum = 127

        func clamped(_ value: Int64) -> Int8 {
            Int8(min(max(value + Int64(zeroPoint), Int64(minimum)), Int64(maximum)))
        }
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
