internal import Datasets
public import Diffusion
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
    /// Of a recipe that has widths to choose from.
    public var width: Int?
    /// Of a recipe that learns to find noise.
    public var schedule: DiffusionSettings.ScheduleKind?
    /// Where drawings of such a recipe go while it is trained: a file .png that each overwrites, or a folder.
    public var samples: String?
    /// Steps from one drawing to the next.
    public var samplesEvery: Int?
    /// The checkpoint to go on from.
    public var resume: String?
    /// Where to write one after each epoch, and when the program is to end.
    public var checkpoint: String?

    public init(recipe: String) {
        self.recipe = recipe
    }

    /// What the training is worth.
    public enum Result: Equatable, Sendable {
        /// How many test pictures were classified right, of how many.
        case accuracy(right: Int, total: Int)
        /// The mean loss over the last epoch.
        case loss(Double)
    }

    /// What came out.
    public struct Outcome: Sendable {
        public let recipe: Recipe
        public let settings: TrainingSettings
        public let network: Network
        /// The name of each class.
        public let classes: [String]
        public let result: Result
        /// How long the epochs took that this run trained, and how many they were; parts of epochs count.
        public let seconds: Double
        public let epochs: Double
    }

    /// What is happening, for a progress bar.
    public enum Event: Sendable {
        /// Pictures are read or drawn; then training begins, with so many samples to see in all, some of them seen before
        /// an interruption.
        case reading
        case training(samples: Int, seen: Int)
        case trained(samples: Int, epoch: Int, epochs: Int, loss: Double, accuracy: Double?)
    }

    /// Trains. The same job gives the same network on one type of processor.
    /// - Throws: `EdgeError` for what is wrong with the job or its files, and when the program is to end.
    public func run(_ report: (Event) -> Void) throws(EdgeError) -> Outcome {
        guard let recipe = Recipe.named(recipe) else { throw unknownRecipe }
        try checkOptions(of: recipe)
        try BLAS.load()
        let start = try resume.map { (path) throws(EdgeError) in try Checkpoint.read(path) }
        if let start { try check(start) }
        let settings = start?.settings ?? settings(of: recipe)
        let seed = start?.seed ?? self.seed ?? 1
        report(.reading)
        let (train, test) = try pictures(for: recipe, seed: seed)
        let network = try recipe.network(classes: train.classes.count, width: settings.width, seed: seed)
        let trainer = try Trainer(
            network, for: recipe.task, on: train, settings: settings, seed: seed, threads: threads)
        if let start { try trainer.restore(start, from: resume ?? "") }
        let sheet = try samples.map { (path) throws(EdgeError) in try SampleSheet(path, of: trainer) }
        let (began, firstStep) = (Clock.nanoseconds(), trainer.progress.step)
        try run(trainer, sheet, report)
        let seconds = Double(Clock.nanoseconds() - began) / 1e9
        let result: Result =
            test.map { .accuracy(right: trainer.hits(on: $0), total: $0.count) } ?? .loss(trainer.progress.loss)
        if Interrupts.requested { throw EdgeError.interrupted.within("training") }
        return Outcome(
            recipe: recipe, settings: settings, network: trainer.result, classes: train.classes, result: result,
            seconds: seconds, epochs: Double(trainer.steps - firstStep) / Double(trainer.stepsAnEpoch))
    }

    private func run(
        _ trainer: Trainer, _ sheet: SampleSheet?, _ report: (Event) -> Void
    ) throws(EdgeError) {
        let classifies = trainer.task == .classification
        let count = trainer.pictures.count
        let seen = trainer.epoch * count + trainer.progress.step % trainer.stepsAnEpoch * trainer.settings.batch
        report(.training(samples: trainer.settings.epochs * count, seen: seen))
        while !trainer.isDone {
            let epoch = trainer.epoch
            trainer.advance()
            let progress = trainer.progress
            try checkFinite(trainer)
            report(
                .trained(
                    samples: epoch * trainer.pictures.count + progress.seen, epoch: epoch + 1,
                    epochs: trainer.settings.epochs, loss: progress.loss,
                    accuracy: classifies ? progress.accuracy : nil))
            let stops = Interrupts.requested
            if let checkpoint, stops || trainer.epoch != epoch {
                try trainer.checkpoint(recipe: recipe).write(checkpoint)
            }
            if stops { throw EdgeError.interrupted.within("training") }
            if let sheet, progress.step % (samplesEvery ?? Self.usualSamplesEvery) == 0 || trainer.isDone {
                do throws(EdgeError) {
                    try sheet.draw(trainer)
                } catch {
                    throw error.within("samples after training step \(progress.step)")
                }
            }
        }
    }

    /// Steps from one drawing to the next where nothing is said.
    public static let usualSamplesEvery = 500

    /// A training that diverges ends: no checkpoint and no network is written of it.
    private func checkFinite(_ trainer: Trainer) throws(EdgeError) {
        // What the last step of an epoch does shows in no loss before it is written.
        let endsEpoch = trainer.progress.step % trainer.stepsAnEpoch == 0
        let isFinite =
            trainer.progress.loss.isFinite
            && (!endsEpoch || trainer.network.parameters.values.allSatisfy(\.isFinite))
        guard isFinite else {
            throw EdgeError(
                .data, at: "training step \(trainer.progress.step)",
                "gives numbers that are not finite: try a lower --learning-rate")
        }
    }
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
        if let width { settings.width = width }
        if let schedule { settings.schedule = schedule }
        return settings
    }

    /// Refuses options that a recipe has no use for.
    private func checkOptions(of recipe: Recipe) throws(EdgeError) {
        if recipe.task == .classification {
            let options: [(name: String, given: Bool)] = [
                ("--width", width != nil), ("--schedule", schedule != nil), ("--samples", samples != nil),
                ("--samples-every", samplesEvery != nil),
            ]
            for option in options where option.given {
                throw EdgeError(.usage, at: option.name, "\(recipe.name) has no use for it: leave the option out")
            }
        }
        if let width, width < 16 || width > TrainingSettings.widthLimit || width % 16 != 0 {
            throw EdgeError(
                .usage, at: "--width \(width)", "not a multiple of 16 from 16 to \(TrainingSettings.widthLimit)")
        }
        if samplesEvery != nil, samples == nil {
            throw EdgeError(.usage, at: "--samples-every", "needs --samples: where the drawings go")
        }
    }

    /// Refuses options that contradict the checkpoint.
    private func check(_ start: Checkpoint) throws(EdgeError) {
        let pairs: [(option: String, wanted: String?, found: String)] = [
            ("the recipe", recipe, start.recipe),
            ("--epochs", epochs.map { "\($0)" }, "\(start.settings.epochs)"),
            ("--batch", batch.map { "\($0)" }, "\(start.settings.batch)"),
            ("--optimizer", method?.rawValue, start.settings.method.rawValue),
            ("--learning-rate", learningRate.map { "\($0)" }, "\(start.settings.learningRate)"),
            ("--width", width.map { "\($0)" }, "\(start.settings.width)"),
            ("--schedule", schedule?.rawValue, start.settings.schedule.rawValue),
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

    /// The pictures to train on, and others to test with where there is something to test.
    private func pictures(
        for recipe: Recipe, seed: UInt64
    ) throws(EdgeError) -> (train: TrainingPictures, test: TrainingPictures?) {
        let tests = recipe.task == .classification
        switch data {
        case .drawn(let count):
            let train = DrawnData.pictures(seed: seed, count: count, split: .train)
            let pictures = try read(train, recipe, "drawn digits")
            guard tests else { return (pictures, nil) }
            let test = DrawnData.pictures(seed: seed, count: max(1, min(count / 5, 10_000)), split: .test)
            return (pictures, try read(test, recipe, "drawn digits"))
        case .folder(let path):
            let source = try DataSource.open(path, split: .train, labels: labels)
            let train = try read(source, recipe, path)
            guard tests else { return (train, nil) }
            // Of a set without halves every tenth picture is for the test.
            guard source.hasHalves else { return try train.split(every: 10) }
            return (train, try read(try DataSource.open(path, split: .test, labels: labels), recipe, path))
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
