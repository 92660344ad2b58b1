internal import EdgeFormat
internal import Inference

/// `verify` finds a changed weight and names its operation.
func verificationChecks(_ fixture: Fixture) -> [Check] {
    [
        fixture.check("verify: \(fixture.path): names the operation of any weight byte with its sign bit changed") {
            bytes in
            do throws(EdgeError) {
                return try changedWeights(bytes)
            } catch {
                return error.line
            }
        }
    ]
}

/// A byte of a constant, canonical or packed, and the first operation that it belongs to: graphs may share constants, and
/// the first one's vectors are looked at first.
private struct WeightByte {
    var place: Int
    var operation: String
}

private func changedWeights(_ bytes: [UInt8]) throws(EdgeError) -> String? {
    let places = weightBytes(try Model(bytes: bytes, place: "fixture").file)
    var generator = SplitMix64(seed: 4)
    for _ in 0..<200 {
        let byte = places[Int(generator.next() % UInt64(places.count))]
        var changed = bytes
        changed[byte.place] ^= 0x80
        guard let mended = ContainerWriter.mendingChecksums(changed) else { return "checksums cannot be mended" }
        let model = try Model(bytes: mended, place: "changed")
        do throws(EdgeError) {
            _ = try Verification(model).run()
            return "byte \(byte.place) of operation '\(byte.operation)' was not missed"
        } catch {
            guard error.kind == .check, contains(error.place, "'" + byte.operation + "'") else {
                return "byte \(byte.place) of operation '\(byte.operation)': \(error.line)"
            }
        }
    }
    return nil
}

private func weightBytes(_ file: ModelFile) -> [WeightByte] {
    var places: [WeightByte] = []
    guard let weights = file.container.sections.first(where: { $0.kind == .weights }) else { return [] }
    var known: [Int] = []
    for operation in file.operations {
        for index in operation.inputs {
            guard case .weights(let offset) = file.tensors[index].home, !known.contains(offset) else { continue }
            known.append(offset)
            for byte in 0..<file.tensors[index].homeSize {
                places.append(WeightByte(place: weights.offset + offset + byte, operation: operation.name))
            }
        }
    }
    for section in file.container.sections where section.kind == .packed {
        guard let (records, _) = try? file.packedWeights(set: section.variant) else { continue }
        for record in records {
            for byte in 0..<record.size {
                let place = section.offset + record.offset + byte
                places.append(WeightByte(place: place, operation: file.operations[record.operation].name))
            }
        }
    }
    return places
}

private func contains(_ text: String, _ part: String) -> Bool {
    let text = Array(text.utf8)
    let part = Array(part.utf8)
    guard text.count >= part.count else { return false }
    return (0...text.count - part.count).contains { text[$0..<$0 + part.count].elementsEqual(part) }
}
