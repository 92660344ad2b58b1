import Denoising
import Diffusion
import EdgeFormat
import Foundation
import Testing

private let folder = ProcessInfo.processInfo.environment["SWIFTLET_SCHEDULERS"].map { URL(fileURLWithPath: $0) }

/// One half of Tests/Peers/diffusers-schedulers.py, which sets the folder: writes schedules, and updates as the loop makes
/// them, for the other half to compare.
@Suite(.enabled(if: folder != nil, "run by Tests/Peers/diffusers-schedulers.py")) struct SchedulerDump {
    private static let elements = 4

    /// Predicts the noise of N(0, 0.5²), so that latents stay near 1.
    private struct Predictor: NoisePredictor {
        let schedule: NoiseSchedule
        var count: Int

        mutating func predict(
            _ latent: UnsafeBufferPointer<Float>, step: Int, into noise: UnsafeMutableBufferPointer<Float>
        ) throws(EdgeError) {
            let alphaBar = schedule.alphaBars[step]
            let factor = Float((1 - alphaBar).squareRoot() / (0.25 * alphaBar + 1 - alphaBar))
            for index in noise.indices { noise[index] = factor * latent[index] + Float(index) / 8 }
        }
    }

    @Test func schedulesAndUpdates() throws {
        let folder = try #require(folder)
        for kind in DiffusionSettings.ScheduleKind.allCases {
            let schedule = try DiffusionSettings(scheduleKind: kind, classes: 0).schedule()
            try schedule.alphaBars.map { "\($0)" }.joined(separator: "\n")
                .write(
                    to: folder.appendingPathComponent("\(kind.rawValue).schedule"), atomically: true, encoding: .utf8)
            for (name, sampler) in [
                ("ddpm", Sampler.ddpm(largeVariance: false)), ("ddpm-large", .ddpm(largeVariance: true)),
                ("ddim-0", .ddim(eta: 0)), ("ddim-0.5", .ddim(eta: 0.5)), ("ddim-1", .ddim(eta: 1)),
            ] {
                for steps in [1, 2, 10, 50, 333, 1000] {
                    let lines = try updates(schedule, sampler, steps)
                    try lines.joined(separator: "\n").write(
                        to: folder.appendingPathComponent("\(kind.rawValue)_\(name)_\(steps).updates"),
                        atomically: true, encoding: .utf8)
                }
            }
        }
    }

    /// A line a step: the time step, then x, ε, n and x' of each element.
    private func updates(_ schedule: NoiseSchedule, _ sampler: Sampler, _ steps: Int) throws -> [String] {
        let plan = try StepPlan(schedule: schedule, sampler: sampler, steps: steps)
        let loop = DenoisingLoop(plan, .standard, count: Self.elements)
        var predictor = Predictor(schedule: schedule, count: Self.elements)
        var after: [[Float]] = []
        _ = try loop.run(&predictor, seed: 3) { _, latent in
            after.append(Array(latent))
            return true
        }
        var before = [Float](repeating: 0, count: Self.elements)
        before.withUnsafeMutableBufferPointer { GaussianNoise.standard.fill($0, seed: 3, draw: 0, picture: 0) }
        var lines: [String] = []
        for index in 0..<steps {
            var fresh = [Float](repeating: 0, count: Self.elements)
            fresh.withUnsafeMutableBufferPointer {
                GaussianNoise.standard.fill($0, seed: 3, draw: UInt32(index + 1), picture: 0)
            }
            let noise = try predicted(&predictor, before, at: plan.time(of: index))
            let numbers = before + noise + fresh + after[index]
            lines.append("\(plan.time(of: index)) " + numbers.map { "\($0)" }.joined(separator: " "))
            before = after[index]
        }
        return lines
    }

    private func predicted(_ predictor: inout Predictor, _ latent: [Float], at time: Int) throws -> [Float] {
        var noise = latent
        try latent.withUnsafeBufferPointer { latent in
            try noise.withUnsafeMutableBufferPointer { try predictor.predict(latent, step: time, into: $0) }
        }
        return noise
    }
}
