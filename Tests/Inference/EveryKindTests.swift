import EdgeFormat
import Inference
import TestSupport
import Testing

private let everySet = KernelSet.known.map(\.number).filter { $0 != 0 }

@Test func everyKindGivesTheSameOnEverySetAndNumberOfThreads() throws {
    for sets in [[], everySet] {
        let model = try Model(bytes: HandmadeModel.everyKind(packedSets: sets), place: "every kind")
        for set in KernelSet.available {
            for threads in 1...3 {
                #expect(try Verification(model, kernels: set, threads: threads, sharedCost: 0).run() == 2)
            }
        }
    }
}

@Test func eachPictureOfABatchIsOnItsOwn() throws {
    let model = try Model(bytes: HandmadeModel.everyKind(), place: "every kind")
    let one = try Session(model)
    let two = try Session(model, graph: 1)
    var draw = Draw(5)
    let x = (0..<2).map { _ in draw.integers(16, -32_767...32_767) }
    let (steps, labels) = ([3, 1], [0, 3])
    var alone: [UInt8] = []
    for picture in 0..<2 {
        one.writeInputs(
            ModelElement.int16.bytes(x[picture]) + ModelElement.int32.bytes([steps[picture], labels[picture]]))
        one.run()
        alone += one.readOutputs()
    }
    two.writeInputs(ModelElement.int16.bytes(x[0] + x[1]) + ModelElement.int32.bytes(steps + labels))
    two.run()
    #expect(two.readOutputs() == alone)
    #expect(Set(ModelElement.int16.values(alone)).count > 8, "the outputs hardly vary")
}

@Test func drawnInputsAreValuesOfTheirTensors() throws {
    let tensors = [
        ModelTensor(name: "a", element: .int8, role: .input, shape: [3], scales: [1], home: .arena(0)),
        ModelTensor(name: "b", element: .int16, role: .input, shape: [2], scales: [1], home: .arena(0)),
        ModelTensor(name: "c", element: .int32, role: .input, shape: [2], minimum: 10, maximum: 16, home: .arena(0)),
    ]
    var plain = SplitMix64(seed: 8)
    let drawn = plain.bytes(15)
    func vector(_ input: GoldenVector.Input) -> GoldenVector {
        GoldenVector(graph: 0, input: input, digests: [], outputs: [])
    }
    let bytes = try vector(.seed(8)).inputBytes(for: tensors, place: "")
    #expect(Array(bytes[0..<7]) == Array(drawn[0..<7]))
    let words = ModelElement.int32.values(Array(drawn[7...])).map { 10 + $0 % 7 }
    #expect(ModelElement.int32.values(Array(bytes[7...])) == words)
    // What is stored is taken as it is, or not at all.
    #expect(try vector(.stored(bytes)).inputBytes(for: tensors, place: "") == bytes)
    for (place, value) in [(4, 0x80), (8, 0x01)] as [(Int, UInt8)] {
        var wrong = bytes
        wrong[place - 1] = 0
        wrong[place] = value
        #expect(throws: EdgeError.self) { try vector(.stored(wrong)).inputBytes(for: tensors, place: "") }
    }
    #expect(throws: EdgeError.self) { try vector(.stored([1])).inputBytes(for: tensors, place: "") }
}

@Test func aSessionOnAGraphThatIsNotThereIsRefused() throws {
    let model = try Model(bytes: HandmadeModel.everyKind(), place: "every kind")
    for graph in [-1, 2] { #expect(throws: EdgeError.self) { _ = try Session(model, graph: graph) } }
}
