internal import Denoising
internal import EdgeFormat
internal import Inference

/// What holds for a compiled denoiser on any processor.
func denoiserChecks(_ fixture: Fixture) -> [Check] {
    [
        allocationCheck("denoising: \(fixture.path): guided steps allocate nothing") { () throws(EdgeError) in
            let diffusion = try DiffusionModel(fixture.model())
            for sampler in [Sampler.ddim(eta: 0.5), .ddpm(largeVariance: false)] {
                let plan = try StepPlan(schedule: diffusion.schedule, sampler: sampler, steps: 10)
                let loop = DenoisingLoop(plan, diffusion.noise, count: diffusion.count)
                var predictor = try ModelPredictor(diffusion, label: 0, guidance: 2)
                try expectNoAllocations("10 steps") { () throws(EdgeError) in _ = try loop.run(&predictor, seed: 1) }
            }
        }
    ]
}
