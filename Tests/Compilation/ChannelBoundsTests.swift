import Compilation
import EdgeFormat
import Inference
import ModelGraph
import Quantization
import TestSupport
import Testing

/// Upper bounds of so many channels: some are reached often, the last one never.
private func clip(_ channels: Int) -> Activation {
    .channelClip(minimum: 0, maxima: (0..<channels).map { $0 == channels - 1 ? 1000 : 0.2 + Float($0 % 7) / 3 })
}

/// Layers with an upper bound for each channel: a convolution, a depthwise one, one with an addend and a dense one.
private func network() throws -> Graph {
    var graph = Graph(name: "bounds")
    var draw = SplitMix64(seed: 31)
    var x = graph.addInput("input", TensorType(.float32, [1, 7, 6, 3]))
    func add(_ name: String, _ operation: any Operation, _ shape: [Int], addend: [Graph.ValueID] = []) throws {
        let count = shape.reduce(1) { $0 * $1 }
        let size = Float(count / shape[0]).squareRoot()
        let weights = draw.bytes(count).map { (Float($0) / 64 - 1.5) / size }
        let w = graph.addConstant(name + ".weights", shape, .float32(weights))
        let b = graph.addConstant(name + ".bias", [shape[0]], .float32((0..<shape[0]).map { Float($0 % 3) / 10 }))
        x = try graph.add(operation, name: name, inputs: [x, w, b] + addend)
    }
    try add("first", Convolution(padding: Padding(1), activation: clip(18)), [18, 3, 3, 3])
    let block = x
    try add("depthwise", Convolution(padding: Padding(1), groups: 18, activation: clip(18)), [18, 3, 3, 1])
    let sum = ConvolutionAddition(convolution: Convolution(activation: clip(18)))
    try add("sum", sum, [18, 1, 1, 18], addend: [block])
    x = try graph.add(Flatten(), name: "flat", inputs: [x])
    try add("dense", Dense(activation: clip(5)), [5, 7 * 6 * 18])
    graph.outputs = [x]
    return graph
}

private func compiled(_ graph: Graph, _ packedSets: [UInt16] = []) throws -> Model {
    var options = CompilationOptions()
    options.meta[.name] = "bounds"
    options.packedSets = packedSets
    return try Model(bytes: Compiler.compile(graph, options).file, place: "bounds")
}

private func verify(_ model: Model) throws {
    for set in KernelSet.available {
        for threads in 1...2 { _ = try Verification(model, kernels: set, threads: threads, sharedCost: 0).run() }
    }
}

/// In 8 bits, with 16 bits between the layers, and with layers in floats.
@Test(arguments: [
    ([], []), (["depthwise", "sum", "dense"], []), ([], ["first", "sum"]), ([], ["depthwise", "dense"]),
])
func boundsByChannelHoldOnEverySet(_ wide: [String], _ floats: [String]) throws {
    var recipe = QuantizationRecipe()
    (recipe.sixteenBit, recipe.floats) = (wide, floats)
    let quantized = try TestModels.quantized(try network(), recipe: recipe)
    let model = try compiled(quantized, KernelSet.known.map(\.number).filter { $0 != 0 })
    try verify(model)
    for operation in model.file.operations where [.convolution, .convolutionAddition, .dense].contains(operation.kind) {
        let bounds = try #require(operation.upperBounds)
        #expect(model.file.tensors[bounds].element == model.file.tensors[operation.output].element)
    }
    let cuts = model.file.operations.filter { $0.kind == .arithmetic }.map(\.name)
    #expect(cuts.filter { $0.hasSuffix(".maxima") } == floats.map { $0 + ".maxima" })
}

@Test func aFloatFileHasBoundsByChannelToo() throws { try verify(try compiled(try network())) }

@Test func boundsThatAreAllTheSameInIntegersAreTheTensors() throws {
    var graph = Graph(name: "dense")
    let x = graph.addInput("x", TensorType(.float32, [1, 2]))
    let w = graph.addConstant("w", [3, 2], .float32([1, 2, 3, -4, 5, 6]))
    let dense = Dense(activation: .channelClip(minimum: 0, maxima: [1.00001, 1, 1.00002]))
    graph.outputs = [try graph.add(dense, name: "dense", inputs: [x, w])]
    let model = try compiled(try TestModels.quantized(graph))
    #expect(model.file.operations[0].upperBounds == nil)
    try verify(model)
}

@Test func integersStayBelowTheirChannelsBounds() throws {
    let graph = try network()
    let quantized = try TestModels.quantized(graph)
    let maxima = clip(18).maxima(channels: 18)
    for seed in 1...4 as ClosedRange<UInt64> {
        let x = (DrawnDenoiser.inputs(graph, seed: seed)[0].floats ?? []).map { 3 * $0 }
        let input = quantized.values[quantized.inputs[0]].type
        let wanted = try ReferenceInterpreter(graph).runAll([.float32(x)])
        let found = try ReferenceInterpreter(quantized, .quick).runAll([try input.converted(.float32(x))])
        for (id, value) in graph.values.enumerated() where ["first", "depthwise", "sum"].contains(value.name) {
            let other = try #require(quantized.values.firstIndex { $0.name == value.name })
            let quantization = try quantized.values[other].type.activationQuantization
            let floats = try #require(wanted[id]?.floats)
            let reals = try #require(found[other]?.floats(less: quantization.zeroPoint)).map {
                $0 * quantization.scales[0]
            }
            for (index, real) in reals.enumerated() {
                #expect(floats[index] <= maxima[index % 18])
                #expect(real <= maxima[index % 18] + 0.51 * quantization.scales[0])
            }
        }
    }
}

@Test func boundsAreAsManyAsChannels() throws {
    var graph = try network()
    for maxima in [[1, 2], [1, 2, 3, 4, -1], [1, 2, 3, 4, .nan]] as [[Float]] {
        graph.nodes[graph.nodes.count - 1].operation = Dense(activation: .channelClip(minimum: 0, maxima: maxima))
        #expect(throws: EdgeError.self) { try graph.validate() }
    }
}

@Test func quickSumsAreCutToTheSameBounds() throws {
    let graph = try network()
    let x = DrawnDenoiser.inputs(graph, seed: 5)[0]
    let wanted = try ReferenceInterpreter(graph).runAll([x])
    let found = try ReferenceInterpreter(graph, .quick).runAll([x])
    for (wanted, found) in zip(wanted, found) {
        let pairs = zip(wanted?.floats ?? [], found?.floats ?? [])
        #expect(pairs.allSatisfy { abs($0 - $1) <= 1e-4 * max(1, abs($0)) })
    }
}
