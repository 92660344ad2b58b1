import Compilation
import EdgeFormat
import TestSupport
import Testing

private func model(_ bytes: [UInt8]) -> Result<Int, EdgeError> {
    bytes.withUnsafeBytes { buffer in
        do throws(EdgeError) {
            return .success(try ModelFile(buffer, place: "x.edge", keeping: nil).operations.count)
        } catch {
            return .failure(error)
        }
    }
}

@Test func theFixturesAreWhatTheCompilerWritesToday() throws {
    // Written by `swift run -c release make-fixtures Tests/Fixtures`.
    let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    for (name, sets) in [("tiny.edge", []), ("tiny-packed.edge", [1, 2, 3, 16, 17])] as [(String, [UInt16])] {
        let stored = try readFile("/\(folder)/Fixtures/\(name)")
        #expect(
            stored == (try TestModels.tiny(packedSets: sets)).file, "\(name) is another file than make-fixtures writes")
    }
    #expect(try readFile("/\(folder)/Fixtures/every-kind.edge") == HandmadeModel.everyKind())
    #expect(try readFile("/\(folder)/Fixtures/drawn-denoiser.edge") == TestModels.denoiser(seed: 2).file)
}

@Test func everyCutIsRefused() throws {
    let bytes = try TestModels.tiny().file
    for length in 0..<bytes.count {
        guard case .failure(let error) = model(Array(bytes[0..<length])) else {
            Issue.record("\(length) bytes of \(bytes.count) were taken")
            continue
        }
        #expect(error.kind == .data)
    }
}

@Test func everyChangedByteIsRefused() throws {
    let bytes = try TestModels.tiny().file
    // All sections but packed ones are covered by checksums, and gaps must be zero: any changed byte that is not reserved
    // is found.
    let reserved = 32..<64
    for index in bytes.indices where !reserved.contains(index) {
        var changed = bytes
        changed[index] ^= 0x10
        if case .success = model(changed) { Issue.record("byte \(index) changed and was taken") }
    }
}

@Test func aModelForANewerVersionSaysSo() throws {
    var bytes = try TestModels.tiny().file
    let table = (0..<Int(bytes[16])).first { bytes[64 + 32 * $0] == 3 }
    let entry = 64 + 32 * (try #require(table))
    let offset = (0..<4).reduce(0) { $0 | Int(bytes[entry + 8 + $1]) << (8 * $1) }
    bytes[offset + 16] = 99  // the kind of the first operation
    let mended = try #require(ContainerWriter.mendingChecksums(bytes))
    guard case .failure(let error) = model(mended) else {
        Issue.record("an unknown operation was taken")
        return
    }
    #expect(error.line.contains("kind 99, which needs a newer Swiftlet"))
}

@Test func aPictureSetComesBackAsItWasWritten() throws {
    let entries = (0..<3).map { index in
        (
            entry: PictureSet.Entry(
                name: "p\(index)", label: index == 1 ? nil : index, inputDigest: UInt64(index), outputDigest: 5,
                answer: 2),
            bytes: [UInt8](repeating: UInt8(index), count: 10 * index)
        )
    }
    let expected = PictureSet.Expected(model: 77, right: 1, labelled: 2)
    let bytes = PictureSet.file(entries, expected: expected, meta: Meta())
    try bytes.withUnsafeBytes { buffer in
        let set = try PictureSet(buffer, place: "x.set")
        #expect(set.count == 3 && set.expected == expected)
        for index in 0..<3 {
            let (entry, picture) = try set.picture(index)
            #expect(entry.name == "p\(index)" && entry.label == entries[index].entry.label)
            #expect(entry.inputDigest == UInt64(index) && Array(picture) == entries[index].bytes)
        }
    }
}
