internal import Denoising
internal import EdgeFormat

/// A noise table by additions, products and quotients alone, so that a check has the same one on every processor. Near the
/// end of the tail it is less exact than the one in model files.
enum NormalTable {
    static func noise() throws(EdgeError) -> GaussianNoise { try GaussianNoise(table: entries) }

    private static let entries = make()

    private static func make() -> [Int32] {
        var table: [Int32] = []
        var power = 1.0 / 4_294_967_296
        for _ in 0..<31 {
            for entry in 0..<64 {
                table.append(Int32(quantile(ofTail: power * (1 + Double(entry) / 64)) * 16_777_216 + 0.5))
            }
            power *= 2
        }
        return table + [0]
    }

    /// By halving an interval.
    private static func quantile(ofTail probability: Double) -> Double {
        var (low, high) = (0.0, 7.0)
        for _ in 0..<40 {
            let middle = (low + high) / 2
            if tail(middle) > probability { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// Φ(x) = ½ + φ(x)·(x + x³/3 + x⁵/(3·5) + …).
    private static func tail(_ x: Double) -> Double {
        var (term, sum, divisor) = (x, 0.0, 1.0)
        while sum + term != sum {
            sum += term
            divisor += 2
            term *= x * x / divisor
        }
        return 0.5 - sum * exponential(-x * x / 2) / 2.506_628_274_631_000_5
    }

    /// exp(x/64)^64 by its series.
    private static func exponential(_ x: Double) -> Double {
        var (term, sum) = (1.0, 1.0)
        for index in 1..<16 {
            term *= x / 64 / Double(index)
            sum += term
        }
        for _ in 0..<6 { sum *= sum }
        return sum
    }
}
