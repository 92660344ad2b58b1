public import Denoising
public import EdgeFormat
public import ModelGraph

/// A float denoiser as predictor: several pictures at once, the predictions without a label behind those with one in the
/// same batch.
public struct GraphPredictor: NoisePredictor {
    /// Computes the outputs of a batch for the inputs x, t and label at a time step; what else it notes is its own.
    public typealias Evaluation = (_ inputs: [TensorData], _ step: Int) throws(EdgeError) -> [TensorData]

    /// Elements of all latents.
    public let count: Int
    private let guidance: Float
    /// Of the whole batch: the pictures' own ones and, where both predictions are wanted, as often that for none.
    private let labels: [Int64]
    private let copies: Int
    private let evaluate: Evaluation

    /// - Parameters:
    ///   - elements: of one latent.
    ///   - labels: one a picture.
    ///   - alwaysBoth: whether to predict without a label too where a guidance of 1 would not need it.
    ///   - evaluate: computes a batch of as many samples as labels, or twice as many.
    public init(
        elements: Int, settings: DiffusionSettings, labels: [Int], guidance: Float, alwaysBoth: Bool = false,
        evaluate: @escaping Evaluation
    ) {
        copies = alwaysBoth ? 2 : Self.copies(guidance)
        count = elements * labels.count
        self.guidance = guidance
        self.labels = (labels + (copies == 2 ? labels.map { _ in settings.nullLabel } : [])).map { Int64($0) }
        self.evaluate = evaluate
    }

    /// Predictions that a picture needs: guidance 1 counts the one for its label alone.
    public static func copies(_ guidance: Float) -> Int { guidance == 1 ? 1 : 2 }

    public mutating func predict(
        _ latent: UnsafeBufferPointer<Float>, step: Int, into noise: UnsafeMutableBufferPointer<Float>
    ) throws(EdgeError) {
        let x = (0..<copies).flatMap { _ in Array(latent) }
        let outputs = try evaluate(
            [.float32(x), .int64([Int64](repeating: Int64(step), count: labels.count)), .int64(labels)], step)
        guard let predicted = outputs.first?.floats, predicted.count == copies * count, noise.count == count else {
            throw EdgeError(.data, at: "denoiser", "its output does not have the shape of its input")
        }
        predicted.withUnsafeBufferPointer { predicted in
            let labelled = UnsafeBufferPointer(rebasing: predicted[..<count])
            guard copies == 2 else {
                _ = noise.update(from: labelled)
                return
            }
            Guidance.combine(
                guidance, labelled: labelled, unlabelled: UnsafeBufferPointer(rebasing: predicted[count...]),
                into: noise)
        }
    }
}

extension Graph {
    /// Elements of a denoiser's latent.
    /// - Throws: `EdgeError` (data) for a graph without the inputs x, t and label and one output like x.
    public var latentElements: Int {
        get throws(EdgeError) {
            let types = inputs.map { values[$0].type }
            guard types.count == 3, types[0].element == .float32, types[1].element == .int64,
                types[2].element == .int64, outputs.count == 1, values[outputs[0]].type.shape == types[0].shape
            else { throw EdgeError(.data, at: "graph '\(name)'", "is no denoiser: it needs inputs x, t and label") }
            return types[0].count
        }
    }
}
