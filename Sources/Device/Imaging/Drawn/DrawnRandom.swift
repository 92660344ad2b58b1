/// Random numbers for drawings: SplitMix64 from (seed, index, stream), so that every drawing can be made by itself,
/// in any order, with the same bytes on every processor.
struct DrawnRandom {
    private var state: UInt64

    init(seed: UInt64, index: UInt64, stream: UInt64) {
        state = Self.mix(Self.mix(Self.mix(seed &+ 0x9E37_79B9_7F4A_7C15) ^ index) ^ stream)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// Uniform in `range`, which spans less than 2³¹.
    mutating func int(_ range: ClosedRange<Int>) -> Int {
        let span = UInt64(truncatingIfNeeded: range.upperBound &- range.lowerBound &+ 1)
        return range.lowerBound &+ Int(truncatingIfNeeded: ((next() >> 32) &* span) >> 32)
    }

    /// Bell-shaped between −3·deviation and 3·deviation: a sum of four uniform numbers.
    mutating func bell(_ deviation: Int) -> Int {
        let bits = next()
        var sum = -2 * 65_535
        for part in 0..<4 { sum += Int(truncatingIfNeeded: (bits >> UInt64(16 * part)) & 0xFFFF) }
        // The sum's standard deviation is 65536 / √3 = 37837.
        return sum * deviation / 37_837
    }

    /// True in `percent` of 100 cases.
    mutating func chance(_ percent: Int) -> Bool { int(0...99) < percent }

    static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
