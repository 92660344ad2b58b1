public import EdgeFormat

/// Standard normal numbers as a function of seed, draw, picture and element: docs/arithmetic.md, "Denoising".
///
/// Integers and one conversion: every processor draws the same numbers. They reach to ±6.23, and follow the normal
/// distribution to about 1e-4.
public struct GaussianNoise: Sendable {
    /// Entries of the table: 31 octaves of tail probabilities, 64 entries each, and p = ½.
    public static let entryCount = DiffusionSteps.noiseCount

    /// The table T: 2²⁴ times the quantile of each tail probability.
    public let table: [Int32]

    /// - Throws: `.data` unless `table` has `entryCount` entries.
    public init(table: [Int32]) throws(EdgeError) {
        guard table.count == Self.entryCount else {
            throw EdgeError(.data, at: "noise table", "has \(table.count) entries, not \(Self.entryCount)")
        }
        self.table = table
    }

    /// For a maker of tables, which has `entryCount` of them.
    package init(complete table: [Int32]) {
        self.table = table
    }

    /// Writes one picture's noise.
    /// - Parameters:
    ///   - out: one number an element; all of it is written.
    ///   - draw: 0 for the latent that a loop starts from, k for the noise of its k-th step.
    ///   - picture: which picture of the seed.
    public func fill(_ out: UnsafeMutableBufferPointer<Float>, seed: UInt64, draw: UInt32, picture: UInt32) {
        let key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        table.withUnsafeBufferPointer { table in
            var start = 0
            while start < out.count {
                let block = Philox.block(SIMD4(UInt32(truncatingIfNeeded: start / 4), draw, picture, 0), key: key)
                for lane in 0..<min(4, out.count - start) { out[start + lane] = Self.normal(block[lane], table) }
                start += 4
            }
        }
    }

    /// The normal number of a random word.
    package func normal(_ word: UInt32) -> Float { table.withUnsafeBufferPointer { Self.normal(word, $0) } }

    private static func normal(_ word: UInt32, _ table: UnsafeBufferPointer<Int32>) -> Float {
        let tail = max(word & 0x7FFF_FFFF, 1)
        let zeros = tail.leadingZeroBitCount - 1
        let value = Int64(tail << UInt32(zeros))
        let index = 64 * (30 - zeros) + Int(value >> 24) & 63
        let (low, high) = (Int64(table[index]), Int64(table[index + 1]))
        let size = Float(low + (((high - low) * (value & 0xFF_FFFF)) >> 24)) * 0x1p-24
        return word >> 31 == 1 ? -size : size
    }
}
