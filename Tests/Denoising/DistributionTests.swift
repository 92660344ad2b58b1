import Denoising
import Diffusion
import EdgeFormat
import Testing

/// Samples of N(1, 0.5²) from the exact predictor, 20,000 at once.
///
/// Every update is x ↦ (A + B·k)·x + c + C·n with k from the predictor, so mean and deviation after all steps follow
/// from two short recursions; the expected numbers are these, computed in NumPy. Where few steps are taken, they are not
/// 1 and 0.5: that is the sampler's own error, and part of what is expected.
@Suite struct DistributionTests {
    struct Case: Sendable {
        var sampler: Sampler
        var steps: Int
        var mean: Double
        var deviation: Double
    }

    static let cases: [Case] = [
        Case(sampler: .ddpm(largeVariance: true), steps: 1000, mean: 0.99999, deviation: 0.50075),
        Case(sampler: .ddpm(largeVariance: false), steps: 1000, mean: 0.99999, deviation: 0.49611),
        Case(sampler: .ddpm(largeVariance: true), steps: 50, mean: 0.99999, deviation: 0.51723),
        Case(sampler: .ddpm(largeVariance: false), steps: 50, mean: 0.99999, deviation: 0.44412),
        Case(sampler: .ddim(eta: 0), steps: 1000, mean: 0.99683, deviation: 0.49850),
        Case(sampler: .ddim(eta: 0), steps: 50, mean: 0.99637, deviation: 0.47244),
        Case(sampler: .ddim(eta: 0.5), steps: 50, mean: 0.99895, deviation: 0.46665),
        Case(sampler: .ddim(eta: 1), steps: 50, mean: 0.99999, deviation: 0.44412),
    ]
    static let samples = 20_000

    /// Four standard errors of 20,000 samples.
    static func fits(_ found: (mean: Double, deviation: Double), mean: Double, deviation: Double) -> Bool {
        let error = 4 * deviation / Double(samples).squareRoot()
        return abs(found.mean - mean) <= error && abs(found.deviation - deviation) <= error * 0.5.squareRoot()
    }

    private func sampled(_ sampler: Sampler, _ steps: Int, mean: Double, deviation: Double, count: Int) throws
        -> [Float]
    {
        let schedule = try #require(NoiseSchedule.linear(steps: 1000))
        var predictor = NormalPredictor(schedule: schedule, mean: mean, deviation: deviation, count: count)
        let loop = DenoisingLoop(
            try StepPlan(schedule: schedule, sampler: sampler, steps: steps), .standard, count: count)
        #expect(try loop.run(&predictor, seed: 1))
        return Array(loop.latent)
    }

    @Test(arguments: cases) func samplesHaveTheMomentsOfTheData(_ wanted: Case) throws {
        let found = moments(try sampled(wanted.sampler, wanted.steps, mean: 1, deviation: 0.5, count: Self.samples))
        #expect(Self.fits(found, mean: wanted.mean, deviation: wanted.deviation), "\(found)")
    }

    @Test(arguments: cases) func dataAtOnePointComeBack(_ wanted: Case) throws {
        for value in try sampled(wanted.sampler, wanted.steps, mean: 2, deviation: 0, count: 100) {
            #expect(abs(value - 2) < 1e-4)
        }
    }

    /// x' = (x − √β·ε)/√(1 − β) only takes away noise that was added in this very step. With a predicted ε all samples
    /// run into the mean, which data at one point cannot show.
    @Test func theFormThatCollapsesIsTold() throws {
        let schedule = try #require(NoiseSchedule.linear(steps: 1000))
        for (mean, deviation, count) in [(1.0, 0.5, Self.samples), (2.0, 0.0, 100)] {
            var predictor = NormalPredictor(schedule: schedule, mean: mean, deviation: deviation, count: count)
            var latent = [Float](repeating: 0, count: count)
            var noise = latent
            latent.withUnsafeMutableBufferPointer {
                GaussianNoise.standard.fill($0, seed: 1, draw: 0, picture: 0)
            }
            for time in (0..<1000).reversed() {
                let alpha = schedule.alphaBars[time] / (time > 0 ? schedule.alphaBars[time - 1] : 1)
                try latent.withUnsafeBufferPointer { latent in
                    try noise.withUnsafeMutableBufferPointer { try predictor.predict(latent, step: time, into: $0) }
                }
                for index in latent.indices {
                    latent[index] =
                        (latent[index] - Float((1 - alpha).squareRoot()) * noise[index])
                        / Float(alpha.squareRoot())
                }
            }
            let found = moments(latent)
            #expect(abs(found.mean - mean) < 1e-4)
            #expect(found.deviation < 1e-3)
            #expect(deviation == 0 || !Self.fits(found, mean: mean, deviation: deviation))
        }
    }
}
