import Denoising
public import Diffusion
public import EdgeFormat
public import ModelGraph
import Platform
import Quantization

extension LayerErrors {
    /// Samplings by the float graph on whose latents a denoiser's errors are measured.
    public struct Samplings: Equatable, Sendable {
        /// How many samplings; each takes the next label.
        public var count = 8
        /// Steps of each, by DDIM.
        public var steps = 20
        /// Bins of equal width over the schedule's time steps.
        public var bins = 10
        /// Not one that calibration uses.
        public var seed: UInt64 = 0x5175_616C_6974_7921

        public init() {}
    }

    /// The errors of a quantized denoiser over time steps: bin b holds the time steps t with ⌊t · bins / T⌋ = b.
    /// - Parameters:
    ///   - float: the denoiser for one sample as the quantizer got it, with inputs x, t and label.
    ///   - quantized: what the quantizer made of it.
    ///   - progress: called with the number of samplings done, from any thread.
    /// - Throws: `EdgeError` when a graph is no denoiser or cannot be run, and `.data` that names the step for a value
    ///   that is no finite number.
    public static func run(
        float: Graph, quantized: Graph, settings: DiffusionSettings, samplings: Samplings = Samplings(),
        threads: Int, progress: @escaping @Sendable (Int) -> Void
    ) throws(EdgeError) -> LayerErrors {
        let single = try GraphComparison(float: float, quantized: quantized)
        // Both passes of guidance at once.
        let pair = try GraphComparison(float: float.batched(2), quantized: quantized.batched(2))
        let schedule = try settings.schedule()
        let plan = try StepPlan(
            schedule: schedule, sampler: .ddim(eta: 0), steps: min(samplings.steps, schedule.count))
        let count = try float.latentElements
        let empty = LayerErrors(layers: single.layers, bins: samplings.bins)
        let parts = try concurrently(samplings.count, threads: threads) { (index) throws(EdgeError) -> LayerErrors in
            var errors = empty
            var predictor = GraphPredictor(
                elements: count, settings: settings, labels: [index % max(settings.classes, 1)],
                guidance: settings.guidance, alwaysBoth: true
            ) { (inputs, step) throws(EdgeError) in
                let bin = min(step * errors.bins / settings.steps, errors.bins - 1)
                return try pair.observe(inputs, bin: bin, name: "time step \(step)", into: &errors)
            }
            let loop = DenoisingLoop(plan, .standard, count: count)
            let isDone = try loop.run(
                &predictor, seed: samplings.seed, picture: UInt32(truncatingIfNeeded: index)
            ) { _, _ in !Interrupts.requested }
            guard isDone else { throw EdgeError.interrupted }
            progress(1)
            return errors
        }
        return parts.reduce(into: empty) { $0.merge($1) }
    }
}
