import EdgeFormat
import Testing

private func file(_ sections: [(Container.SectionKind, [UInt8])]) -> [UInt8] {
    var writer = ContainerWriter(.model)
    for (kind, bytes) in sections { writer.add(kind, bytes) }
    return writer.file()
}

private func error(_ bytes: [UInt8]) -> EdgeError? {
    bytes.withUnsafeBytes { buffer in
        do throws(EdgeError) {
            _ = try Container(buffer, place: "x.edge")
            return nil
        } catch {
            return error
        }
    }
}

@Test func sectionsComeBackAsTheyWereWritten() throws {
    let bytes = file([(.meta, [1, 2, 3]), (.weights, [UInt8](repeating: 7, count: 200)), (.packed, [9])])
    try bytes.withUnsafeBytes { buffer in
        let container = try Container(buffer, place: "x.edge")
        #expect(container.sections.map(\.kind) == [.meta, .weights, .packed])
        #expect(Array(try container.reader(.weights).bytes) == [UInt8](repeating: 7, count: 200))
        #expect(container.sections.map { $0.offset % ($0.kind == .packed ? 16_384 : 64) } == [0, 0, 0])
    }
}

@Test(arguments: [
    ([UInt8](), "is empty"), (Array("GIF89a".utf8), "is not an .edge file"),
    (Array("EDGE".utf8), "ends inside its header"),
])
func whatIsNoContainerIsToldApart(_ bytes: [UInt8], _ words: String) {
    #expect(error(bytes)?.kind == .data)
    #expect(error(bytes)?.sentence.contains(words) == true)
}

@Test func aNewerMajorVersionNamesTheVersionItNeeds() {
    var bytes = file([(.meta, [1])])
    bytes[4] = 9
    let sentence = error(bytes)?.sentence ?? ""
    #expect(sentence.contains("9.\(Container.minor)") && sentence.contains("newer Swiftlet"))
}

@Test func anUnknownSectionIsPassedOverUnlessItIsRequired() throws {
    var bytes = file([(.meta, [1]), (.golden, [2])])
    bytes[64 + 32] = 250
    var mended = try #require(ContainerWriter.mendingChecksums(bytes))
    #expect(error(mended) == nil)
    mended[64 + 32 + 4] = 1
    mended = try #require(ContainerWriter.mendingChecksums(mended))
    #expect(error(mended)?.sentence.contains("needs section kind 250") == true)
}

@Test func aByteBetweenSectionsIsNotOverlooked() throws {
    var bytes = file([(.meta, [1]), (.weights, [2])])
    let gap = 64 + 2 * 32 + 1
    bytes[gap] = 5
    #expect(error(bytes)?.sentence.contains("between two sections") == true)
}

@Test func theChecksumIsTheReferenceXXH3() {
    // From the reference implementation's own test values (xxHash 0.8, XXH3_64bits, seed 0).
    #expect(xxh3([]) == 0x2D06_8005_38D3_94C2)
}

@Test func splitMixGivesItsPublishedSequence() {
    // Vigna's splitmix64.c from the state 1234567.
    var generator = SplitMix64(seed: 1_234_567)
    #expect(
        (0..<3).map { _ in generator.next() } == [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        ])
}
