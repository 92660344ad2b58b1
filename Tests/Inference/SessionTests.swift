import Compilation
import EdgeFormat
import Inference
import TestSupport
import Testing

/// Seeds of drawn networks: any shape that a small convolution, pool or table can have.
@Test(arguments: 0..<120 as Range<UInt64>)
func everySetAgreesWithTheReferenceInterpreter(_ seed: UInt64) throws {
    let compiled = try TestModels.random(seed: seed, packedSets: seed % 3 == 0 ? KernelSet.known.map(\.number) : [])
    let model = try Model(bytes: compiled.file, place: "seed \(seed)")
    for set in KernelSet.available {
        for threads in 1...3 { _ = try Verification(model, kernels: set, threads: threads, sharedCost: 0).run() }
    }
}

@Test func theResultDoesNotDependOnEarlierRuns() throws {
    let model = try Model(bytes: try TestModels.tiny().file, place: "tiny")
    let session = try Session(model, threads: 2, sharedCost: 0)
    var generator = SplitMix64(seed: 9)
    let inputs = (0..<4).map { _ in generator.bytes(session.inputSize) }
    let first = inputs.map { input -> [UInt8] in
        session.writeInputs(input)
        session.run()
        return session.readOutputs()
    }
    for (input, output) in zip(inputs, first).reversed() {
        session.writeInputs(input)
        session.run()
        #expect(session.readOutputs() == output)
    }
}

@Test func inputsComeBackAsTheyWereWritten() throws {
    let session = try Session(try Model(bytes: try TestModels.tiny().file, place: "tiny"))
    var generator = SplitMix64(seed: 3)
    let input = generator.bytes(session.inputSize)
    session.writeInputs(input)
    #expect(session.readInputs() == input)
}

@Test func anUnknownKernelSetIsNamedWithThoseThatRun() {
    #expect { _ = try KernelSet(named: "mmx") } throws: { error in
        guard let error = error as? EdgeError else { return false }
        return error.kind == .usage && error.line.contains("scalar")
    }
}

@Test func aChangedGoldenOutputIsFound() throws {
    let compiled = try TestModels.tiny()
    let section = try compiled.file.withUnsafeBytes { buffer in
        try #require(try Container(buffer, place: "x").sections.first { $0.kind == .golden })
    }
    var bytes = compiled.file
    bytes[section.offset + section.size - 1] ^= 1  // the last output byte of the last vector
    let mended = try #require(ContainerWriter.mendingChecksums(bytes))
    let model = try Model(bytes: mended, place: "changed")
    #expect { _ = try Verification(model).run() } throws: { ($0 as? EdgeError)?.kind == .check }
}
