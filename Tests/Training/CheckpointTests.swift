import Diffusion
import EdgeFormat
import Foundation
import Networks
import Testing
import Training

@Suite("Checkpoints")
struct CheckpointTests {
    @Test("come back as they were written")
    func roundTrip() throws {
        let checkpoint = Self.example
        #expect(try Checkpoint(decoding: checkpoint.encoded, place: "x") == checkpoint)
        #expect(try Checkpoint(decoding: checkpoint.encoded, place: "x").encoded == checkpoint.encoded)
        #expect(try Checkpoint(decoding: Self.denoising.encoded, place: "x") == Self.denoising)
    }

    @Test("cut short anywhere, longer, or with any byte changed: one clear error")
    func damage() {
        let bytes = Self.example.encoded
        for length in 0..<bytes.count { expectRefusal(Array(bytes[..<length])) }
        expectRefusal(bytes + [0])
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 0x41
            expectRefusal(damaged)
        }
    }

    @Test("with wrong fields and a right checksum are refused or harmless")
    func mendedDamage() {
        let bytes = Array(Self.example.encoded.dropLast(8))
        for index in 8..<bytes.count {
            for value in [0, 0x7f, 0xff] as [UInt8] {
                var damaged = bytes
                damaged[index] = value
                let sum = xxh3(damaged)
                let mended = damaged + (0..<8).map { UInt8(truncatingIfNeeded: sum >> (8 * $0)) }
                _ = try? Checkpoint(decoding: mended, place: "x")
            }
        }
    }

    @Test("say what is wrong with them")
    func sentences() {
        #expect(message([]) == "x: is no checkpoint of train")
        #expect(message(Array("SWTRAINX".utf8) + [1, 0, 0, 0]) == "x: is no checkpoint of train")
        var newer = Self.example.encoded
        newer[8] = 9
        #expect(message(newer) == "x: is a checkpoint of version 9, this program reads 2")
        #expect(message(Self.example.encoded.dropLast()) == "x: is cut short or damaged: its checksum is wrong")
    }

    @Test("that are not there are the system's error")
    func missing() {
        #expect(throws: EdgeError(.system, at: "/nowhere/x", "No such file or directory")) {
            try Checkpoint.read("/nowhere/x")
        }
        #expect(throws: EdgeError(.system, at: "/nowhere/x", "No such file or directory")) {
            try Self.example.write("/nowhere/x")
        }
    }

    @Test("contradicting options are named")
    func contradictions() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("checkpoints-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("c").path
        try Self.example.write(path)
        #expect(try Checkpoint.read(path) == Self.example)
        var job = TrainingJob(recipe: "lenet5")
        job.resume = path
        job.data = .drawn(10)
        job.batch = 63
        #expect(message(job) == "\(path): this training was begun with --batch 64, not 63; leave the option out")
        job.batch = 64
        #expect(message(job) == "\(path): this training was begun with other pictures: give the same data")
        job.recipe = "lenet6"
        #expect(message(job) == "lenet6: there is no such recipe; there are lenet5, ddpm")
        try Self.denoising.write(path)
        job = TrainingJob(recipe: "ddpm")
        job.resume = path
        job.width = 32
        #expect(message(job) == "\(path): this training was begun with --width 48, not 32; leave the option out")
        (job.width, job.schedule) = (48, .linear)
        #expect(
            message(job) == "\(path): this training was begun with --schedule cosine, not linear; leave the option out")
        job = TrainingJob(recipe: "lenet5")
        job.data = .folder(folder.path)
        #expect(message(job)?.hasPrefix("\(folder.path): no set") == true)
    }

    @Test("a training that diverges ends with advice, and writes nothing")
    func divergence() {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("diverged-\(UUID().uuidString)").path
        var job = TrainingJob(recipe: "lenet5")
        (job.data, job.epochs, job.learningRate, job.checkpoint) = (.drawn(256), 2, 1e30, path)
        let line = message(job)
        #expect(line?.hasPrefix("training step ") == true && line?.contains("lower --learning-rate") == true)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("a batch whose gradients take too much memory is refused")
    func memory() {
        var job = TrainingJob(recipe: "ddpm")
        (job.data, job.batch, job.width) = (.drawn(4_000), 4_000, 64)
        #expect(message(job)?.hasPrefix("--batch 4000: takes too much memory; at most ") == true)
    }

    @Test("options that a recipe has no use for are named")
    func strangers() {
        var job = TrainingJob(recipe: "lenet5")
        job.width = 16
        #expect(message(job) == "--width: lenet5 has no use for it: leave the option out")
        job = TrainingJob(recipe: "lenet5")
        job.schedule = .cosine
        #expect(message(job) == "--schedule: lenet5 has no use for it: leave the option out")
        job = TrainingJob(recipe: "lenet5")
        job.samples = "x.png"
        #expect(message(job) == "--samples: lenet5 has no use for it: leave the option out")
        job = TrainingJob(recipe: "ddpm")
        for width in [0, 8, 24, 272] {
            job.width = width
            #expect(message(job) == "--width \(width): not a multiple of 16 from 16 to 256")
        }
        job.width = 16
        job.samplesEvery = 3
        #expect(message(job) == "--samples-every: needs --samples: where the drawings go")
    }

    private func message(_ job: TrainingJob) -> String? {
        do throws(EdgeError) {
            _ = try job.run { _ in }
            return nil
        } catch {
            return error.line
        }
    }

    private func message(_ bytes: [UInt8]) -> String? {
        do throws(EdgeError) {
            _ = try Checkpoint(decoding: bytes, place: "x")
            return nil
        } catch {
            return error.line
        }
    }

    private func expectRefusal(_ bytes: [UInt8]) { #expect(message(bytes)?.hasPrefix("x: ") == true) }

    private static let example: Checkpoint = {
        var progress = TrainingProgress()
        progress.step = 5
        return Checkpoint(
            recipe: "lenet5",
            settings: TrainingSettings(epochs: 3, batch: 64, method: .adam, learningRate: 0.001, shift: 2), seed: 9,
            classes: 10, pictureCount: 1000, dataDigest: 0x1234_5678_9abc_def0, progress: progress,
            parameters: [1, -2, .infinity], state: [0, 1, 2, 3, 4, 5])
    }()

    private static let denoising: Checkpoint = {
        var checkpoint = example
        checkpoint.recipe = "ddpm"
        (checkpoint.settings.width, checkpoint.settings.schedule) = (48, .cosine)
        checkpoint.average = [7, 8, 9]
        return checkpoint
    }()
}
