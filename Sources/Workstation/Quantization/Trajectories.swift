import Denoising
public import Diffusion
public import EdgeFormat
public import ModelGraph
import Platform

/// The samplings that calibration of a denoiser follows, from noise to picture: the values that layers take depend on how
/// noisy the latent is, and on what was predicted before.
///
/// Labels, numbers of steps, guidance and samplers take turns, so that all labels, the unconditional prediction, and time
/// steps everywhere in the schedule are seen. The same numbers give the same values on every processor.
public struct Trajectories: Sendable {
    public let settings: DiffusionSettings
    /// How many of them.
    public let count: Int

    public init(_ settings: DiffusionSettings, count: Int) {
        self.settings = settings
        self.count = count
    }

    /// Numbers of steps whose time steps have little in common.
    private static let stepCounts = [20, 30, 25, 40, 50, 16, 34]
    /// Shares of the model's guidance.
    private static let guidances: [Float] = [1, 1, 0.5, 1.5]

    /// Steps of one of them.
    func steps(_ index: Int) -> Int { min(Self.stepCounts[index % Self.stepCounts.count], settings.steps) }
    func guidance(_ index: Int) -> Float { settings.guidance * Self.guidances[index % Self.guidances.count] }
    func sampler(_ index: Int) -> Sampler { index % 8 == 7 ? .ddpm(largeVariance: false) : .ddim(eta: 0) }
    func label(_ index: Int) -> Int { settings.classes == 0 ? 0 : index % settings.classes }

    /// Steps of all of them, for progress.
    public var totalSteps: Int { (0..<count).reduce(0) { $0 + steps($1) } }
}

extension Calibration {
    /// The ranges that a float denoiser's values take.
    /// - Parameters:
    ///   - graph: inputs x, t and label, for one sample.
    ///   - progress: called with the number of steps done, from any thread; ranges of the whole graph are noted at each.
    /// - Throws: `EdgeError` that names trajectory and step where a value is not finite.
    public static func run(
        _ graph: Graph, _ trajectories: Trajectories, threads: Int, progress: @escaping @Sendable (Int) -> Void
    ) throws(EdgeError) -> Calibration {
        let empty = try Calibration(graph.batched(2))
        let schedule = try trajectories.settings.schedule()
        let parts = try concurrently(trajectories.count, threads: threads) { (index) throws(EdgeError) -> Calibration in
            let plan = try StepPlan(
                schedule: schedule, sampler: trajectories.sampler(index), steps: trajectories.steps(index))
            var predictor = CalibratingPredictor(
                calibration: empty, label: trajectories.label(index), nullLabel: trajectories.settings.nullLabel,
                guidance: trajectories.guidance(index), name: "trajectory \(index)", progress: progress)
            let loop = DenoisingLoop(plan, .standard, count: predictor.count)
            do throws(EdgeError) {
                _ = try loop.run(&predictor, seed: UInt64(index))
            } catch {
                throw error.within("trajectory \(index)")
            }
            return predictor.calibration
        }
        return parts.reduce(empty) { $0.merged(with: $1) }
    }
}

/// Predicts with guidance, by a float graph for two samples, and notes every value's range on the way.
private struct CalibratingPredictor: NoisePredictor {
    var calibration: Calibration
    let label: Int
    let nullLabel: Int
    let guidance: Float
    let name: String
    let progress: @Sendable (Int) -> Void

    /// Elements of one latent.
    var count: Int {
        let graph = calibration.graph
        return graph.inputs.first.map { graph.values[$0].type.count / 2 } ?? 0
    }

    mutating func predict(
        _ latent: UnsafeBufferPointer<Float>, step: Int, into noise: UnsafeMutableBufferPointer<Float>
    ) throws(EdgeError) {
        guard !Interrupts.requested else { throw EdgeError(.system, at: "", "interrupted") }
        let inputs: [TensorData] = [
            .float32(Array(latent) + Array(latent)), .int64([Int64(step), Int64(step)]),
            .int64([Int64(label), Int64(nullLabel)]),
        ]
        let outputs = try calibration.observe(inputs, name: "time step \(step)")
        guard let both = outputs.first?.floats, both.count == 2 * count else {
            throw EdgeError(.data, at: name, "the model's output is not like its input")
        }
        both.withUnsafeBufferPointer { both in
            Guidance.combine(
                guidance, labelled: UnsafeBufferPointer(rebasing: both[..<count]),
                unlabelled: UnsafeBufferPointer(rebasing: both[count...]), into: noise)
        }
        progress(1)
    }
}
