/// How often which reals occurred: 16 bins an octave on each side of zero, so that nothing has to be known of their range
/// before, and two are merged by adding them.
public struct ValueHistogram: Equatable, Sendable {
    /// Octaves from 2⁻¹⁶ up to 2¹⁶; what is smaller or larger falls into the outermost bins.
    private static let octaves = 32
    private static let binsAnOctave = 16
    private static let side = octaves * binsAnOctave
    /// The number that the upper bits of 2⁻¹⁶ are: exponent and four bits of the fraction.
    private static let first = (127 - octaves / 2) * binsAnOctave

    /// Positive ones from small to large, then negative ones.
    private var counts = [Int](repeating: 0, count: 2 * side)

    public init() {}

    /// Counts finite numbers.
    public mutating func add(_ elements: [Float]) {
        counts.withUnsafeMutableBufferPointer { counts in
            for element in elements {
                let bits = element.bitPattern
                let bin = min(max(Int((bits & 0x7FFF_FFFF) >> 19) - Self.first, 0), Self.side - 1)
                counts[bin + Int(bits >> 31) * Self.side] += 1
            }
        }
    }

    public mutating func add(_ other: ValueHistogram) {
        for index in counts.indices { counts[index] += other.counts[index] }
    }

    /// The part of a range whose 255 steps stand for the numbers with the least mean square error: fine steps against what is
    /// cut off beyond the ends.
    public func bestRange(within range: ValueRange) -> ValueRange {
        let (low, high) = (min(range.minimum, 0), max(range.maximum, 0))
        let lower = cutErrors(offset: Self.side, largest: Double(-low))
        let upper = cutErrors(offset: 0, largest: Double(high))
        let total = Double(counts.reduce(0, +))
        var best = (error: Double.infinity, low: Self.shares, high: Self.shares)
        for i in lower.indices {
            for j in upper.indices {
                let (shareLow, shareHigh) = (i + Self.leastShare, j + Self.leastShare)
                let span = (Double(high) * Double(shareHigh) - Double(low) * Double(shareLow)) / Double(Self.shares)
                let error = lower[i] + upper[j] + total * (span / 255) * (span / 255) / 12
                if error < best.error { best = (error, shareLow, shareHigh) }
            }
        }
        return ValueRange(
            minimum: low * Float(best.low) / Float(Self.shares), maximum: high * Float(best.high) / Float(Self.shares))
    }

    /// Ends that are tried: from a quarter of the range in steps of a thirty-second.
    private static let shares = 32
    private static let leastShare = 8

    /// For each end that is tried: Σ (x − end)² over the numbers beyond.
    private func cutErrors(offset: Int, largest: Double) -> [Double] {
        (Self.leastShare...Self.shares).map { share in
            let end = largest * Double(share) / Double(Self.shares)
            var sum = 0.0
            for bin in (0..<Self.side).reversed() {
                let middle = Double(Float(bitPattern: UInt32(bin + Self.first) << 19 | 1 << 18))
                guard middle > end else { break }
                let beyond = min(middle, largest) - end
                sum += Double(counts[offset + bin]) * beyond * beyond
            }
            return sum
        }
    }
}
