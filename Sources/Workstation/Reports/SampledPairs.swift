import Denoising
import Diffusion
import EdgeFormat
import Imaging
import ModelGraph
import Platform
import Quantization

/// The same samplings by a float graph and by the compiled model, the latter by the device's own code.
struct SampledPairs: Sendable {
    static let seed: UInt64 = 1
    /// Steps of DDIM, at most.
    static let steps = 50

    private let float: ReferenceInterpreter
    private let model: DiffusionModel
    private let settings: DiffusionSettings
    private let plan: StepPlan

    /// - Parameter float: the denoiser for one sample.
    init(float: Graph, model: DiffusionModel, settings: DiffusionSettings) throws(EdgeError) {
        self.float = try ReferenceInterpreter(float.batched(2))
        self.model = model
        self.settings = settings
        plan = try StepPlan(
            schedule: model.schedule, sampler: .ddim(eta: 0), steps: min(Self.steps, model.schedule.count))
    }

    /// Pictures 0 ..< `count` of the seed, the labels in turn.
    /// - Parameter progress: called with the number of pairs done, from any thread.
    func pictures(
        _ count: Int, threads: Int, progress: @escaping @Sendable (Int) -> Void
    ) throws(EdgeError) -> [PicturePair] {
        try concurrently(count, threads: threads) { (index) throws(EdgeError) -> PicturePair in
            let label = settings.classes == 0 ? settings.nullLabel : index % settings.classes
            var reference = FloatPredictor(
                interpreter: float, labels: [Int64(label), Int64(settings.nullLabel)], guidance: settings.guidance,
                count: model.count)
            var compiled = try ModelPredictor(model, label: label, guidance: settings.guidance)
            let pair = try PicturePair(
                label: model.name(of: label), seed: Self.seed, number: index, float: picture(&reference, index),
                quantized: picture(&compiled, index))
            progress(1)
            return pair
        }
    }

    private func picture<Predictor: NoisePredictor>(
        _ predictor: inout Predictor, _ index: Int
    ) throws(EdgeError) -> Picture {
        let loop = DenoisingLoop(plan, model.noise, count: model.count)
        let isDone = try loop.run(
            &predictor, seed: Self.seed, picture: UInt32(truncatingIfNeeded: index)
        ) { _, _ in !Interrupts.requested }
        guard isDone else { throw EdgeError(.system, at: "", "interrupted") }
        var bytes = [UInt8](repeating: 0, count: model.count)
        bytes.withUnsafeMutableBufferPointer { LatentPicture.write(loop.latent, into: $0) }
        guard let picture = Picture(width: model.width, height: model.height, channels: model.channels, bytes: bytes)
        else { throw EdgeError(.data, at: "report", "the model's latent is no picture") }
        return picture
    }
}

/// A float graph for two samples as a predictor with guidance.
private struct FloatPredictor: NoisePredictor {
    let interpreter: ReferenceInterpreter
    let labels: [Int64]
    let guidance: Float
    let count: Int

    func predict(
        _ latent: UnsafeBufferPointer<Float>, step: Int, into noise: UnsafeMutableBufferPointer<Float>
    ) throws(EdgeError) {
        let outputs = try interpreter.run([
            .float32(Array(latent) + Array(latent)), .int64([Int64(step), Int64(step)]), .int64(labels),
        ])
        guard let both = outputs.first?.floats, both.count == 2 * count else {
            throw EdgeError(.data, at: "denoiser", "its output does not have the shape of its input")
        }
        both.withUnsafeBufferPointer { both in
            Guidance.combine(
                guidance, labelled: UnsafeBufferPointer(rebasing: both[..<count]),
                unlabelled: UnsafeBufferPointer(rebasing: both[count...]), into: noise)
        }
    }
}
