public import EdgeFormat
public import Networks
internal import Tensors

/// Where a training is: what a progress line shows, and what a checkpoint keeps besides the numbers.
public struct TrainingProgress: Equatable, Sendable {
    /// Steps done since the start.
    public package(set) var step = 0
    /// Samples of this epoch that were seen, the sum of their losses, and those that were classified right.
    public internal(set) var seen = 0
    public internal(set) var lossSum = 0.0
    public internal(set) var right = 0

    package init() {}

    public var loss: Double { lossSum / Double(max(1, seen)) }
    public var accuracy: Double { Double(right) / Double(max(1, seen)) }
}

/// Trains a network: batches cut into fixed shards, gradients added in the order of the shards, one step of the optimizer
/// a batch. Neither the number of threads nor an interruption in between changes a bit of the result.
public final class Trainer {
    public let network: Network
    public let settings: TrainingSettings
    public let seed: UInt64
    public internal(set) var progress = TrainingProgress()
    let pictures: TrainingPictures
    let optimizer: any Optimizer
    /// The optimizer's numbers: `optimizer.stateCount` rows like the parameters.
    let state: Tensor
    private let schedule: CosineSchedule
    private let shards: [Shard]
    private let team: WorkerTeam
    private var order: (epoch: Int, indices: [Int]) = (-1, [])

    /// - Throws: `EdgeError` when OpenBLAS is missing or threads cannot be started.
    public init(
        _ network: Network, on pictures: TrainingPictures, settings: TrainingSettings, seed: UInt64, threads: Int
    ) throws(EdgeError) {
        try BLAS.load()
        self.network = network
        self.pictures = pictures
        self.settings = settings
        self.seed = seed
        optimizer =
            switch settings.method {
            case .sgd: MomentumDescent()
            case .adam: Adam()
            }
        let parameterCount = network.parameters.count
        state = Tensor(zeros: [optimizer.stateCount, parameterCount])
        shards = (0..<(settings.batch + Shard.size - 1) / Shard.size).map { _ in Shard(gradientCount: parameterCount) }
        team = try WorkerTeam(threads: threads)
        let stepsAnEpoch = (pictures.count + settings.batch - 1) / settings.batch
        schedule = CosineSchedule(peak: settings.learningRate, steps: stepsAnEpoch * settings.epochs)
    }

    /// Steps of the whole training.
    public var steps: Int { schedule.steps }
    public var stepsAnEpoch: Int { steps / settings.epochs }
    public var isDone: Bool { progress.step >= steps }
    /// The epoch of the next step, from 0.
    public var epoch: Int { progress.step / stepsAnEpoch }

    /// One batch.
    public func advance() {
        guard !isDone else { return }
        if progress.step % stepsAnEpoch == 0 { (progress.seen, progress.lossSum, progress.right) = (0, 0, 0) }
        let batch = samples(ofStep: progress.step % stepsAnEpoch, epoch: epoch)
        let parts = stride(from: 0, to: batch.count, by: Shard.size).map {
            Array(batch[$0..<min($0 + Shard.size, batch.count)])
        }
        let (network, pictures, shards, count) = (network, pictures, shards, batch.count)
        for shard in shards { shard.startCounting() }
        team.run(parts.count) { shards[$0].run(network, pictures, parts[$0], batch: count) }
        update(with: shards.prefix(parts.count).compactMap { $0.gradients })
        for shard in shards.prefix(parts.count) {
            progress.lossSum += shard.loss
            progress.right += shard.right
        }
        progress.seen += count
        progress.step += 1
    }

    /// Adds the shards' gradients, in order, and takes the optimizer's step: the parameters are shared out in pieces.
    private func update(with gradients: [Tensor]) {
        let (parameters, state, optimizer) = (network.parameters, state, optimizer)
        let (step, rate) = (progress.step + 1, schedule.rate(at: progress.step))
        let piece = 4096
        team.run((parameters.count + piece - 1) / piece) { number in
            let start = number * piece
            let count = min(piece, parameters.count - start)
            let sum = gradients[0].base + start
            for gradient in gradients.dropFirst() { add(gradient.base + start, to: sum, count: count) }
            let rows = (0..<optimizer.stateCount).map { state.base + $0 * parameters.count + start }
            optimizer.update(
                parameters.base + start, gradient: sum, state: rows, count: count, step: step, rate: rate)
        }
    }

    /// The pictures of a batch: a shuffled order and random moves, both decided by seed and epoch.
    private func samples(ofStep step: Int, epoch: Int) -> [Shard.Sample] {
        if order.epoch != epoch {
            var generator = RandomGenerator(seed, 1, UInt64(epoch))
            var indices = Array(0..<pictures.count)
            for index in indices.indices.dropLast() {
                indices.swapAt(index, index + generator.below(indices.count - index))
            }
            order = (epoch, indices)
        }
        let range = step * settings.batch..<min((step + 1) * settings.batch, pictures.count)
        var generator = RandomGenerator(seed, 2, UInt64(epoch), UInt64(step))
        let span = 2 * settings.shift + 1
        return order.indices[range].map { index in
            Shard.Sample(
                index: index,
                move: (generator.below(span) - settings.shift, generator.below(span) - settings.shift))
        }
    }

    /// How many pictures of a set the network classifies right.
    public func hits(on pictures: TrainingPictures) -> Int {
        let shards = (0..<4 * team.count).map { _ in Shard(gradientCount: nil) }
        let piece = (pictures.count + shards.count - 1) / shards.count
        let network = network
        team.run(shards.count) { number in
            let end = min((number + 1) * piece, pictures.count)
            for start in stride(from: number * piece, to: end, by: Shard.size) {
                let range = start..<min(start + Shard.size, end)
                shards[number].run(
                    network, pictures, range.map { Shard.Sample(index: $0, move: (0, 0)) }, batch: range.count)
            }
        }
        return shards.reduce(0) { $0 + $1.right }
    }
}
