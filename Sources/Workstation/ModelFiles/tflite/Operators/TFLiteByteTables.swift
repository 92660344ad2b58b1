import EdgeFormat
import Foundation
import ModelGraph

/// How LiteRT fills a byte with a function of another: its kernels differ in how they round, so a quantized file's
/// functions are tables filled here (XNNPACK and the kernels of LiteRT 2.3, Apache-2.0; formulas only).
struct ByteTable {
    let input: Quantization
    let output: Quantization

    /// The entry of each byte, −128 first, from what its distance from the zero point becomes.
    private func entries(_ steps: (Int) -> Int) -> [Int8] {
        (-128...127).map { q in
            Int8(clamping: steps(q - Int(input.zeroPoint)) + Int(output.zeroPoint))
        }
    }

    /// A function of reals, rounded half away from zero after a product with the inverse scale.
    func function(_ function: (Float) -> Float) -> [Int8] {
        let inverse = 1 / output.scales[0]
        return entries { distance in
            let steps = (function(input.scales[0] * Float(distance)) * inverse).rounded(.toNearestOrAwayFromZero)
            return steps.isNaN ? 0 : Int(min(max(steps, -65536), 65536))
        }
    }

    /// A product by slopes in 1/256, for what lies above 0 and below, rounded half up: XNNPACK's conversion between scales
    /// and its leaky rectifier. Slopes outside 2⁻⁸ … 2⁷ are left to other kernels: nil.
    func slopes(above: Float, below: Float) -> [Int8]? {
        let ratio = input.scales[0] / output.scales[0]
        guard [above, below].allSatisfy({ (0x1p-8...0x1p7).contains(abs($0 * ratio)) }) else { return nil }
        let (high, low) = (Int((256 * (ratio * above)).rounded()), Int((256 * (ratio * below)).rounded()))
        return entries { ($0 * ($0 < 0 ? low : high) + 128) >> 8 }
    }

    /// x·min(max(x + 3, 0), 6)/6 in 16-bit integers, as LiteRT's kernel computes it.
    func hardSwish() -> [Int8] {
        let fine = input.scales[0] / 128
        let toOutput = Multiplier(Double(fine / output.scales[0]))
        let toUnit = Multiplier(Double(fine / (3 / 32768)))
        return entries { distance in
            let x = distance << 7
            let scaled = Multiplier.product(x, toOutput.mantissa)
            var unit = x
            if toUnit.exponent > 0 { unit = Multiplier.saturated(unit << (toUnit.exponent - 1)) }
            unit = Multiplier.product(unit, toUnit.mantissa)
            if toUnit.exponent > 0 { unit = Multiplier.saturated(unit << 1) }
            if toUnit.exponent < 0 { unit = Multiplier.shifted(unit, by: -toUnit.exponent) }
            let share = (unit + 32768) >> 1
            return Multiplier.shifted(share * scaled / 32768, by: max(-toOutput.exponent, 0))
        }
    }
}

/// A factor as mantissa·2^(exponent − 15), and products with it in 16 bits.
private struct Multiplier {
    let mantissa: Int
    let exponent: Int

    init(_ factor: Double) {
        let fraction = Int((factor.significand / 2 * 0x1p31).rounded(.toNearestOrAwayFromZero))
        // The mantissa of 31 bits is rounded to one of 15, which saturates.
        mantissa = fraction >= 0x7FFF_0000 - 0x8000 ? 0x7FFF : (fraction + 0x8000) >> 16
        // Beyond 32 bits every product is 0 or saturates.
        exponent = min(max(Int(factor.exponent) + 1, -32), 32)
    }

    /// The high half of twice the product, rounded half up.
    static func product(_ a: Int, _ b: Int) -> Int {
        let product = a * b
        return saturated((product + (product >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15))
    }

    /// A quotient by a power of two, rounded half away from zero.
    static func shifted(_ x: Int, by bits: Int) -> Int {
        guard bits > 0 else { return x }
        let magnitude = (abs(x) + (1 << (bits - 1))) >> bits
        return x < 0 ? -magnitude : magnitude
    }

    static func saturated(_ x: Int) -> Int { Int(Int16(clamping: x)) }
}
