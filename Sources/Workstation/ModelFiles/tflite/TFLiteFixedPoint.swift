/// LiteRT's functions of 16-bit fixed-point numbers, for tables of all their values (gemmlowp, Apache-2.0; formulas only).
/// A number with n integer bits stands for raw·2^(n − 15); results have none.
enum FixedPointFunction {
    /// 1/(1 + e⁻ˣ) of x with 3 integer bits.
    static func logistic(_ x: Int16) -> Int16 {
        if x == 0 { return 1 << 14 }
        let inverse = inverseOfOnePlus(exponential(x > 0 ? 0 &- x : x, integerBits: 3))
        let positive = saturated(Int(inverse) << 1)
        return x > 0 ? positive : .max &- positive
    }

    /// tanh x = −(1 − e²ˣ)/(1 + e²ˣ) for x below 0.
    static func tanh(_ x: Int16, integerBits: Int) -> Int16 {
        if x == 0 { return 0 }
        let inverse = inverseOfOnePlus(exponential(x < 0 ? x : 0 &- x, integerBits: integerBits + 1))
        let magnitude = saturated(Int(inverse &- one(integerBits: 2)) << 2)
        return x < 0 ? 0 &- magnitude : magnitude
    }

    /// eˣ for x ≤ 0: of the rest of x over −¼ by a polynomial, times a constant for each further bit of x.
    private static func exponential(_ x: Int16, integerBits: Int) -> Int16 {
        if x == 0 { return .max }
        let fractionBits = 15 - integerBits
        let quarter: Int16 = 1 << Int16(fractionBits - 2)
        let rest = (x & (quarter - 1)) - quarter
        var result = exponentialNearZero(saturated(Int(rest) << integerBits))
        let bits = rest &- x
        for (exponent, factor) in factors
        where exponent < integerBits && bits & (1 << Int16(fractionBits + exponent)) != 0 {
            result = product(result, factor)
        }
        return result
    }

    /// e to the −2ᵏ.
    private static let factors: [(exponent: Int, factor: Int16)] = [
        (-2, constant(1_672_461_947)), (-1, constant(1_302_514_674)), (0, constant(790_015_084)),
        (1, constant(290_630_308)), (2, constant(39_332_535)), (3, constant(720_401)), (4, constant(242)),
    ]

    /// eˣ for −¼ ≤ x < 0: Taylor's series around −⅛.
    private static func exponentialNearZero(_ x: Int16) -> Int16 {
        let (centre, third) = (constant(1_895_147_668), constant(715_827_883))
        let y = x &+ 1 << 12
        let square = product(y, y)
        let quarterOfFourth = shifted(product(square, square), by: 2)
        let tail = shifted(product(quarterOfFourth &+ product(square, y), third) &+ square, by: 1)
        return saturated(Int(centre) + Int(product(centre, y &+ tail)))
    }

    /// 2/(1 + x) with two integer bits, by three steps of Newton's method.
    private static func inverseOfOnePlus(_ x: Int16) -> Int16 {
        let half = Int16(truncatingIfNeeded: (Int(x) + Int(Int16.max) + 1) / 2)
        var result = constant(1_515_870_810) &+ product(half, constant(-1_010_580_540))
        for _ in 0..<3 {
            let error = one(integerBits: 2) &- product(half, result)
            result = result &+ saturated(Int(product(result, error)) << 2)
        }
        return result
    }

    /// A constant of 31 fraction bits with 15.
    private static func constant(_ value: Int) -> Int16 { Int16(truncatingIfNeeded: (value + 1 << 15) >> 16) }

    private static func one(integerBits: Int) -> Int16 { 1 << Int16(15 - integerBits) }

    /// The high half of twice the product, rounded half up.
    private static func product(_ a: Int16, _ b: Int16) -> Int16 { saturated((Int(a) * Int(b) + 1 << 14) >> 15) }

    /// A quotient by a power of two, rounded half away from zero.
    private static func shifted(_ x: Int16, by bits: Int) -> Int16 {
        Int16(truncatingIfNeeded: (Int(x) + (1 << (bits - 1)) - (x < 0 ? 1 : 0)) >> bits)
    }

    private static func saturated(_ x: Int) -> Int16 { Int16(clamping: x) }
}

/// A factor as LiteRT's integers have it: mantissa·2^(exponent − 31), the mantissa of 31 bits.
struct FixedPointFactor: Equatable {
    let mantissa: Int64
    let exponent: Int

    /// - Returns: nil for what is 2⁷ or more, or no normal number above 0.
    init?(_ factor: Float) {
        guard factor.isNormal, factor > 0, factor < 0x1p7 else { return nil }
        mantissa = Int64(Double(factor.significand) * 0x1p30)
        exponent = Int(factor.exponent) + 1
    }
}
