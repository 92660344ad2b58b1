package import Denoising
public import Diffusion
public import EdgeFormat
public import ModelGraph
import Platform

/// The samplings that calibration of a denoiser follows, from noise to picture: the values that layers take depend on how
/// noisy the latent is, and on what was predicted before.
///
/// Labels, numbers of steps, where they begin, guidance and samplers take turns, so that all labels, the unconditional
/// prediction, and time steps everywhere in the schedule are seen, the last one too. The same numbers give the same
/// values on every processor.
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
    /// Where the time steps begin: at 0, in the middle between two, or so that the last one of the schedule is among them.
    func shift(_ index: Int) -> Int { (settings.steps / steps(index) - 1) * (index % 3) / 2 }
    func guidance(_ index: Int) -> Float { settings.guidance * Self.guidances[index % Self.guidances.count] }
    func sampler(_ index: Int) -> Sampler { index % 8 == 7 ? .ddpm(largeVariance: false) : .ddim(eta: 0) }
    func label(_ index: Int) -> Int { settings.classes == 0 ? 0 : index % settings.classes }

    /// The time steps of one of them.
    package func plan(_ index: Int, _ schedule: NoiseSchedule) throws(EdgeError) -> StepPlan {
        try StepPlan(schedule: schedule, sampler: sampler(index), steps: steps(index), shift: shift(index))
    }

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
        _ graph: Graph, _ trajectories: Trajectories, method: RangeMethod = .minMax, threads: Int,
        progress: @escaping @Sendable (Int) -> Void
    ) throws(EdgeError) -> Calibration {
        let empty = try Calibration(graph.batched(2), method: method)
        let settings = trajectories.settings
        let schedule = try settings.schedule()
        let count = try graph.latentElements
        let indices = Array(0..<trajectories.count)
        return try concurrently(indices, threads: threads, into: empty) { (index) throws(EdgeError) -> Calibration in
            let plan = try trajectories.plan(index, schedule)
            var calibration = empty
            // Both predictions whatever the guidance: the layers of the device see both.
            var predictor = GraphPredictor(
                elements: count, settings: settings, labels: [trajectories.label(index)],
                guidance: trajectories.guidance(index), alwaysBoth: true
            ) { (inputs, step) throws(EdgeError) in
                guard !Interrupts.requested else { throw EdgeError.interrupted }
                let outputs = try calibration.observe(inputs, name: "time step \(step)")
                progress(1)
                return outputs
            }
            let loop = DenoisingLoop(plan, .standard, count: count)
            do throws(EdgeError) {
                _ = try loop.run(&predictor, seed: UInt64(index))
            } catch {
                throw error.within("trajectory \(index)")
            }
            return calibration
        } merge: {
            $0.merge($1)
        }
    }
}
