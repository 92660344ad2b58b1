/// SplitMix64: the same cases from the same seed on every processor.
struct Random {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A whole number of the range.
    mutating func integer(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() >> 1) % (range.upperBound - range.lowerBound + 1)
    }

    mutating func byte() -> Int8 { Int8(truncatingIfNeeded: next()) }

    mutating func bytes(_ count: Int) -> [Int8] {
        var bytes: [Int8] = []
        bytes.reserveCapacity(count)
        for _ in 0..<count { bytes.append(byte()) }
        return bytes
    }

    /// Mostly the ends of the range and what lies beside zero.
    mutating func extremes(_ count: Int) -> [Int8] {
        let values: [Int8] = [-128, 127, -128, 127, -127, 0, 1, -1]
        var bytes: [Int8] = []
        bytes.reserveCapacity(count)
        for _ in 0..<count { bytes.append(values[integer(0...7)]) }
        return bytes
    }

    /// Numbers of -32767 ... 32767.
    mutating func words(_ count: Int) -> [Int16] {
        var words: [Int16] = []
        words.reserveCapacity(count)
        for _ in 0..<count { words.append(Int16(integer(-32_767...32_767))) }
        return words
    }

    /// Mostly the ends of the range and what lies beside zero.
    mutating func extremeWords(_ count: Int) -> [Int16] {
        let values: [Int16] = [-32_767, 32_767, -32_767, 32_767, -1, 0, 1, 256]
        var words: [Int16] = []
        words.reserveCapacity(count)
        for _ in 0..<count { words.append(values[integer(0...7)]) }
        return words
    }

    /// `low` ..< 2 * `low`, evenly.
    mutating func scale(from low: Float) -> Float { low * (1 + Float(next() >> 41) / 8_388_608) }

    /// An upper bound for each of so many channels within an output's bounds.
    mutating func maxima(_ channels: Int, _ output: Definition.Output) -> [Int] {
        (0..<channels).map { _ in integer(output.minimum...output.maximum) }
    }

    /// Biases and scales of so many channels with which sums of so many products of bytes spread over the output's bytes.
    mutating func biasesAndScales(_ channels: Int, products: Int) -> (biases: [Int32], scales: [Float]) {
        let spread = 5_400 * Float(products).squareRoot()
        var (biases, scales) = ([Int32](), [Float]())
        for _ in 0..<channels {
            biases.append(Int32(integer(-Int(spread)...Int(spread))))
            scales.append(scale(from: 30 / spread))
        }
        return (biases, scales)
    }
}
