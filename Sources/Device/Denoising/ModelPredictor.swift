public import EdgeFormat
public import Inference

/// The compiled network as a predictor. With guidance its two predictions go through the network as one batch.
public final class ModelPredictor: NoisePredictor {
    public let session: Session
    public let count: Int
    /// What to predict for.
    public var label: Int
    private let noLabel: Int
    /// Nil where only the prediction for the label counts.
    private let guidance: Float?
    /// Pictures that the session's graph takes, 1 or 2.
    private let pictures: Int
    /// Logical bytes on their way into the session or out of it.
    private let bytes: UnsafeMutableRawBufferPointer
    /// Noise predicted for no label.
    private let unlabelled: UnsafeMutableBufferPointer<Float>

    /// - Parameters:
    ///   - label: 0 … `diffusion.noLabel`; it may be changed between runs.
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
            guard Reals.take(tensor) else {
                throw EdgeError(.data, at: diffusion.model.path, "tensor '\(tensor.name)' has no 8 or 16 bits")
            }
        }
        self.session = session
        self.label = label
        count = diffusion.count
        noLabel = diffusion.noLabel
        self.guidance = guidance == 1 ? nil : guidance
        pictures = guided == nil ? 1 : 2
        // Room for the two indices too.
        let room = max(input.logicalSize, output.logicalSize, 8)
        bytes = .allocate(byteCount: room, alignment: 8)
        unlabelled = .allocate(capacity: self.guidance == nil ? 0 : count)
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
        unlabelled.initialize(repeating: 0)
    }

    deinit {
        bytes.deallocate()
        unlabelled.deallocate()
    }

    public func predict(
        _ latent: UnsafeBufferPointer<Float>, step: Int, into noise: UnsafeMutableBufferPointer<Float>
    ) throws(EdgeError) {
        let floats = ExactFloats()
        defer { floats.restore() }
        guard let guidance else {
            run(latent, step, label, label)
            read(0, into: noise)
            return
        }
        run(latent, step, label, noLabel)
        read(0, into: noise)
        if pictures == 1 { run(latent, step, noLabel, noLabel) }
        read(pictures - 1, into: unlabelled)
        Guidance.combine(
            guidance, labelled: UnsafeBufferPointer(noise), unlabelled: UnsafeBufferPointer(unlabelled), into: noise)
    }

    /// Runs the graph for a latent and, where it takes two pictures, for both labels.
    private func run(_ latent: UnsafeBufferPointer<Float>, _ step: Int, _ first: Int, _ second: Int) {
        let input = session.input(0)
        for picture in 0..<pictures { Reals.quantize(latent, input.tensor, into: bytes, picture: picture) }
        input.write(UnsafeRawBufferPointer(bytes))
        writeIndices(session.input(1), step, step)
        writeIndices(session.input(2), first, second)
        session.run()
    }

    private func writeIndices(_ view: TensorView, _ first: Int, _ second: Int) {
        bytes.storeBytes(of: Int32(truncatingIfNeeded: first).littleEndian, as: Int32.self)
        bytes.storeBytes(of: Int32(truncatingIfNeeded: second).littleEndian, toByteOffset: 4, as: Int32.self)
        view.write(UnsafeRawBufferPointer(bytes))
    }

    private func read(_ picture: Int, into noise: UnsafeMutableBufferPointer<Float>) {
        let output = session.output(0)
        output.read(into: bytes)
        Reals.dequantize(UnsafeRawBufferPointer(bytes), output.tensor, picture: picture, into: noise)
    }
}
