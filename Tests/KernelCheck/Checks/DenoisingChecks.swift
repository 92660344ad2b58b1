internal import Denoising
internal import EdgeFormat

/// The loop around a noise predictor computes the same on every processor, and ends where it must.
var denoisingChecks: [Check] {
    [
        Check("denoising: Philox gives the block of its paper") {
            let block = Philox.block(
                SIMD4(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344), key: SIMD2(0xA409_3822, 0x299F_31D0))
            return block == SIMD4(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1) ? nil : "another block"
        },
        // Expected numbers: Tests/Denoising/DistributionTests.swift.
        momentCheck("ddpm-large, 1000 steps", .ddpm(largeVariance: true), 1000, mean: 0.99999, deviation: 0.50075),
        momentCheck("ddim, 50 steps", .ddim(eta: 0), 50, mean: 0.99637, deviation: 0.47244),
        Check("denoising: the same bits on every processor and in every float mode") {
            let wanted: UInt64 = 0x761E_F8FE_A09B_BD87
            for mode in [usualMode()] + foreignModes(usualMode()) {
                let digest = inMode(mode) { sampledDigest() }
                if digest != wanted { return "digest \(digest) in mode \(mode), not \(wanted)" }
            }
            return nil
        },
        allocationCheck("denoising: a run allocates nothing") { () throws(EdgeError) in
            guard let schedule else { throw EdgeError(.data, at: "schedule", "does not fall") }
            let plan = try StepPlan(schedule: schedule, sampler: .ddpm(largeVariance: true), steps: 100)
            let loop = DenoisingLoop(plan, try NormalTable.noise(), count: 64)
            var predictor = NormalPredictor(schedule: schedule, count: 64)
            try expectNoAllocations("100 steps") { () throws(EdgeError) in _ = try loop.run(&predictor, seed: 1) }
        },
    ]
}

/// The exact noise in samples of N(1, 0.5²).
private struct NormalPredictor: NoisePredictor {
    let schedule: NoiseSchedule
    let count: Int

    func predict(
        _ latent: UnsafeBufferPointer<Float>, step: Int, into noise: UnsafeMutableBufferPointer<Float>
    ) throws(EdgeError) {
        let alphaBar = schedule.alphaBars[step]
        let factor = Float((1 - alphaBar).squareRoot() / (0.25 * alphaBar + 1 - alphaBar))
        let center = Float(alphaBar.squareRoot())
        for index in noise.indices { noise[index] = factor * (latent[index] - center) }
    }
}

/// β from 1e-4 to 0.02 in 1,000 equal steps.
private let schedule = makeSchedule()

private func makeSchedule() -> NoiseSchedule? {
    var product = 1.0
    return NoiseSchedule(
        alphaBars: (0..<1000).map { index in
            product *= 1 - (1e-4 + (0.02 - 1e-4) * Double(index) / 999)
            return product
        })
}

private func sampled(_ sampler: Sampler, _ steps: Int, count: Int) throws(EdgeError) -> [Float] {
    guard let schedule else { throw EdgeError(.data, at: "schedule", "does not fall") }
    let plan = try StepPlan(schedule: schedule, sampler: sampler, steps: steps)
    let loop = DenoisingLoop(plan, try NormalTable.noise(), count: count)
    var predictor = NormalPredictor(schedule: schedule, count: count)
    guard try loop.run(&predictor, seed: 1) else { throw EdgeError(.check, at: "loop", "ended early") }
    return Array(loop.latent)
}

private func momentCheck(
    _ name: String, _ sampler: Sampler, _ steps: Int, mean: Double, deviation: Double
) -> Check {
    Check("denoising: samples of \(name), have the moments of the data") {
        do throws(EdgeError) {
            let count = 4000
            let found = moments(try sampled(sampler, steps, count: count))
            // Four standard errors.
            let error = 4 * deviation / Double(count).squareRoot()
            guard abs(found.mean - mean) < error, abs(found.deviation - deviation) < error * 0.7072 else {
                return "mean \(found.mean), deviation \(found.deviation)"
            }
            return nil
        } catch {
            return error.line
        }
    }
}

private func moments(_ numbers: [Float]) -> (mean: Double, deviation: Double) {
    var (sum, squares) = (0.0, 0.0)
    for number in numbers {
        sum += Double(number)
        squares += Double(number) * Double(number)
    }
    let mean = sum / Double(numbers.count)
    return (mean, max(squares / Double(numbers.count) - mean * mean, 0).squareRoot())
}

/// Of the latents of every sampler.
private func sampledDigest() -> UInt64 {
    var bytes: [UInt8] = []
    let samplers: [Sampler] = [
        .ddpm(largeVariance: false), .ddpm(largeVariance: true), .ddim(eta: 0), .ddim(eta: 0.5), .ddim(eta: 1),
    ]
    for sampler in samplers {
        guard let latent = try? sampled(sampler, 25, count: 333) else { return 0 }
        for value in latent {
            for shift in [UInt32(0), 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift)) }
        }
    }
    return xxh3(bytes)
}
