import Denoising
import Diffusion
import Testing

/// The random numbers, against the paper's own vectors and the normal distribution.
@Suite struct NoiseTests {
    /// `kat_vectors` of Random123, the paper's library: philox4x32, 10 rounds.
    @Test func philoxGivesTheBlocksOfItsPaper() {
        #expect(
            Philox.block(SIMD4(repeating: 0), key: SIMD2(repeating: 0))
                == SIMD4(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8))
        #expect(
            Philox.block(SIMD4(repeating: .max), key: SIMD2(repeating: .max))
                == SIMD4(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD))
        #expect(
            Philox.block(
                SIMD4(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344), key: SIMD2(0xA409_3822, 0x299F_31D0))
                == SIMD4(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1))
    }

    /// Tail probability u/2³², u the lower 31 bits, against quantiles from a table of the normal distribution.
    @Test func wordsBecomeQuantiles() {
        let noise = GaussianNoise.standard
        for (tail, quantile) in [
            (0.25, 0.674489750), (0.15865525393, 1.0), (0.025, 1.959963985), (0.005, 2.575829304),
            (0.00134989803, 3.0), (1e-6, 4.753424309), (1e-9, 5.997807015),
        ] {
            let word = UInt32((tail * 0x1p32).rounded())
            // A word of 1e-9 is one of four, so its tail is known to an eighth.
            let tolerance = 1e-4 + 0.125 / Double(word)
            #expect(abs(Double(noise.normal(word)) - quantile) < tolerance, "\(tail)")
            #expect(noise.normal(word | 1 << 31) == -noise.normal(word))
        }
        #expect(noise.normal(0) == noise.normal(1))
        #expect(abs(noise.normal(0) - 6.2303) < 1e-3)
        #expect(abs(noise.normal(0x7FFF_FFFF)) < 1e-6)
    }

    @Test func wordsOfGrowingTailGiveFallingNumbers() {
        var last = Float.infinity
        for step in UInt32(0)..<100_000 {
            let value = GaussianNoise.standard.normal(1 + step * 21_474)
            #expect(value <= last)
            last = value
        }
    }

    @Test func aMillionNumbersAreNormal() {
        var numbers = [Float](repeating: 0, count: 1_000_000)
        numbers.withUnsafeMutableBufferPointer { GaussianNoise.standard.fill($0, seed: 7, draw: 3, picture: 2) }
        let (mean, deviation) = moments(numbers)
        #expect(abs(mean) < 0.004 && abs(deviation - 1) < 0.003)
        let fourth = moments(numbers.map { $0 * $0 * $0 * $0 }).mean
        #expect(abs(fourth - 3) < 0.04)
        for (bound, share) in [(-1.0, 0.158655), (0, 0.5), (1, 0.841345), (2, 0.977250), (3, 0.998650)] {
            let below = Double(numbers.count { Double($0) < bound }) / 1e6
            #expect(abs(below - share) < 0.002, "below \(bound)")
        }
        // No pair of neighbours knows of each other.
        #expect(abs(moments(zip(numbers, numbers.dropFirst()).map { $0 * $1 }).mean) < 0.004)
    }

    @Test func everyPartOfTheCounterAndTheSeedCounts() {
        func drawn(_ seed: UInt64, _ draw: UInt32, _ picture: UInt32) -> [Float] {
            var numbers = [Float](repeating: 0, count: 10)
            numbers.withUnsafeMutableBufferPointer {
                GaussianNoise.standard.fill($0, seed: seed, draw: draw, picture: picture)
            }
            return numbers
        }
        let all = [
            drawn(1, 0, 0), drawn(2, 0, 0), drawn(1 << 32 | 1, 0, 0), drawn(1, 1, 0), drawn(1, 0, 1), drawn(1, 1, 1),
        ]
        #expect(Set(all).count == all.count)
        #expect(Set(all.joined()).count == 60)
        #expect(drawn(1, 0, 0) == drawn(1, 0, 0))
    }

    @Test func aTableOfAnotherLengthIsRefused() {
        #expect(throws: Error.self) { try GaussianNoise(table: [1, 2, 3]) }
    }
}
