import Denoising
import Diffusion
import EdgeFormat
import Testing

/// Time steps, coefficients and the loop around a predictor.
@Suite struct LoopTests {
    private let schedule = NoiseSchedule.linear(steps: 1000)

    /// Predicts what a closure says.
    struct Scripted: NoisePredictor {
        var count: Int
        var body: (Int, Int) throws(EdgeError) -> Float

        mutating func predict(
            _ latent: UnsafeBufferPointer<Float>, step: Int, into noise: UnsafeMutableBufferPointer<Float>
        ) throws(EdgeError) {
            for index in noise.indices { noise[index] = try body(step, index) }
        }
    }

    private func plan(_ sampler: Sampler, _ steps: Int) throws -> StepPlan {
        try StepPlan(schedule: try #require(schedule), sampler: sampler, steps: steps)
    }

    @Test func timeStepsAreEvenlySpacedDownToNought() throws {
        for (steps, first, last) in [
            (1000, [999, 998, 997], [2, 1, 0]), (50, [980, 960, 940], [40, 20, 0]), (3, [666, 333, 0], [666, 333, 0]),
            (600, [599, 598, 597], [2, 1, 0]), (1, [0], [0]),
        ] {
            let plan = try plan(.ddim(eta: 0), steps)
            let times = (0..<steps).map { plan[$0].time }
            #expect(Array(times.prefix(3)) == first && Array(times.suffix(3)) == last)
        }
    }

    /// ᾱ = 0.81, 0.36: worked by hand.
    @Test func coefficientsAreTheDefinitions() throws {
        let schedule = try #require(NoiseSchedule(alphaBars: [0.81, 0.36]))
        func step(_ sampler: Sampler, _ index: Int) throws -> StepPlan.Step {
            try StepPlan(schedule: schedule, sampler: sampler, steps: 2)[index]
        }
        // α = 4/9, β = 5/9, √(1 − ᾱ) = 0.8: A = 1.5, B = −(5/9)/(0.8·2/3).
        let small = try step(.ddpm(largeVariance: false), 0)
        #expect(small.time == 1 && small.latent == 1.5 && abs(small.noise + 1.0416667) < 1e-6)
        #expect(abs(small.fresh - Float(0.19 / 0.64 * 5 / 9).squareRoot()) < 1e-6)
        #expect(abs(try step(.ddpm(largeVariance: true), 0).fresh - Float(5.0 / 9).squareRoot()) < 1e-6)
        // The last step takes away all noise and adds none.
        let last = try step(.ddpm(largeVariance: true), 1)
        #expect(last.time == 0 && last.fresh == 0 && abs(last.latent - 1 / 0.9) < 1e-6)
        // √0.81/√0.36 = 1.5; √0.19 − 1.5·0.8.
        let direct = try step(.ddim(eta: 0), 0)
        #expect(direct.latent == 1.5 && direct.fresh == 0 && abs(direct.noise + 0.7641101) < 1e-6)
        #expect(try step(.ddim(eta: 1), 0).fresh == small.fresh)
        #expect(abs(try step(.ddim(eta: 1), 0).noise - small.noise) < 1e-6)
    }

    @Test(arguments: [0, -1, 1001]) func otherNumbersOfStepsAreRefused(steps: Int) throws {
        let error = #expect(throws: EdgeError.self) { try plan(.ddpm(largeVariance: true), steps) }
        #expect(error?.kind == .usage && error?.line.contains("1 to 1000") == true)
    }

    @Test(arguments: [-0.1, 1.1, Double.nan, .infinity]) func otherSharesOfNoiseAreRefused(eta: Double) {
        #expect(throws: EdgeError.self) { try plan(.ddim(eta: eta), 10) }
    }

    @Test func aScheduleWithoutNoiseIsRefused() throws {
        let flat = try #require(NoiseSchedule(alphaBars: [1, 1]))
        let error = #expect(throws: EdgeError.self) {
            try StepPlan(schedule: flat, sampler: .ddim(eta: 0), steps: 2)
        }
        #expect(error?.kind == .data)
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity]) func whatIsNotFiniteStopsTheLoopAtItsStep(value: Float)
        throws
    {
        var asked = 0
        var predictor = Scripted(count: 9) { step, index throws(EdgeError) in
            asked = step
            return step == 940 && index == 8 ? value : 0
        }
        let loop = DenoisingLoop(try plan(.ddpm(largeVariance: true), 50), .standard, count: 9)
        let error = #expect(throws: EdgeError.self) { _ = try loop.run(&predictor, seed: 1) }
        #expect(asked == 940)
        #expect(error?.kind == .data && error?.line.hasPrefix("step 3 of 50: ") == true)
        #expect(error?.line.contains("940") == true)
    }

    @Test func whatThePredictorThrowsComesThrough() throws {
        let wanted = EdgeError(.system, at: "predictor", "is tired")
        var predictor = Scripted(count: 4) { _, _ throws(EdgeError) in throw wanted }
        let loop = DenoisingLoop(try plan(.ddim(eta: 0), 5), .standard, count: 4)
        #expect(throws: wanted) { _ = try loop.run(&predictor, seed: 1) }
    }

    @Test func aPredictorOfAnotherSizeIsRefused() throws {
        var predictor = Scripted(count: 5) { _, _ in 0 }
        let loop = DenoisingLoop(try plan(.ddim(eta: 0), 5), .standard, count: 4)
        #expect(throws: EdgeError.self) { _ = try loop.run(&predictor, seed: 1) }
    }

    @Test func theCallerSeesEveryStepAndMayStop() throws {
        var predictor = Scripted(count: 4) { _, _ in 0.5 }
        let loop = DenoisingLoop(try plan(.ddpm(largeVariance: false), 7), .standard, count: 4)
        var seen: [Int] = []
        #expect(
            try loop.run(&predictor, seed: 1) { index, latent in
                seen.append(index)
                return latent.count == 4
            })
        #expect(seen == Array(0..<7))
        #expect(try loop.run(&predictor, seed: 1) { index, _ in index < 2 } == false)
    }

    /// Pictures that go through the predictor together are those that go alone.
    @Test func severalPicturesAreTheSingleOnes() throws {
        let plan = try plan(.ddpm(largeVariance: true), 20)
        let together = DenoisingLoop(plan, .standard, count: 6, pictures: 3)
        var predictor = Scripted(count: 18) { step, index in Float(index % 6) / 6 - Float(step) / 1000 }
        _ = try together.run(&predictor, seed: 5, picture: 10)
        let alone = DenoisingLoop(plan, .standard, count: 6)
        predictor.count = 6
        for picture in 0..<3 {
            _ = try alone.run(&predictor, seed: 5, picture: UInt32(10 + picture))
            #expect(Array(alone.latent) == Array(together.latent[picture * 6..<picture * 6 + 6]))
        }
    }

    @Test func latentsBecomeBytes() {
        // 127.5 lies between two bytes and goes to the even one.
        let latent: [Float] = [-2, -1, -0.99, 0, 0.25, 1, 5, .infinity, -.infinity, .nan]
        var bytes = [UInt8](repeating: 9, count: latent.count)
        latent.withUnsafeBufferPointer { latent in
            bytes.withUnsafeMutableBufferPointer { LatentPicture.write(latent, into: $0) }
        }
        #expect(bytes == [0, 0, 1, 128, 159, 255, 255, 255, 0, 0])
    }

    @Test func guidanceGoesFromNoneThroughTheLabel() {
        let (labelled, unlabelled): ([Float], [Float]) = ([1, -2, 0.5], [0.5, 1, 0.5])
        func guided(_ guidance: Float) -> [Float] {
            var result = [Float](repeating: 0, count: 3)
            labelled.withUnsafeBufferPointer { labelled in
                unlabelled.withUnsafeBufferPointer { unlabelled in
                    result.withUnsafeMutableBufferPointer {
                        Guidance.combine(guidance, labelled: labelled, unlabelled: unlabelled, into: $0)
                    }
                }
            }
            return result
        }
        #expect(guided(0) == unlabelled && guided(1) == labelled && guided(3) == [2, -8, 0.5])
    }
}
