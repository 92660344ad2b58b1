import Datasets
import EdgeFormat
import Foundation
import Networks
import Tensors
import Testing
import Training

@Suite("Training")
struct TrainerTests {
    @Test("the number of threads changes no bit", arguments: [1, 2, 3, 7])
    func threads(count: Int) throws {
        let one = try train(threads: 1)
        #expect(try train(threads: count).network.parameters.values == one.network.parameters.values)
    }

    @Test("learns, and other seeds learn otherwise")
    func learns() throws {
        // One in ten would be chance.
        let trainer = try train(epochs: 8)
        #expect(trainer.progress.accuracy > 0.3)
        #expect(try trainer.progress.seen == Self.pictures.count)
        #expect(try Double(trainer.hits(on: Self.pictures)) > 0.3 * Double(Self.pictures.count))
        #expect(try train(seed: 2).network.parameters.values != train(seed: 1).network.parameters.values)
    }

    @Test("an interruption at any step changes no bit", arguments: TrainingSettings.Method.allCases)
    func resume(method: TrainingSettings.Method) throws {
        let whole = try train(method: method)
        for stop in [0, 1, 4, whole.stepsAnEpoch, whole.steps - 1, whole.steps] {
            let first = try trainer(method: method)
            while first.progress.step < stop { first.advance() }
            let bytes = first.checkpoint(recipe: "lenet5").encoded
            let second = try trainer(method: method, threads: 2)
            try second.restore(Checkpoint(decoding: bytes, place: "test"), from: "test")
            while !second.isDone { second.advance() }
            #expect(second.network.parameters.values == whole.network.parameters.values)
            #expect(second.progress == whole.progress)
        }
    }

    @Test("a checkpoint of other data or another network is refused")
    func otherData() throws {
        let checkpoint = try trainer().checkpoint(recipe: "lenet5")
        var other = checkpoint
        other.dataDigest ^= 1
        #expect(throws: EdgeError.self) { try trainer().restore(other, from: "x") }
        other = checkpoint
        other.parameters.removeLast()
        #expect(throws: EdgeError.self) { try trainer().restore(other, from: "x") }
        other = checkpoint
        other.progress.step = 1 << 40
        #expect(throws: EdgeError.self) { try trainer().restore(other, from: "x") }
    }

    @Test("pictures are moved by whole pixels, their border repeated")
    func moves() {
        let input = PictureInput(width: 3, height: 2, color: .grey, mean: [0], deviation: [1.0 / 255])
        let pictures = TrainingPictures(input: input, bytes: [1, 2, 3, 4, 5, 6], labels: [0], classes: ["a"])
        let target = Tensor(zeros: [6])
        pictures.write(0, to: target.base)
        #expect(rounded(target) == [1, 2, 3, 4, 5, 6])
        pictures.write(0, moved: (1, 0), to: target.base)
        #expect(rounded(target) == [1, 1, 2, 4, 4, 5])
        pictures.write(0, moved: (-1, 1), to: target.base)
        #expect(rounded(target) == [2, 3, 3, 2, 3, 3])
    }

    @Test("every tenth picture of a set without halves is kept for the test")
    func split() throws {
        let (train, test) = try Self.pictures.split(every: 10)
        #expect((train.count, test.count) == (288, 32))
        #expect(try test.labels.first == Self.pictures.labels[9])
        #expect(throws: EdgeError.self) { try Self.pictures.split(every: 1000) }
    }

    @Test("a team does every piece once")
    func team() throws {
        for threads in 1...4 {
            let team = try WorkerTeam(threads: threads)
            for pieces in [0, 1, 2, 100] {
                let counts = Tensor(zeros: [max(1, pieces)])
                team.run(pieces) { counts.base[$0] += 1 }
                #expect(counts.values == [Float](repeating: pieces == 0 ? 0 : 1, count: max(1, pieces)))
            }
        }
    }

    private func rounded(_ tensor: Tensor) -> [Int] { tensor.values.map { Int($0.rounded()) } }

    // MARK: - A small training

    /// Drawn digits, read once.
    private static let reading = Result {
        try TrainingPictures(
            DrawnData.pictures(seed: 1, count: 320), input: Recipe.lenet5.input, names: Recipe.lenet5.labels, threads: 2
        )
    }

    private static var pictures: TrainingPictures { get throws { try reading.get() } }

    private func trainer(
        method: TrainingSettings.Method = .adam, epochs: Int = 2, seed: UInt64 = 1, threads: Int = 1
    ) throws -> Trainer {
        // 320 pictures in batches of 72: five batches an epoch, shards of 16 and 8, and a last batch of 32.
        let settings = TrainingSettings(epochs: epochs, batch: 72, method: method, learningRate: 0.005, shift: 1)
        return try Trainer(
            Recipe.lenet5.network(classes: 10, seed: seed), on: Self.pictures, settings: settings, seed: seed,
            threads: threads)
    }

    private func train(
        method: TrainingSettings.Method = .adam, epochs: Int = 2, seed: UInt64 = 1, threads: Int = 1
    ) throws -> Trainer {
        let trainer = try trainer(method: method, epochs: epochs, seed: seed, threads: threads)
        while !trainer.isDone { trainer.advance() }
        return trainer
    }
}
