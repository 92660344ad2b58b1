internal import Autograd
internal import Denoising
internal import Diffusion
internal import EdgeFormat
internal import Imaging
internal import Networks
internal import Platform
internal import Tensors

/// Drawings of a noise predictor while it is trained: one for each of the first labels, side by side, always from the
/// same noise.
struct SampleSheet {
    private let path: String
    private let loop: DenoisingLoop
    private let labels: Int
    private let nullLabel: Int

    private static let mostLabels = 10
    private static let steps = 25
    private static let guidance: Float = 2

    /// - Throws: `EdgeError` when nothing can be written there: now, and not after the first steps.
    init(_ path: String, of trainer: Trainer) throws(EdgeError) {
        self.path = path
        do throws(SystemError) {
            if path.hasSuffix(".png") { _ = try AtomicFile(path: path) } else { try Files.makeDirectories(path) }
        } catch {
            throw EdgeError(.system, at: path, error.sentence)
        }
        let settings = DiffusionSettings(
            scheduleKind: trainer.settings.schedule, classes: trainer.pictures.classes.count)
        labels = min(settings.classes, Self.mostLabels)
        nullLabel = settings.nullLabel
        let plan = try StepPlan(schedule: settings.schedule(), sampler: .ddim(eta: 0), steps: Self.steps)
        loop = DenoisingLoop(
            plan, GaussianNoise.standard, count: trainer.network.input.reduce(1, *), pictures: labels)
    }

    /// Draws with the network as it is, unless the program is to end, and writes the PNG file.
    /// - Throws: `EdgeError` when it cannot be written, or the network gives no finite numbers.
    func draw(_ trainer: Trainer) throws(EdgeError) {
        var predictor = SheetPredictor(trainer, labels: labels, nullLabel: nullLabel, guidance: Self.guidance)
        guard try loop.run(&predictor, seed: trainer.seed, each: { _, _ in !Interrupts.requested }) else { return }
        let bytes = try PictureFile.encodePNG(try sheet(trainer.pictures.input))
        do throws(SystemError) {
            try Files.writeAtomically(target(step: trainer.progress.step), bytes)
        } catch {
            throw EdgeError(.system, at: path, error.sentence)
        }
    }

    /// Where the drawing after a step goes.
    private func target(step: Int) -> String {
        if path.hasSuffix(".png") { return path }
        let digits = "\(step)"
        return path + "/step-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".png"
    }

    /// The pictures of the latent in one row.
    private func sheet(_ input: PictureInput) throws(EdgeError) -> Picture {
        let (width, height, channels) = (input.width, input.height, input.color.channels)
        var pixels = [UInt8](repeating: 0, count: loop.latent.count)
        pixels.withUnsafeMutableBufferPointer { LatentPicture.write(loop.latent, into: $0) }
        var grid = try PictureGrid(
            count: labels, width: width, height: height, channels: channels, columns: labels, gap: 0)
        pixels.withUnsafeBufferPointer { pixels in
            let size = width * height * channels
            for label in 0..<labels {
                grid.set(UnsafeBufferPointer(rebasing: pixels[label * size..<(label + 1) * size]), at: label)
            }
        }
        return grid.picture
    }
}

/// A training's network as a predictor, one picture a label, with guidance: the threads share the pictures.
private struct SheetPredictor: NoisePredictor {
    let network: Network
    let team: WorkerTeam
    let tapes: TapeStore
    let labels: Int
    let nullLabel: Int
    let guidance: Float

    init(_ trainer: Trainer, labels: Int, nullLabel: Int, guidance: Float) {
        network = trainer.result
        team = trainer.team
        tapes = trainer.tapes
        self.labels = labels
        self.nullLabel = nullLabel
        self.guidance = guidance
    }

    private var elements: Int { network.input.reduce(1, *) }
    var count: Int { labels * elements }

    func predict(
        _ latent: UnsafeBufferPointer<Float>, step: Int, into noise: UnsafeMutableBufferPointer<Float>
    ) throws(EdgeError) {
        let (network, tapes, elements) = (network, tapes, elements)
        let (nullLabel, guidance) = (nullLabel, guidance)
        nonisolated(unsafe) let (latent, noise) = (latent, noise)  // each piece has pictures of its own
        team.run(labels) { label in
            tapes.withTape { tape in
                let range = label * elements..<(label + 1) * elements
                let x = tape.buffer([2] + network.input)
                for index in 0..<elements {
                    x.base[index] = latent[range.lowerBound + index]
                    x.base[elements + index] = latent[range.lowerBound + index]
                }
                let y = network.forward(x, [[step, step], [label, nullLabel]], gradients: nil, on: tape).value
                Guidance.combine(
                    guidance, labelled: UnsafeBufferPointer(start: y.base, count: elements),
                    unlabelled: UnsafeBufferPointer(start: y.base + elements, count: elements),
                    into: UnsafeMutableBufferPointer(rebasing: noise[range]))
            }
        }
    }
}
