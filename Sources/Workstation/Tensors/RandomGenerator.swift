/// A sequence of random numbers that a key decides, the same on every processor: SplitMix64.
public struct RandomGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Different keys, or the same ones in another order, give sequences that have nothing to do with each other.
    public init(_ keys: UInt64...) {
        state = 0
        for key in keys { state = Self.mix(state &+ Self.step) ^ Self.mix(key) }
    }

    public mutating func next() -> UInt64 {
        state &+= Self.step
        return Self.mix(state)
    }

    /// A number below `bound`, which is at least 1; each with the same chance but for 2⁻³².
    public mutating func below(_ bound: Int) -> Int {
        Int((next() >> 32).multipliedFullWidth(by: UInt64(bound) << 32).high)
    }

    /// A float in −1 ..< 1, in steps of 2⁻²³.
    public mutating func signedUnit() -> Float {
        Float(Int32(truncatingIfNeeded: next() >> 40) - (1 << 23)) / Float(1 << 23)
    }

    private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
