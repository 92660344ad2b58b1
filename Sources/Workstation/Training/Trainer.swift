internal import Diffusion
public import EdgeFormat
public import Networks
internal import Platform
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
    let task: Recipe.Task
    let objective: any Objective
    let optimizer: any Optimizer
    /// The optimizer's numbers: `optimizer.stateCount` rows like the parameters.
    let state: Tensor
    /// The running average of the parameters, where the objective has one.
    let average: Tensor?
    let team: WorkerTeam
    let tapes = TapeStore()
    private let schedule: CosineSchedule
    private let shards: [Shard]
    private var order: (epoch: Int, indices: [Int]) = (-1, [])

    /// The most numbers that the gradients of a batch may have, 8 GiB: each shard has its own.
    private static let gradientLimit = 1 << 31

    /// - Throws: `EdgeError` when OpenBLAS is missing, threads cannot be started, or a batch has too many gradients.
    public init(
        _ network: Network, for task: Recipe.Task = .classification, on pictures: TrainingPictures,
        settings: TrainingSettings, seed: UInt64, threads: Int
    ) throws(EdgeError) {
        try BLAS.load()
        self.network = network
        self.pictures = pictures
        self.settings = settings
        self.task = task
        self.seed = seed
        objective =
            switch task {
            case .classification: Classification()
            case .denoising:
                try NoisePrediction(
                    DiffusionSettings(scheduleKind: settings.schedule, classes: pictures.classes.count))
            }
        optimizer =
            switch settings.method {
            case .sgd: MomentumDescent()
            case .adam: Adam()
            }
        let (parameterCount, tapes) = (network.parameters.count, tapes)
        state = Tensor(zeros: [optimizer.stateCount, parameterCount])
        average = objective.averageDecay.map { _ in Tensor([parameterCount], network.parameters.values) }
        let objective = objective
        let batch = min(settings.batch, pictures.count)
        let shardCount = (batch + objective.shardSize - 1) / objective.shardSize
        guard shardCount * parameterCount <= Self.gradientLimit else {
            let most = Self.gradientLimit / parameterCount * objective.shardSize
            throw EdgeError(.usage, at: "--batch \(settings.batch)", "takes too much memory; at most \(most) here")
        }
        shards = (0..<shardCount).map { _ in
            Shard(of: network, for: objective, trains: true, tapes: tapes)
        }
        team = try WorkerTeam(threads: threads)
        let stepsAnEpoch = (pictures.count + settings.batch - 1) / settings.batch
        schedule = CosineSchedule(peak: settings.learningRate, steps: stepsAnEpoch * settings.epochs)
    }

    /// The network to use: with the running average of the parameters where there is one.
    public var result: Network { average.map { network.with($0) } ?? network }

    /// Steps of the whole training.
    public var steps: Int { schedule.steps }
    public var stepsAnEpoch: Int { steps / settings.epochs }
    public var isDone: Bool { progress.step >= steps }
    /// The epoch of the next step, from 0.
    public var epoch: Int { progress.step / stepsAnEpoch }

    /// One batch. When the program is to end, the batch may be left half done: it does not count then, and nothing has
    /// changed.
    public func advance() {
        guard !isDone else { return }
        if progress.step % stepsAnEpoch == 0 { (progress.seen, progress.lossSum, progress.right) = (0, 0, 0) }
        let batch = samples(ofStep: progress.step % stepsAnEpoch, epoch: epoch)
        let size = objective.shardSize
        let parts = stride(from: 0, to: batch.count, by: size).map { Array(batch[$0..<min($0 + size, batch.count)]) }
        let (pictures, shards, count) = (pictures, shards, batch.count)
        for shard in shards { shard.startCounting() }
        team.run(parts.count) { part in
            if !Interrupts.requested { shards[part].run(parts[part], of: pictures, batch: count) }
        }
        if Interrupts.requested { return }
        let step = ParameterStep(
            parameters: network.parameters, state: state, average: average, optimizer: optimizer,
            number: progress.step + 1, rate: schedule.rate(at: progress.step), limit: objective.gradientLimit,
            decay: objective.averageDecay ?? 0)
        step.run(with: shards.prefix(parts.count).compactMap { $0.gradients }, on: team)
        for shard in shards.prefix(parts.count) {
            progress.lossSum += shard.loss
            progress.right += shard.right
        }
        progress.seen += count
        progress.step += 1
    }

    /// The pictures of a batch: a shuffled order and random moves, both decided by seed and epoch.
    private func samples(ofStep step: Int, epoch: Int) -> [Sample] {
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
        var keys = RandomGenerator(seed, 3, UInt64(epoch), UInt64(step))
        let span = 2 * settings.shift + 1
        return order.indices[range].map { index in
            Sample(
                index: index,
                move: (generator.below(span) - settings.shift, generator.below(span) - settings.shift),
                key: keys.next())
        }
    }

    /// How many pictures of a set the network classifies right.
    public func hits(on pictures: TrainingPictures) -> Int {
        let shards = (0..<4 * team.count).map { _ in
            Shard(of: network, for: objective, trains: false, tapes: tapes)
        }
        let (piece, size) = ((pictures.count + shards.count - 1) / shards.count, objective.shardSize)
        team.run(shards.count) { number in
            let end = min((number + 1) * piece, pictures.count)
            for start in stride(from: number * piece, to: end, by: size) {
                let range = start..<min(start + size, end)
                let samples = range.map { Sample(index: $0, move: (0, 0), key: 0) }
                shards[number].run(samples, of: pictures, batch: range.count)
            }
        }
        return shards.reduce(0) { $0 + $1.right }
    }
}
