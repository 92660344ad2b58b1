import Denoising
import Diffusion
import EdgeFormat
import Testing

/// Schedules and the noise table against published numbers.
@Suite struct ScheduleTests {
    @Test func linearLeavesWhatItsPaperLeaves() throws {
        let alphaBars = try #require(NoiseSchedule.linear(steps: 1000)).alphaBars
        for (step, wanted) in [
            (1, 0.9999), (10, 0.998105), (100, 0.897018), (250, 0.524085), (500, 0.0785872), (750, 0.00335055),
            (1000, 4.03583e-5),
        ] {
            #expect(abs(alphaBars[step - 1] / wanted - 1) < 2e-6, "step \(step)")
        }
    }

    @Test func cosineLeavesWhatItsPaperLeaves() throws {
        let alphaBars = try #require(NoiseSchedule.cosine(steps: 1000)).alphaBars
        for (step, wanted) in [(100, 0.972093), (500, 0.493844)] {
            #expect(abs(alphaBars[step - 1] / wanted - 1) < 2e-6, "step \(step)")
        }
        // β stays at 0.999 at the end.
        #expect(abs(alphaBars[999] / alphaBars[998] - 0.001) < 1e-12)
    }

    @Test func anyNumberOfStepsFalls() {
        for steps in [1, 2, 3, 10, 999, 1000] {
            #expect(NoiseSchedule.linear(steps: steps)?.count == steps)
            #expect(NoiseSchedule.cosine(steps: steps)?.count == steps)
        }
        #expect(NoiseSchedule.linear(steps: 0) == nil)
    }

    @Test func quantilesAreThoseOfTheTables() {
        for (tail, quantile) in [
            (0.5, 0.0), (0.4, 0.2533471031357997), (0.25, 0.6744897501960817), (0.1, 1.2815515655446004),
            (0.025, 1.959963984540054), (0.001, 3.090232306167813), (1e-6, 4.753424308822899),
            (1e-9, 5.997807015007773),
        ] {
            #expect(abs(GaussianNoise.quantile(ofTail: tail) - quantile) < 1e-12, "\(tail)")
        }
    }

    @Test func theTableFallsToNoughtThroughItsQuantiles() {
        let table = GaussianNoise.standard.table
        #expect(table.count == GaussianNoise.entryCount)
        #expect(zip(table, table.dropFirst()).allSatisfy { $0 > $1 })
        #expect(table.last == 0)
        // p = 2⁻³², ¼ and ⅜.
        #expect(abs(Double(table[0]) / 0x1p24 - 6.230_260_138) < 1e-6)
        #expect(table[64 * 30] == Int32((0.6744897501960817 * 0x1p24).rounded()))
        #expect(table[64 * 30 + 32] == Int32((0.3186393639643752 * 0x1p24).rounded()))
    }
}
