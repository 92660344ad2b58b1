/// A single-precision number of either sign, infinite ones and "not a number" among them, computed with integers only.
enum SignedSingle {
    case finite(negative: Bool, magnitude: SinglePrecision)
    case infinite(negative: Bool)
    case notANumber

    init(_ integer: Int) {
        self = .finite(negative: integer < 0, magnitude: SinglePrecision(UInt64(integer.magnitude)))
    }

    init(_ value: Float) {
        let negative = value.bitPattern >> 31 == 1
        switch value.bitPattern & 0x7FFF_FFFF {
        case 0..<0x7F80_0000: self = .finite(negative: negative, magnitude: SinglePrecision(value.magnitude))
        case 0x7F80_0000: self = .infinite(negative: negative)
        default: self = .notANumber
        }
    }

    /// Rounded to single precision.
    static func * (left: SignedSingle, right: SignedSingle) -> SignedSingle {
        switch (left, right) {
        case (.finite(let first, let one), .finite(let second, let other)):
            return checked(negative: first != second, one * other)
        case (.finite(let first, let one), .infinite(let second)), (.infinite(let second), .finite(let first, let one)):
            return one.isZero ? .notANumber : .infinite(negative: first != second)
        case (.infinite(let first), .infinite(let second)): return .infinite(negative: first != second)
        default: return .notANumber
        }
    }

    /// Rounded to single precision. A zero's sign is no matter: nothing is divided by it.
    static func + (left: SignedSingle, right: SignedSingle) -> SignedSingle {
        switch (left, right) {
        case (.finite(let first, let one), .finite(let second, let other)):
            if first == second { return checked(negative: first, one.plus(other)) }
            let (difference, swapped) = one.minus(other)
            return checked(negative: first != swapped, difference)
        case (.infinite(let first), .infinite(let second)): return first == second ? left : .notANumber
        case (.infinite, .finite): return left
        case (.finite, .infinite): return right
        default: return .notANumber
        }
    }

    /// Whether it is smaller; nothing is smaller than "not a number", nor the other way round.
    func isBelow(_ other: SignedSingle) -> Bool {
        switch (self, other) {
        case (.finite(let first, let one), .finite(let second, let another)):
            if first != second { return first }
            return first ? another.minus(one).swapped : one.minus(another).swapped
        case (.infinite(let first), .infinite(let second)): return first && !second
        case (.infinite(let negative), .finite): return negative
        case (.finite, .infinite(let negative)): return !negative
        default: return false
        }
    }

    private static func checked(negative: Bool, _ magnitude: SinglePrecision) -> SignedSingle {
        magnitude.overflows ? .infinite(negative: negative) : .finite(negative: negative, magnitude: magnitude)
    }

    /// The nearest whole number, ties to even, of what is left after a cut to the range; "not a number" is its lower end.
    func rounded(within range: ClosedRange<Int>) -> Int {
        switch self {
        case .notANumber: return range.lowerBound
        case .infinite(let negative): return negative ? range.lowerBound : range.upperBound
        case .finite(let negative, let magnitude):
            let whole = magnitude.isBeyondIntegers ? 1 << 40 : Int(magnitude.rounded)
            return min(max(negative ? -whole : whole, range.lowerBound), range.upperBound)
        }
    }
}
