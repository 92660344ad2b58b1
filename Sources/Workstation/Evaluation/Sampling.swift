public import Denoising
public import Diffusion
public import EdgeFormat
public import Inference
public import ModelGraph
import Platform
import Quantization

/// Pictures that a noise predictor drew.
public struct Sampling: Sendable {
    /// Height, width and channels.
    public let shape: [Int]
    /// One picture after the other, row by row.
    public let bytes: [UInt8]
    /// The median time of one step of one picture on one thread, with all that guidance needs; nil where none was taken.
    public let stepSeconds: Double?

    package init(shape: [Int], bytes: [UInt8], stepSeconds: Double? = nil) {
        self.shape = shape
        self.bytes = bytes
        self.stepSeconds = stepSeconds
    }

    /// Number of pictures.
    public var count: Int { bytes.count / max(elements, 1) }
    /// Elements of a picture.
    public var elements: Int { shape.reduce(1, *) }
    public subscript(picture: Int) -> ArraySlice<UInt8> { bytes[picture * elements..<(picture + 1) * elements] }

    /// Pictures that one thread takes at a time; fixed, so that nothing depends on the number of threads.
    private static let shard = 8

    /// Pictures of a compiled denoiser, by the device's own code.
    /// - Parameter progress: called with the number of pictures done, from any thread.
    public static func run(
        _ diffusion: DiffusionModel, _ request: SamplingRequest, kernels: KernelSet, threads: Int,
        progress: @escaping @Sendable (Int) -> Void
    ) throws(EdgeError) -> Sampling {
        let parts = try inShards(request, threads) { (range) throws(EdgeError) -> [UInt8] in
            var predictor = try ModelPredictor(diffusion, label: 0, guidance: request.guidance, kernels: kernels)
            let loop = DenoisingLoop(request.plan, diffusion.noise, count: diffusion.count)
            var bytes: [UInt8] = []
            for picture in range {
                predictor.label = request.label(picture)
                bytes += try draw(loop, &predictor, request, picture)
                progress(1)
            }
            return bytes
        }
        var timed = TimedPredictor(
            try ModelPredictor(diffusion, label: request.label(0), guidance: request.guidance, kernels: kernels))
        let seconds = try timed.medianSeconds(request, diffusion.noise)
        return Sampling(
            shape: [diffusion.height, diffusion.width, diffusion.channels], bytes: parts.flatMap { $0 },
            stepSeconds: seconds)
    }

    /// Pictures of a float denoiser.
    /// - Parameters:
    ///   - graph: inputs x, t and label, for one sample.
    ///   - progress: called with the number of pictures done, from any thread.
    public static func run(
        _ graph: Graph, _ settings: DiffusionSettings, _ request: SamplingRequest, threads: Int,
        progress: @escaping @Sendable (Int) -> Void
    ) throws(EdgeError) -> Sampling {
        let one = try GraphPredictor(graph, settings, labels: [request.label(0)], guidance: request.guidance)
        let elements = one.count
        let parts = try inShards(request, threads) { (range) throws(EdgeError) -> [UInt8] in
            var predictor = try GraphPredictor(
                graph, settings, labels: range.map { request.label($0) }, guidance: request.guidance)
            let loop = DenoisingLoop(request.plan, .standard, count: elements, pictures: range.count)
            let bytes = try draw(loop, &predictor, request, range.lowerBound)
            progress(range.count)
            return bytes
        }
        var timed = TimedPredictor(one)
        let seconds = try timed.medianSeconds(request, .standard)
        let shape = graph.values[graph.inputs[0]].type.shape
        return Sampling(shape: Array(shape.dropFirst()), bytes: parts.flatMap { $0 }, stepSeconds: seconds)
    }

    private static func inShards(
        _ request: SamplingRequest, _ threads: Int,
        _ body: @escaping @Sendable (Range<Int>) throws(EdgeError) -> [UInt8]
    ) throws(EdgeError) -> [[UInt8]] {
        try concurrently((request.count + shard - 1) / shard, threads: threads) { (index) throws(EdgeError) in
            try body(index * shard..<min((index + 1) * shard, request.count))
        }
    }

    /// Draws as many pictures as the loop holds.
    private static func draw<Predictor: NoisePredictor>(
        _ loop: DenoisingLoop, _ predictor: inout Predictor, _ request: SamplingRequest, _ picture: Int
    ) throws(EdgeError) -> [UInt8] {
        let isDone = try loop.run(
            &predictor, seed: request.seed, picture: UInt32(truncatingIfNeeded: picture)
        ) { _, _ in !Interrupts.requested }
        guard isDone else { throw EdgeError.interrupted }
        return [UInt8](unsafeUninitializedCapacity: loop.latent.count) { bytes, count in
            bytes.initialize(repeating: 0)
            LatentPicture.write(loop.latent, into: bytes)
            count = loop.latent.count
        }
    }
}

extension GraphPredictor {
    /// By the quick interpreter.
    fileprivate init(
        _ graph: Graph, _ settings: DiffusionSettings, labels: [Int], guidance: Float
    ) throws(EdgeError) {
        let elements = try graph.latentElements
        let batch = labels.count * Self.copies(guidance)
        let interpreter = try ReferenceInterpreter(graph.batched(batch), .quick)
        self.init(elements: elements, settings: settings, labels: labels, guidance: guidance) {
            (inputs, _) throws(EdgeError) in try interpreter.run(inputs)
        }
    }
}
