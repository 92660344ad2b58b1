public import EdgeFormat
public import Inference

/// The compiled network as a predictor. With guidance its two predictions go through the network as one batch.
public final class ModelPredictor: NoisePredictor {
    public let session: Session
    public let count: Int
    /// What to predict for.
    public var label: Int
    private let nullLabel: Int
    /// Nil where only the prediction for the label counts.
    private let guidance: Float?
    /// Pictures that the session's graph takes, 1 or 2.
    private let pictures: Int
    /// Noise predicted for no label.
    private let unlabelled: UnsafeMutableBufferPointer<Float>

    /// - Parameters:
    ///   - label: 0 … `diffusion.nullLabel`; it may be changed between runs.
    ///   - guidance: 1 asks for the label's prediction alone.
    ///   - threads: threads that share a prediction.
    /// - Throws: `EdgeError` when a session cannot be made.
    public init(
        _ diffusion: DiffusionModel, label: Int, guidance: Float, kernels: KernelSet = .best, threads: Int = 1
    ) throws(EdgeError) {
        let settings = diffusion.settings
        let guided = guidance == 1 ? nil : settings.guidedGraph
        let session = try Session(
            diffusion.model, graph: guided ?? settings.graph, kernels: kernels, threads: threads)
        let (input, output) = (session.input(0).tensor, session.output(0).tensor)
        for tensor in [input, output] {
            guard !tensor.scales.isEmpty, tensor.element == .int8 || tensor.element == .int16 else {
                throw EdgeError(.data, at: diffusion.model.path, "tensor '\(tensor.name)' has no 8 or 16 bits")
            }
        }
        self.session = session
        self.label = label
        count = diffusion.count
        nullLabel = diffusion.nullLabel
        self.guidance = guidance == 1 ? nil : guidance
        pictures = guided == nil ? 1 : 2
        unlabelled = .allocate(capacity: self.guidance == nil ? 0 : count)
        unlabelled.initialize(repeating: 0)
    }

    deinit { unlabelled.deallocate() }

    public func predict(
        _ latent: UnsafeBufferPointer<Float>, step: Int, into noise: UnsafeMutableBufferPointer<Float>
    ) throws(EdgeError) {
        let floats = ExactFloats()
        defer { floats.restore() }
        guard let guidance else {
            run(latent, step, label, label)
            session.output(0).read(floats: noise)
            return
        }
        run(latent, step, label, nullLabel)
        session.output(0).read(floats: noise)
        if pictures == 1 { run(latent, step, nullLabel, nullLabel) }
        session.output(0).read(floats: unlabelled, picture: pictures - 1)
        Guidance.combine(
            guidance, labelled: UnsafeBufferPointer(noise), unlabelled: UnsafeBufferPointer(unlabelled), into: noise)
    }

    /// Runs the graph for a latent and, where it takes two pictures, for both labels.
    private func run(_ latent: UnsafeBufferPointer<Float>, _ step: Int, _ first: Int, _ second: Int) {
        for picture in 0..<pictures {
            session.input(0).write(floats: latent, picture: picture)
            session.input(1).write(index: step, at: picture)
            session.input(2).write(index: picture == 0 ? first : second, at: picture)
        }
        session.run()
    }
}
