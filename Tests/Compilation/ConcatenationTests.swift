import Compilation
import EdgeFormat
import Inference
import ModelGraph
import Quantization
import TestSupport
import Testing

/// A fire module, as in SqueezeNet: two convolutions and a max pool of one picture side by side, then a padded convolution.
/// - Parameter isReadTwice: whether the first part is also added to the result of the last convolution.
private func fire(isReadTwice: Bool) throws -> Graph {
    var graph = Graph(name: "fire")
    var draw = SplitMix64(seed: 5)
    let x = graph.addInput("input", TensorType(.float32, [1, 9, 7, 6]))
    func convolve(_ name: String, _ input: Graph.ValueID, _ outputs: Int, _ side: Int) throws -> Graph.ValueID {
        let shape = [outputs, side, side, graph.values[input].type.shape[3]]
        let weights = draw.bytes(shape.reduce(1, *)).map { Float($0) / 128 - 1 }
        let w = graph.addConstant(name + ".weights", shape, .float32(weights))
        let b = graph.addConstant(name + ".bias", [outputs], .float32((0..<outputs).map { Float($0 % 3) / 10 }))
        let convolution = Convolution(padding: Padding(side / 2), activation: .relu)
        return try graph.add(convolution, name: name, inputs: [input, w, b])
    }
    let squeezed = try convolve("squeeze", x, 8, 1)
    let one = try convolve("expand1", squeezed, 5, 1)
    let three = try convolve("expand3", squeezed, 11, 3)
    let pool = MaxPool(window: Extent(3, 3), strides: Extent(1, 1), padding: Padding(1))
    let pooled = try graph.add(pool, name: "pool", inputs: [squeezed])
    let joined = try graph.add(Concatenation(axis: 3), name: "joined", inputs: [one, three, pooled])
    var last = try convolve("last", joined, 5, 3)
    if isReadTwice { last = try graph.add(Addition(), name: "sum", inputs: [last, one]) }
    graph.outputs = [last]
    return graph
}

private func compiled(_ graph: Graph) throws -> Model {
    var options = CompilationOptions()
    options.meta[.name] = graph.name
    return try Model(bytes: Compiler.compile(TestModels.quantized(graph), options).file, place: graph.name)
}

@Test(arguments: [false, true])
func whatAConcatenationJoinsIsWrittenWhereItBelongs(_ isReadTwice: Bool) throws {
    let model = try compiled(fire(isReadTwice: isReadTwice))
    let parts = model.file.tensors.filter(\.isPart).map(\.channels)
    #expect(parts == (isReadTwice ? [11, 8] : [5, 11, 8]))
    for set in KernelSet.available {
        for threads in 1...2 { _ = try Verification(model, kernels: set, threads: threads, sharedCost: 0).run() }
    }
}
