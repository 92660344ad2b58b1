internal import EdgeFormat
internal import Inference
internal import Platform

/// A damaged model is an error or a valid model that runs, never a trap: all tried in a child, where a trap is a status.
func damageChecks(_ fixture: Fixture) -> [Check] {
    [
        fixture.check("damage: \(fixture.path) cut at every length is refused") { bytes in
            inChild {
                for length in 0..<bytes.count where attempt(Array(bytes[0..<length])) { return 1 }
                return 0
            }
        },
        fixture.check("damage: \(fixture.path) with a byte changed") { bytes in
            inChild {
                var damage = Damage(bytes, seed: 1)
                for _ in 0..<damageCount { _ = attempt(damage.flipped()) }
                return 0
            }
        },
        fixture.check("damage: \(fixture.path) with a byte changed and checksums mended") { bytes in
            inChild {
                var damage = Damage(bytes, seed: 2)
                for _ in 0..<damageCount {
                    guard let mended = ContainerWriter.mendingChecksums(damage.flipped()) else { continue }
                    _ = attempt(mended)
                }
                return 0
            }
        },
        fixture.check("damage: \(fixture.path) with a field made extreme and checksums mended") { bytes in
            inChild {
                var damage = Damage(bytes, seed: 3)
                for _ in 0..<damageCount {
                    guard let mended = ContainerWriter.mendingChecksums(damage.extreme()) else { continue }
                    _ = attempt(mended)
                }
                return 0
            }
        },
    ]
}

/// Seeded places for each kind of damage.
private let damageCount = 10_000

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

/// Loads a file and runs it with the weakest and the strongest kernels: whether it was valid.
private func attempt(_ bytes: [UInt8]) -> Bool {
    do throws(EdgeError) {
        let model = try Model(bytes: bytes, place: "damaged")
        for set in [KernelSet.available.first ?? .best, .best] {
            for graph in model.file.graphs.indices { try Session(model, graph: graph, kernels: set).run() }
        }
        return true
    } catch {
        return false
    }
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

    /// Two or four bytes at a multiple of their size set to a value that breaks sums and bounds.
    mutating func extreme() -> [UInt8] {
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
