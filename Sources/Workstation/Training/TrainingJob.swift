internal import Datasets
public import EdgeFormat
public import Networks
internal import Platform
internal import Tensors

/// One training from data to trained network: what a command line asks for, and all that follows from it.
public struct TrainingJob: Sendable {
    public enum Data: Equatable, Sendable {
        /// A labelled set in a folder or .tar.
        case folder(String)
        /// So many drawn digits.
        case drawn(Int)
    }

    public var recipe: String
    public var data: Data = .drawn(40_000)
    /// The list of labels of a folder or .tar of pictures.
    public var labels: String?
    public var threads = 1
    /// Nil where the recipe, or the checkpoint, decides.
    public var epochs: Int?
    public var batch: Int?
    public var method: TrainingSettings.Method?
    public var learningRate: Float?
    public var seed: UInt64?
    /// The checkpoint to go on from.
    public var resume: String?
    /// Where to write one after each epoch, and when the program is to end.
    public var checkpoint: String?

    public init(recipe: String) {
        self.recipe = recipe
    }

    /// What came out.
    public struct Outcome: Sendable {
        public let recipe: Recipe
        public let network: Network
        /// The name of each class.
        public let classes: [String]
        /// How many test pictures were classified right, of how many.
        public let right: Int
        public let total: Int
        /// How long the epochs took that this run trained, and how many they were; parts of epochs count.
        public let seconds: Double
        public let epochs: Double
    }

    /// What is happening, for a progress bar.
    public enum Event: Sendable {
        /// Pictures are read or drawn; then training begins, with so many samples to see in all.
        case reading
        case training(samples: Int)
        case trained(samples: Int, epoch: Int, epochs: Int, loss: Double, accuracy: Double)
    }

    /// Trains. The same job gives the same network on one type of processor.
    /// - Throws: `EdgeError` for what is wrong with the job or its files, and when the program is to end.
    public func run(_ report: (Event) -> Void) throws(EdgeError) -> Outcome {
        guard let recipe = Recipe.named(recipe) else { throw unknownRecipe }
        try BLAS.load()
        let start = try resume.map { (path) throws(EdgeError) in try Checkpoint.read(path) }
        if let start { try check(start) }
        let settings = start?.settings ?? settings(of: recipe)
        let seed = start?.seed ?? self.seed ?? 1
        report(.reading)
        let (train, test) = try pictures(for: recipe, seed: seed)
        let network = try recipe.network(classes: train.classes.count, seed: seed)
        let trainer = try Trainer(network, on: train, settings: settings, seed: seed, threads: threads)
        if let start { try trainer.restore(start, from: resume ?? "") }
        let (began, firstStep) = (Clock.nanoseconds(), trainer.progress.step)
        try run(trainer, report)
        let seconds = Double(Clock.nanoseconds() - began) / 1e9
        let right = trainer.hits(on: test)
        if Interrupts.requested { throw Self.interruption }
        return Outcome(
            recipe: recipe, network: network, classes: train.classes, right: right, total: test.count,
            seconds: seconds, epochs: Double(trainer.steps - firstStep) / Double(trainer.stepsAnEpoch))
    }

    private func run(_ trainer: Trainer, _ report: (Event) -> Void) throws(EdgeError) {
        report(.training(samples: trainer.settings.epochs * trainer.pictures.count))
        while !trainer.isDone {
            let epoch = trainer.epoch
            trainer.advance()
            let progress = trainer.progress
            report(
                .trained(
                    samples: epoch * trainer.pictures.count + progress.seen, epoch: epoch + 1,
                    epochs: trainer.settings.epochs, loss: progress.loss, accuracy: progress.accuracy))
            let stops = Interrupts.requested
            if let checkpoint, stops || trainer.epoch != epoch {
                try trainer.checkpoint(recipe: recipe).write(checkpoint)
            }
            if stops { throw Self.interruption }
        }
    }

    /// Thrown when a signal asked the program to end; the command says so in its own words.
    static var interruption: EdgeError { EdgeError(.system, at: "training", "interrupted") }
}

// MARK: - What the job is made of

extension TrainingJob {
    private var unknownRecipe: EdgeError {
        let names = Recipe.all.map(\.name).joined(separator: ", ")
        return EdgeError(.usage, at: recipe, "there is no such recipe; there are \(names)")
    }

    private func settings(of recipe: Recipe) -> TrainingSettings {
        var settings = recipe.settings
        if let epochs { settings.epochs = epochs }
        if let batch { settings.batch = batch }
        if let method {
            settings.method = method
            if method != recipe.settings.method { settings.learningRate = method.usualLearningRate }
        }
        if let learningRate { settings.learningRate = learningRate }
        return settings
    }

    /// Refuses options that contradict the checkpoint.
    private func check(_ start: Checkpoint) throws(EdgeError) {
        let pairs: [(option: String, wanted: String?, found: String)] = [
            ("the recipe", recipe, start.recipe),
            ("--epochs", epochs.map { "\($0)" }, "\(start.settings.epochs)"),
            ("--batch", batch.map { "\($0)" }, "\(start.settings.batch)"),
            ("--optimizer", method?.rawValue, start.settings.method.rawValue),
            ("--learning-rate", learningRate.map { "\($0)" }, "\(start.settings.learningRate)"),
            ("--seed", seed.map { "\($0)" }, "\(start.seed)"),
        ]
        for pair in pairs {
            if let wanted = pair.wanted, wanted != pair.found {
                throw EdgeError(
                    .usage, at: resume ?? "",
                    "this training was begun with \(pair.option) \(pair.found), not \(wanted); leave the option out")
            }
        }
    }

    /// The pictures to train on, and others to test with.
    private func pictures(
        for recipe: Recipe, seed: UInt64
    ) throws(EdgeError) -> (train: TrainingPictures, test: TrainingPictures) {
        switch data {
        case .drawn(let count):
            let train = DrawnData.pictures(seed: seed, count: count, split: .train)
            let test = DrawnData.pictures(seed: seed, count: max(1, min(count / 5, 10_000)), split: .test)
            return (try read(train, recipe, "drawn digits"), try read(test, recipe, "drawn digits"))
        case .folder(let path):
            let train = try read(try DataSource.open(path, split: .train, labels: labels), recipe, path)
            let test = try read(try DataSource.open(path, split: .test, labels: labels), recipe, path)
            // Sets without halves give the same pictures twice: every tenth is for the test then.
            return test.digest == train.digest ? try train.split(every: 10) : (train, test)
        }
    }

    private func read(_ set: LabelledPictures, _ recipe: Recipe, _ path: String) throws(EdgeError) -> TrainingPictures {
        do throws(EdgeError) {
            return try TrainingPictures(set, input: recipe.input, names: recipe.labels, threads: threads)
        } catch {
            throw error.within(path)
        }
    }
}
