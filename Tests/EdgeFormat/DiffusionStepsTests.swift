import EdgeFormat
import TestSupport
import Testing

private let noise = (0..<DiffusionSteps.noiseCount).map { Int32($0) - 1000 }

/// Two graphs of the form that a denoiser's have, each one rescaling, and a `steps` section.
private func denoiser(
    _ steps: DiffusionSteps?, side: Int = 2, change: (inout HandmadeModel) -> Void = { _ in }
) throws -> [UInt8] {
    var model = HandmadeModel()
    for pictures in 1...2 {
        let x = model.activation(.int16, .input, [pictures, side, side, 1])
        let t = model.activation(.int32, .input, [pictures], bounds: 0...99)
        let label = model.activation(.int32, .input, [pictures], bounds: 0...5)
        let output = model.activation(.int16, .output, [pictures, side, side, 1])
        model.operation(.rescale, [x], output)
        model.graph(from: pictures - 1, inputs: [x, t, label], outputs: [output])
    }
    model.contents.steps = steps
    change(&model)
    return model.file
}

private func steps(_ change: (inout DiffusionSteps) -> Void = { _ in }) -> DiffusionSteps {
    var steps = DiffusionSteps(
        classes: 5, graph: 0, guidedGraph: 1, alphaBars: (0..<100).map { 1 - Double($0) / 100 }, noiseTable: noise,
        guidance: 1.5, defaultSteps: 50)
    change(&steps)
    return steps
}

@Test func stepsComeBackAsTheyWereWritten() throws {
    for written in [
        steps(), steps { $0.guidedGraph = nil },
        steps {
            $0.alphaBars = [0.25]
            $0.defaultSteps = 1
        },
    ] {
        try denoiser(written).withUnsafeBytes { buffer in
            let file = try ModelFile(buffer, place: "x.edge", keeping: nil)
            #expect(file.steps == written)
            #expect(file.container.fileMinor == Container.minor)
        }
    }
    try denoiser(nil).withUnsafeBytes { buffer in
        let file = try ModelFile(buffer, place: "x.edge", keeping: nil)
        #expect(file.steps == nil)
    }
}

@Test func aScheduleFallsAndDefaultsLieInIt() throws {
    let cases: [((inout DiffusionSteps) -> Void, String)] = [
        ({ $0.alphaBars = [] }, "0 steps; 1 … 1000"),
        ({ $0.alphaBars = [Double](repeating: 0.5, count: 1001) }, "1001 steps; 1 … 1000"),
        ({ $0.alphaBars[0] = 1.01 }, "does not fall"), ({ $0.alphaBars[99] = 0 }, "does not fall"),
        ({ $0.alphaBars[50] = .nan }, "does not fall"), ({ $0.alphaBars[50] = 0.6 }, "does not fall"),
        ({ $0.guidance = -1 }, "guidance"), ({ $0.guidance = 101 }, "guidance"), ({ $0.guidance = .nan }, "guidance"),
        ({ $0.defaultSteps = 0 }, "uses 0 of 100"), ({ $0.defaultSteps = 101 }, "uses 101 of 100"),
        ({ $0.noiseTable.removeLast() }, "lies outside"), ({ $0.graph = 2 }, "not there"),
        ({ $0.graph = 1 }, "no noise for 1 pictures"), ({ $0.guidedGraph = 0 }, "no noise for 2 pictures"),
        ({ $0.classes = 6 }, "ends too early"),
        ({ $0.alphaBars += [0.001] }, "ends too early"),
    ]
    for (change, words) in cases {
        let line = refusal(of: try denoiser(steps(change)))
        #expect(line?.contains(words) == true, "\(words): \(line ?? "taken")")
    }
}

@Test func aPredictorTakesALatentAStepAndALabel() throws {
    let cases: [((inout HandmadeModel) -> Void, String)] = [
        ({ $0.contents.graphs[0].inputs.removeLast() }, "predicts no noise"),
        ({ $0.contents.graphs[0].inputs.swapAt(0, 1) }, "no noise for 1 pictures"),
        ({ $0.contents.graphs[0].inputs[2] = 6 }, "ends too early"),
        ({ $0.contents.tensors[1].minimum = 1 }, "ends too early"),
    ]
    for (change, words) in cases {
        let line = refusal(of: try denoiser(steps(), change: change))
        #expect(line?.contains(words) == true, "\(words): \(line ?? "taken")")
    }
    let channels = refusal(
        of:
            try denoiser(steps()) { model in
                for index in model.contents.tensors.indices where model.contents.tensors[index].shape.count == 4 {
                    model.contents.tensors[index].shape = [model.contents.tensors[index].shape[0], 1, 2, 2]
                }
            })
    #expect(channels?.contains("no noise for 1 pictures") == true)
    let sizes = refusal(
        of:
            try denoiser(steps()) { model in
                for index in [4, 7] { model.contents.tensors[index].shape = [2, 1, 4, 1] }
            })
    #expect(sizes?.contains("different sizes") == true)
    let large = refusal(of: try denoiser(steps(), side: 2049))
    #expect(large?.contains("latent has 4198401 elements; at most 4194304") == true, "\(large ?? "taken")")
}

@Test func whatIsPredictedMustBeKnown() throws {
    var file = try denoiser(steps())
    let entry = try #require((0..<Int(file[16])).first { file[64 + 32 * $0] == 12 })
    let offset = (0..<4).reduce(0) { $0 | Int(file[64 + 32 * entry + 8 + $1]) << (8 * $1) }
    file[offset + 16] = 2
    let mended = try #require(ContainerWriter.mendingChecksums(file))
    #expect(refusal(of: mended)?.contains("predicts kind 2, which needs a newer Swiftlet") == true)
}

@Test func aPictureHasAnyNumberOfLabels() throws {
    func file(_ meaning: ModelOutput.Meaning) throws -> [UInt8] {
        try denoiser(steps()) { $0.contents.outputs = [ModelOutput(tensor: 3, meaning: meaning, labels: ["a", "b"])] }
    }
    try file(.picture).withUnsafeBytes { buffer in
        let output = try ModelFile(buffer, place: "x.edge", keeping: nil).outputs[0]
        #expect(output.meaning == .picture && output.labels == ["a", "b"])
    }
    #expect(refusal(of: try file(.values))?.contains("2 labels for 4 classes") == true)
    let logits = ModelOutput.Meaning.logits(exponentials: [Int32](repeating: 1 << 23, count: 256))
    #expect(refusal(of: try file(logits))?.contains("unknown meaning") == true)
}

@Test func everyKindSurvivesWritingAndNoCut() throws {
    let bytes = try HandmadeModel.everyKind()
    bytes.withUnsafeBytes { buffer in
        let kinds = (try? ModelFile(buffer, place: "x.edge", keeping: nil).operations.map(\.kind)) ?? []
        // Those on plain tensors have a file of their own.
        #expect(
            Set(kinds)
                == Set(OperationKind.allCases.filter { $0.rawValue <= OperationKind.quantizedArithmetic.rawValue }))
    }
    for length in stride(from: 0, to: bytes.count, by: 7) {
        #expect(refusal(of: Array(bytes[0..<length])) != nil)
    }
}

@Test func theDigestOfConstantsSeesEveryTable() throws {
    let bytes = try HandmadeModel.everyKind()
    func digests(_ bytes: [UInt8]) throws -> [UInt64] {
        try bytes.withUnsafeBytes { buffer in
            let file = try ModelFile(buffer, place: "x.edge", keeping: nil)
            return file.operations.indices.map { file.constantsDigest($0) }
        }
    }
    let (usual, kinds, section) = try bytes.withUnsafeBytes { buffer in
        let file = try ModelFile(buffer, place: "x.edge", keeping: nil)
        let section = try #require(file.container.sections.first { $0.kind == .tables })
        return (try digests(bytes), file.operations.map(\.kind), section)
    }
    // The last bit of each byte of the tables, one at a time, changes what some operation computes with.
    var seen: Set<OperationKind> = []
    for place in stride(from: 0, to: section.size, by: 50) {
        var changed = bytes
        changed[section.offset + place] ^= 1
        guard let mended = ContainerWriter.mendingChecksums(changed), let found = try? digests(mended) else { continue }
        for index in kinds.indices where found[index] != usual[index] { seen.insert(kinds[index]) }
    }
    #expect(seen == [.table, .softmax, .groupNormalization, .interpolatedTable, .timeEmbedding])
}
