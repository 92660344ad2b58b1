/// A positive single-precision number computed with integers only: mantissa * 2^exponent, mantissa < 2^24. What the
/// kernels do with the processor's float instructions is compared with this.
struct SinglePrecision {
    private var mantissa: UInt64
    private var exponent: Int

    /// mantissa * 2^exponent, rounded to 24 bits, ties to even.
    private init(rounding mantissa: UInt64, _ exponent: Int) {
        self.mantissa = mantissa
        self.exponent = exponent
        let excess = 64 - mantissa.leadingZeroBitCount - 24
        if excess > 0 {
            // May become 2^24, which is exact too.
            self.mantissa = Self.shifted(mantissa, right: excess)
            self.exponent += excess
        }
    }

    init(_ integer: UInt64) { self.init(rounding: integer, 0) }

    /// A positive finite number.
    init(_ value: Float) {
        let fraction = UInt64(value.bitPattern & 0x7F_FFFF)
        let biased = Int(value.bitPattern >> 23)
        mantissa = biased == 0 ? fraction : fraction | 0x80_0000
        exponent = max(biased, 1) - 150
    }

    /// Rounded to single precision. Products below the normal range keep more bits than the processor's, but are zero
    /// all the same once they are whole numbers.
    static func * (left: SinglePrecision, right: SinglePrecision) -> SinglePrecision {
        SinglePrecision(rounding: left.mantissa * right.mantissa, left.exponent + right.exponent)
    }

    /// Rounded to single precision: 38 bits of the quotient and one that tells whether there are more.
    static func / (left: SinglePrecision, right: SinglePrecision) -> SinglePrecision {
        let normal = right.mantissa << UInt64(right.mantissa.leadingZeroBitCount - 40)
        let shift = right.mantissa.leadingZeroBitCount - 40
        let (quotient, rest) = (left.mantissa << 38).quotientAndRemainder(dividingBy: normal)
        return SinglePrecision(
            rounding: quotient << 1 | (rest == 0 ? 0 : 1), left.exponent - 39 - (right.exponent - shift))
    }

    var isZero: Bool { mantissa == 0 }

    /// Whether it is 2^128 or more, which the processor's numbers are not.
    var overflows: Bool { bits > 128 }

    /// Whether it is 2^40 or more.
    var isBeyondIntegers: Bool { bits > 40 }

    /// The number is below 2^bits, and half of that or more.
    private var bits: Int { isZero ? Int.min : exponent + 64 - mantissa.leadingZeroBitCount }

    /// Rounded to single precision.
    func plus(_ other: SinglePrecision) -> SinglePrecision {
        let (large, small) = bits < other.bits ? (other, self) : (self, other)
        let (first, second, exponent) = Self.aligned(large, small)
        return SinglePrecision(rounding: first + second, exponent)
    }

    /// The distance of two numbers, rounded to single precision, and whether the other one is larger.
    func minus(_ other: SinglePrecision) -> (distance: SinglePrecision, swapped: Bool) {
        let (large, small) = bits < other.bits ? (other, self) : (self, other)
        let (first, second, exponent) = Self.aligned(large, small)
        let distance = SinglePrecision(rounding: first < second ? second - first : first - second, exponent)
        return (distance, (first < second) != (bits < other.bits))
    }

    /// The mantissas of two numbers for one exponent. Of a number too small to change more than the direction of
    /// rounding only the least bit is left.
    private static func aligned(
        _ large: SinglePrecision, _ small: SinglePrecision
    ) -> (large: UInt64, small: UInt64, exponent: Int) {
        guard !large.isZero, !small.isZero else { return (large.mantissa, 0, large.exponent) }
        let room = large.mantissa.leadingZeroBitCount - 2
        let (top, exponent) = (large.mantissa << UInt64(room), large.exponent - room)
        let shift = small.exponent - exponent
        if shift >= 0 { return (top, small.mantissa << UInt64(shift), exponent) }
        guard shift > -64 else { return (top, 1, exponent) }
        let whole = small.mantissa >> UInt64(-shift)
        return (top, whole | (whole << UInt64(-shift) == small.mantissa ? 0 : 1), exponent)
    }

    /// The nearest whole number, ties to even.
    var rounded: Int64 {
        exponent >= 0 ? Int64(mantissa) << Int64(exponent) : Int64(Self.shifted(mantissa, right: -exponent))
    }

    private static func shifted(_ value: UInt64, right count: Int) -> UInt64 {
        guard count < 64 else { return 0 }
        let whole = value >> UInt64(count)
        let rest = value & ((1 << UInt64(count)) - 1)
        let half: UInt64 = 1 << UInt64(count - 1)
        let up = rest > half || (rest == half && whole % 2 == 1)
        return up ? whole + 1 : whole
    }
}
