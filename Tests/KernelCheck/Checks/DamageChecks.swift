internal import Console
internal import Denoising
internal import EdgeFormat
internal import Imaging
internal import Inference
internal import Platform
internal import Recognition

/// A damaged model is an error or a valid model that runs, never a trap: all tried in a child, where a trap is a status.
/// - Parameter count: seeded places for each kind of damage; a tenth of them for tensors in another shape.
func damageChecks(_ fixture: Fixture, count: Int) -> [Check] {
    [
        fixture.check("damage: \(fixture.path) cut at every length is refused") { bytes in
            inChild {
                for length in 0..<bytes.count where attempt(Array(bytes[0..<length])) { return 1 }
                return 0
            }
        }
    ] + changeChecks(fixture, count: count)
}

/// The same of files too large to be cut at every length.
func changeChecks(_ fixture: Fixture, count: Int) -> [Check] {
    [
        fixture.check("damage: \(fixture.path) with a byte changed") { bytes in
            inChild {
                var damage = Damage(bytes, seed: 1)
                for _ in 0..<count { _ = attempt(damage.flipped()) }
                return 0
            }
        },
        fixture.check("damage: \(fixture.path) with a byte changed and checksums mended") { bytes in
            inChild {
                var damage = Damage(bytes, seed: 2)
                for _ in 0..<count {
                    guard let mended = ContainerWriter.mendingChecksums(damage.flipped()) else { continue }
                    _ = attempt(mended)
                }
                return 0
            }
        },
        fixture.check("damage: \(fixture.path) with fields made extreme and checksums mended") { bytes in
            inChild {
                var damage = Damage(bytes, seed: 3)
                for round in 0..<count {
                    var changed = damage.extreme(bytes)
                    if round % 2 == 1 { changed = damage.extreme(changed) }
                    guard let mended = ContainerWriter.mendingChecksums(changed) else { continue }
                    _ = attempt(mended)
                }
                return 0
            }
        },
        fixture.check("damage: \(fixture.path) with a tensor in another shape and checksums mended") { bytes in
            inChild {
                var damage = Damage(bytes, seed: 4)
                for _ in 0..<count / 10 {
                    guard let mended = ContainerWriter.mendingChecksums(damage.reshaped()) else { continue }
                    _ = attempt(mended)
                }
                return 0
            }
        },
    ]
}

/// Nil when the body ended with 0 in a child; else what it ended with.
private func inChild(_ body: () -> UInt8) -> String? {
    switch ChildProcess.run(body) {
    case 0: nil
    case 1: "a damaged file was taken for a whole one"
    case 132, 133: "a trap"
    case .some(let status): "status \(status)"
    case nil: "no child process could be made"
    }
}

/// Loads a file, runs it with the weakest and the strongest kernels, verifies it and lets it read and draw a picture:
/// whether it was valid.
private func attempt(_ bytes: [UInt8]) -> Bool {
    do throws(EdgeError) {
        let model = try Model(bytes: bytes, place: "damaged")
        for set in [KernelSet.available.first ?? .best, .best] {
            for graph in model.file.graphs.indices { try Session(model, graph: graph, kernels: set).run() }
        }
        tryOut(model)
        return true
    } catch {
        return false
    }
}

private func tryOut(_ model: Model) {
    _ = ModelDescription(model.file).text
    do throws(EdgeError) {
        _ = try Verification(model).run()
    } catch {}
    do throws(EdgeError) {
        let pixels = [UInt8](repeating: 100, count: 300)
        guard let picture = Picture(width: 20, height: 15, channels: 1, bytes: pixels) else { return }
        _ = try Recognizer(model).answer(picture)
    } catch {}
    do throws(EdgeError) {
        let diffusion = try DiffusionModel(model)
        let plan = try StepPlan(schedule: diffusion.schedule, sampler: .ddim(eta: 1), steps: 2)
        var predictor = try ModelPredictor(diffusion, label: 0, guidance: diffusion.settings.guidance)
        _ = try DenoisingLoop(plan, diffusion.noise, count: diffusion.count).run(&predictor, seed: 1)
    } catch {}
}

/// Copies of a file with one place changed. Places are drawn among the bytes that are not zero padding, so that most of
/// them mean something.
struct Damage {
    private let bytes: [UInt8]
    private let places: [Int]
    private var generator: SplitMix64

    init(_ bytes: [UInt8], seed: UInt64) {
        self.bytes = bytes
        generator = SplitMix64(seed: seed)
        var places: [Int] = []
        for index in bytes.indices {
            let near = bytes[max(0, index - 8)..<min(bytes.count, index + 8)]
            if near.contains(where: { $0 != 0 }) { places.append(index) }
        }
        self.places = places
    }

    private mutating func below(_ bound: Int) -> Int { Int(generator.next() % UInt64(bound)) }

    /// One byte set to another value.
    mutating func flipped() -> [UInt8] {
        var copy = bytes
        copy[places[below(places.count)]] ^= UInt8(1 + below(255))
        return copy
    }

    /// A tensor of the arena with the same number of elements in four dimensions, drawn.
    mutating func reshaped() -> [UInt8] {
        var copy = bytes
        guard let records = tensorRecords else { return copy }
        let record = records.start + below(records.count) * 96
        let rank = Int(copy[record + 1])
        guard copy[record + 3] == 1, rank >= 1, rank <= 4 else { return copy }
        var rest = (0..<rank).reduce(1) { $0 * word(copy, record + 4 + 4 * $1) }
        copy[record + 1] = 4
        for axis in 0..<4 {
            let divisors = (1...max(rest, 1)).filter { rest % $0 == 0 }
            let size = axis == 3 ? rest : divisors[below(divisors.count)]
            rest /= size
            for index in 0..<4 { copy[record + 4 + 4 * axis + index] = UInt8(truncatingIfNeeded: size >> (8 * index)) }
        }
        return copy
    }

    private func word(_ bytes: [UInt8], _ at: Int) -> Int {
        (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
    }

    /// Where the records of section tensors begin, and how many there are.
    private var tensorRecords: (start: Int, count: Int)? {
        for entry in 0..<Int(bytes[16]) where bytes[64 + 32 * entry] == 2 {
            let offset = word(bytes, 64 + 32 * entry + 8)
            return (offset + 16, word(bytes, offset + 4))
        }
        return nil
    }

    /// Two or four bytes at a multiple of their size set to a value that breaks sums and bounds.
    mutating func extreme(_ bytes: [UInt8]) -> [UInt8] {
        var copy = bytes
        let values: [UInt32] = [
            0, 1, 2, 0x7f, 0xff, 0x100, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff,
        ]
        let width = below(2) == 0 ? 4 : 2
        let place = places[below(places.count)] / width * width
        let value = values[below(values.count)]
        for index in 0..<width where place + index < copy.count {
            copy[place + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index))
        }
        return copy
    }
}
