import Compilation
import EdgeFormat
import Inference
import ModelGraph
import TestSupport
import Testing

@Test func aDenoiserHasAGraphOfOnePredictionAndOneOfTwo() throws {
    let file = try Model(bytes: try TestModels.denoiser(seed: 2).file, place: "denoiser").file
    #expect(file.graphs.map(\.name) == ["denoise", "denoise.guided"])
    let steps = try #require(file.steps)
    #expect(steps.classes == 3 && steps.alphaBars.count == 1000 && steps.graph == 0 && steps.guidedGraph == 1)
    #expect(steps.guidance == 2 && steps.defaultSteps == 50)
    for (number, graph) in file.graphs.enumerated() {
        let inputs = graph.inputs.map { file.tensors[$0] }
        #expect(inputs.map(\.name) == ["x", "t", "label"] && inputs[0].shape[0] == number + 1)
        #expect(inputs[1].maximum == 999 && inputs[2].maximum == 3)
    }
    #expect(file.outputs.count == 1 && file.outputs[0].labels == ["a", "b", "c"])
    guard case .picture = file.outputs[0].meaning else {
        Issue.record("the output is no picture")
        return
    }
}

/// Where the table of a norm's function stands.
private func tableOffset(_ operation: ModelOperation) -> Int? {
    guard case .groupNormalization(let parameters) = operation.parameters else { return nil }
    return parameters.tableOffset
}

@Test func bothGraphsShareTheirConstants() throws {
    let file = try Model(bytes: try TestModels.denoiser(seed: 1).file, place: "denoiser").file
    let (one, two) = (file.graphs[0].operations, file.graphs[1].operations)
    #expect(one.count == two.count)
    for (a, b) in zip(one, two) {
        let (a, b) = (file.operations[a], file.operations[b])
        #expect(a.kind == b.kind && tableOffset(a) == tableOffset(b))
        for (x, y) in zip(a.inputs, b.inputs) where file.tensors[x].role == .constant { #expect(x == y) }
    }
    #expect(Set(file.golden.map(\.graph)) == [0, 1])
}

@Test func theHalvesOfADividedNormShareATable() throws {
    let file = try Model(bytes: try TestModels.denoiser(seed: 2).file, place: "denoiser").file
    let tables = file.operations[file.graphs[0].operations].compactMap { tableOffset($0) }
    #expect(tables.count > 4 && Set(tables).count < tables.count)
}

@Test(arguments: 0..<8 as Range<UInt64>)
func aDenoiserComputesItsGoldenVectorsOnEverySet(_ seed: UInt64) throws {
    let sets = seed % 2 == 0 ? KernelSet.known.map(\.number) : []
    let model = try Model(bytes: try TestModels.denoiser(seed: seed, packedSets: sets).file, place: "denoiser")
    for set in KernelSet.available {
        for threads in 1...2 { _ = try Verification(model, kernels: set, threads: threads, sharedCost: 0).run() }
    }
}

@Test func aBatchOfPredictionsIsThePredictionsOneByOne() throws {
    let model = try Model(bytes: try TestModels.denoiser(seed: 2).file, place: "denoiser")
    let (one, two) = (try Session(model, graph: 0), try Session(model, graph: 1))
    var draw = SplitMix64(seed: 4)
    let latents = (0..<2).map { _ in draw.bytes(one.input(0).tensor.logicalSize) }
    func index(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    two.writeInputs(latents[0] + latents[1] + index(700) + index(2) + index(1) + index(3))
    two.run()
    let both = two.readOutputs()
    for (picture, (t, label)) in [(700, 1), (2, 3)].enumerated() {
        one.writeInputs(latents[picture] + index(t) + index(label))
        one.run()
        let alone = one.readOutputs()
        #expect(alone == Array(both[picture * alone.count..<(picture + 1) * alone.count]))
    }
}
