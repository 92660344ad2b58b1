import AllocationCount
internal import Denoising
internal import EdgeFormat
internal import Inference

/// What holds for a compiled denoiser on any processor.
func denoiserChecks(_ fixture: Fixture) -> [Check] {
    [
        Check(
            "denoising: \(fixture.path): guided steps allocate nothing",
            outcome: {
                guard allocation_count() >= 0 else { return .notRun("this build does not count allocations") }
                let (bytes, reason) = fixture.bytes()
                guard let bytes else { return .failed(reason) }
                do throws(EdgeError) {
                    let made = try allocations(in: DiffusionModel(Model(bytes: bytes, place: "fixture")))
                    return made == 0 ? .passed : .failed("\(made) allocations in 20 steps")
                } catch {
                    return .failed(error.line)
                }
            })
    ]
}

/// Allocations by both samplers, with guidance.
private func allocations(in diffusion: DiffusionModel) throws(EdgeError) -> Int64 {
    var made: Int64 = 0
    for sampler in [Sampler.ddim(eta: 0.5), .ddpm(largeVariance: false)] {
        let plan = try StepPlan(schedule: diffusion.schedule, sampler: sampler, steps: 10)
        let loop = DenoisingLoop(plan, diffusion.noise, count: diffusion.count)
        var predictor = try ModelPredictor(diffusion, label: 0, guidance: 2)
        let before = allocation_count()
        _ = try loop.run(&predictor, seed: 1)
        made += allocation_count() - before
    }
    return made
}
