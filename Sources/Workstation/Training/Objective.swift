internal import Autograd
internal import Denoising
internal import Diffusion
internal import EdgeFormat
internal import Networks
internal import Tensors

/// What a network learns from labelled pictures: how the loss of a few samples comes about.
protocol Objective: Sendable {
    /// Samples of a whole shard.
    var shardSize: Int { get }
    /// Gradients of a greater Euclidean norm are shortened to it; nil: never.
    var gradientLimit: Float? { get }
    /// How much of the parameters' running average a step keeps, in the long run; nil: there is no average.
    var averageDecay: Float? { get }

    /// Computes samples on a tape.
    /// - Parameters:
    ///   - gradients: like the network's parameters; nil outside of training.
    ///   - scale: what each sample's loss is multiplied by.
    /// - Returns: the sum of the scaled losses, and how many samples were classified right.
    func loss(
        of samples: [Sample], in pictures: TrainingPictures, _ network: Network, gradients: Tensor?, scale: Float,
        on tape: Tape
    ) -> (sum: Variable, right: Int)
}

/// One picture of a batch.
struct Sample {
    let index: Int
    /// By how many pixels it is moved.
    let move: (right: Int, down: Int)
    /// Decides all else that is random about it.
    let key: UInt64
}

/// The picture's label, by softmax and cross entropy.
struct Classification: Objective {
    /// Enough rows for the products of dense layers.
    let shardSize = 16
    let gradientLimit: Float? = nil
    let averageDecay: Float? = nil

    func loss(
        of samples: [Sample], in pictures: TrainingPictures, _ network: Network, gradients: Tensor?, scale: Float,
        on tape: Tape
    ) -> (sum: Variable, right: Int) {
        let size = network.input.reduce(1, *)
        let x = tape.buffer([samples.count] + network.input)
        for (row, sample) in samples.enumerated() {
            pictures.write(sample.index, moved: sample.move, to: x.base + row * size)
        }
        let labels = samples.map { pictures.labels[$0.index] }
        let logits = network.forward(x, gradients: gradients, on: tape)
        let sum = tape.softmaxCrossEntropy(logits, labels: labels, scale: scale)
        let right = zip(labels.indices, labels).count { row, label in logits.value.largest(inRow: row) == label }
        return (sum, right)
    }
}

/// The noise in a picture, by its mean square error: x = √ᾱ_t·picture + √(1 − ᾱ_t)·ε at a random time step (Ho and
/// others, 2020, algorithm 1). The label is "none" for a share of the samples (Ho and Salimans, 2022).
struct NoisePrediction: Objective {
    /// Few enough pictures for the cache.
    let shardSize = 4
    let gradientLimit: Float? = 1
    let averageDecay: Float? = 0.999
    /// One of so many samples has no label.
    private let unlabelled = 10
    private let alphaBars: [Double]
    private let nullLabel: Int

    /// - Throws: `EdgeError` for a schedule that does not exist.
    init(_ settings: DiffusionSettings) throws(EdgeError) {
        alphaBars = try settings.schedule().alphaBars
        nullLabel = settings.nullLabel
    }

    func loss(
        of samples: [Sample], in pictures: TrainingPictures, _ network: Network, gradients: Tensor?, scale: Float,
        on tape: Tape
    ) -> (sum: Variable, right: Int) {
        let size = network.input.reduce(1, *)
        let (x, noise) = (tape.buffer([samples.count] + network.input), tape.buffer([samples.count] + network.input))
        var (times, labels): ([Int], [Int]) = ([], [])
        for (row, sample) in samples.enumerated() {
            var generator = RandomGenerator(sample.key)
            let time = generator.below(alphaBars.count)
            times.append(time)
            labels.append(generator.below(unlabelled) == 0 ? nullLabel : pictures.labels[sample.index])
            let (picture, normal) = (x.base + row * size, noise.base + row * size)
            pictures.write(sample.index, moved: sample.move, to: picture)
            GaussianNoise.standard.fill(
                UnsafeMutableBufferPointer(start: normal, count: size), seed: generator.next(), draw: 0, picture: 0)
            let (share, rest) = (Float(alphaBars[time].squareRoot()), Float((1 - alphaBars[time]).squareRoot()))
            for index in 0..<size { picture[index] = share * picture[index] + rest * normal[index] }
        }
        let dropout = gradients == nil ? nil : samples.first?.key
        let predicted = network.forward(x, [times, labels], gradients: gradients, dropout: dropout, on: tape)
        return (tape.meanSquaredError(predicted, target: noise, scale: scale), 0)
    }
}

extension Tensor {
    /// The column of the largest number in a row, the first of equal ones.
    fileprivate func largest(inRow row: Int) -> Int {
        let columns = shape.last ?? 1
        let row = base + row * columns
        var best = 0
        for column in 1..<max(columns, 1) where row[column] > row[best] { best = column }
        return best
    }
}
