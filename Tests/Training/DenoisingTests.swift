import Autograd
import Datasets
import Diffusion
import EdgeFormat
import Foundation
import Imaging
import Networks
import Tensors
import Testing
import Training

@Suite("Training of noise networks")
struct DenoisingTests {
    @Test("the number of threads changes no bit", arguments: [2, 3])
    func threads(count: Int) throws {
        let one = try train(threads: 1, steps: 6)
        let other = try train(threads: count, steps: 6)
        #expect(other.network.parameters.values == one.network.parameters.values)
        #expect(other.result.parameters.values == one.result.parameters.values)
        #expect(other.progress == one.progress)
    }

    @Test("an interruption at any step changes no bit")
    func resume() throws {
        let whole = try train(steps: 12)
        for stop in [0, 1, 7] {
            let bytes = try train(steps: stop).checkpoint(recipe: "ddpm").encoded
            let second = try trainer(threads: 2)
            try second.restore(Checkpoint(decoding: bytes, place: "test"), from: "test")
            while second.progress.step < 12 { second.advance() }
            #expect(second.network.parameters.values == whole.network.parameters.values)
            #expect(second.result.parameters.values == whole.result.parameters.values)
            #expect(second.progress == whole.progress)
        }
    }

    @Test("the loss falls from that of a network that always says 0")
    func learns() throws {
        let trainer = try trainer(epochs: 12, threads: 2)
        trainer.advance()
        #expect(abs(trainer.progress.loss - 1) < 0.05)
        while !trainer.isDone { trainer.advance() }
        #expect(trainer.progress.loss < 0.35)
        #expect(trainer.progress.right == 0)
        #expect(trainer.progress.seen == 160)
    }

    @Test("the result is the average of the parameters, which follows them slowly")
    func average() throws {
        let trainer = try trainer()
        var mean = trainer.network.parameters.values
        #expect(trainer.result.parameters.values == mean)
        for step in 1...5 {
            trainer.advance()
            let keep = min(0.999, Float(1 + step) / Float(10 + step))
            let now = trainer.network.parameters.values
            for index in mean.indices { mean[index] = keep * mean[index] + (1 - keep) * now[index] }
        }
        let result = trainer.result.parameters.values
        #expect(zip(result, mean).allSatisfy { abs($0 - $1) <= 1e-6 + 1e-5 * abs($1) })
        #expect(result != trainer.network.parameters.values)
    }

    @Test("a checkpoint without its average is refused")
    func averageMissing() throws {
        var checkpoint = try trainer().checkpoint(recipe: "ddpm")
        checkpoint.average = []
        #expect(throws: EdgeError.self) { try trainer().restore(checkpoint, from: "x") }
    }

    @Test("no step is longer than a gradient of norm 1 makes it")
    func clipping() throws {
        // Plain descent: the first step is the learning rate, 1, times the gradient.
        let settings = TrainingSettings(
            epochs: 1, batch: 16, method: .sgd, learningRate: 1, shift: 0, width: 8, schedule: .linear)
        let network = try Network(UNet(input: [16, 16, 1], classes: 10, width: 8), seed: 1)
        for index in 0..<network.parameters.count { network.parameters.base[index] *= 3 }
        var generator = RandomGenerator(3)
        for index in network.parameters.count - 40..<network.parameters.count {
            network.parameters.base[index] = 5 * generator.signedUnit()
        }
        let before = network.parameters.values
        let trainer = try Trainer(
            network, for: .denoising, on: Self.pictures, settings: settings, seed: 1, threads: 1)
        trainer.advance()
        let length = zip(before, network.parameters.values).reduce(0.0) {
            $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1)
        }.squareRoot()
        #expect(abs(length - 1) < 1e-3)
    }

    @Test("a smaller picture stands in the middle of black, a larger one is resized")
    func centred() throws {
        let input = PictureInput(
            width: 32, height: 32, color: .grey, mean: [0.5], deviation: [0.5], fit: .centred)
        let set = DrawnData.pictures(seed: 1, count: 3)
        let pictures = try TrainingPictures(set, input: input, names: Recipe.ddpm.labels, threads: 1)
        let target = Tensor(zeros: [32, 32])
        pictures.write(2, to: target.base)
        let drawn = try set.picture(2, color: .grey)
        #expect((drawn.width, drawn.height) == (28, 28))
        for y in 0..<32 {
            for x in 0..<32 {
                let inside = (2..<30).contains(x) && (2..<30).contains(y)
                let byte = inside ? drawn.bytes[(y - 2) * 28 + x - 2] : 0
                #expect(target.base[y * 32 + x] == input.value(of: byte, channel: 0))
            }
        }
        #expect(try Self.pictures.input.width == 16)
    }

    @Test("drawings are PNG files of ten pictures, one a number of steps")
    func drawings() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("drawings-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        var job = TrainingJob(recipe: "ddpm")
        job.data = .drawn(96)
        (job.width, job.epochs, job.batch, job.threads) = (16, 1, 32, 2)
        (job.samples, job.samplesEvery) = (folder.path, 2)
        let outcome = try job.run { _ in }
        guard case .loss(let loss) = outcome.result else { throw EdgeError(.data, at: "result", "is no loss") }
        #expect(loss > 0.5 && loss < 1.5)
        #expect(outcome.settings.schedule == .linear && outcome.settings.width == 16)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names == ["step-000002.png", "step-000003.png"])
        for name in names {
            let path = folder.appendingPathComponent(name).path
            let bytes = try [UInt8](Foundation.Data(contentsOf: URL(fileURLWithPath: path)))
            let picture = try bytes.withUnsafeBytes { try PictureFile.decode($0, color: .grey, place: path) }
            #expect((picture.width, picture.height) == (320, 32))
        }
    }

    // MARK: - A small training

    private static let reading = Result {
        var input = Recipe.ddpm.input
        input = PictureInput(
            width: 16, height: 16, color: .grey, mean: input.mean, deviation: input.deviation, fit: .centred)
        return try TrainingPictures(
            DrawnData.pictures(seed: 1, count: 160), input: input, names: Recipe.ddpm.labels, threads: 2)
    }

    private static var pictures: TrainingPictures { get throws { try reading.get() } }

    private func trainer(epochs: Int = 4, threads: Int = 1) throws -> Trainer {
        // 160 pictures in batches of 18: nine batches an epoch, shards of 4 and 2, and a last batch of 16.
        let settings = TrainingSettings(
            epochs: epochs, batch: 18, method: .adam, learningRate: 0.003, shift: 0, width: 8, schedule: .cosine)
        return try Trainer(
            Network(UNet(input: [16, 16, 1], classes: 10, width: 8), seed: 1), for: .denoising,
            on: Self.pictures, settings: settings, seed: 1, threads: threads)
    }

    private func train(threads: Int = 1, steps: Int) throws -> Trainer {
        let trainer = try trainer(threads: threads)
        while trainer.progress.step < steps { trainer.advance() }
        return trainer
    }
}
