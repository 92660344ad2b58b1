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

private func verify(_ model: Model) throws {
    for set in KernelSet.available {
        for threads in 1...2 { _ = try Verification(model, kernels: set, threads: threads, sharedCost: 0).run() }
    }
}

@Test(arguments: [false, true])
func whatAConcatenationJoinsIsWrittenWhereItBelongs(_ isReadTwice: Bool) throws {
    let model = try compiled(fire(isReadTwice: isReadTwice))
    let parts = model.file.tensors.filter(\.isPart).map(\.channels)
    #expect(parts == (isReadTwice ? [11, 8] : [5, 11, 8]))
    try verify(model)
}

/// A picture in three pieces: a padded convolution of the first, whose result joins the second and a pool of the third,
/// and a depthwise convolution of all of that but a channel.
@Test func whatASliceTakesIsReadWhereItLies() throws {
    var graph = Graph(name: "slices")
    var draw = SplitMix64(seed: 7)
    func convolve(_ name: String, _ x: Graph.ValueID, _ outputs: Int, side: Int, groups: Int = 1) throws
        -> Graph.ValueID
    {
        let shape = [outputs, side, side, graph.values[x].type.shape[3] / groups]
        let weights = draw.bytes(shape.reduce(1, *)).map { Float($0) / 128 - 1 }
        let w = graph.addConstant(name + ".weights", shape, .float32(weights))
        let convolution = Convolution(padding: Padding(side / 2), groups: groups)
        return try graph.add(convolution, name: name, inputs: [x, w])
    }
    func slice(_ name: String, _ x: Graph.ValueID, _ channels: Range<Int>) throws -> Graph.ValueID {
        let shape = graph.values[x].type.shape
        let slice = Rearrangement.slice(
            shape, starts: [0, 0, 0, channels.lowerBound], steps: [1, 1, 1, 1],
            counts: Array(shape[..<3]) + [channels.count])
        return try graph.add(slice, name: name, inputs: [x])
    }
    let input = graph.addInput("input", TensorType(.float32, [1, 7, 6, 3]))
    let stem = try convolve("stem", input, 21, side: 3)
    let first = try convolve("first", slice("a", stem, 0..<7), 9, side: 3)
    let pool = AveragePool(window: Extent(3, 3), strides: .one, padding: Padding(1), countsPadding: true)
    let pooled = try graph.add(pool, name: "pooled", inputs: [try slice("c", stem, 12..<21)])
    let joined = try graph.add(Concatenation(), name: "joined", inputs: [first, slice("b", stem, 7..<12), pooled])
    let rest = try slice("rest", joined, 1..<23)
    let depthwise = try convolve("depthwise", rest, 22, side: 3, groups: 22)
    graph.outputs = [try convolve("last", slice("some", depthwise, 3..<20), 4, side: 1)]
    let model = try compiled(graph)
    #expect(!model.file.operations.contains { $0.kind == .rearrangement })
    #expect(model.file.tensors.filter(\.isPart).map(\.channels).sorted() == [5, 7, 9, 9, 9, 17, 22])
    try verify(model)
}

/// Heads of two sizes as rows, side by side, of which a dense layer makes two numbers.
@Test(arguments: [false, true])
func whatIsJoinedInOnePieceIsWrittenThere(_ isFloat: Bool) throws {
    var graph = Graph(name: "heads")
    let input = graph.addInput("input", TensorType(.float32, [1, 4, 4, 3]))
    var heads: [Graph.ValueID] = []
    for (index, outputs) in [6, 2].enumerated() {
        let weights = (0..<outputs * 3).map { Float($0 % 5) / 4 - 0.5 }
        let w = graph.addConstant("w\(index)", [outputs, 1, 1, 3], .float32(weights))
        let head = try graph.add(Convolution(), name: "head\(index)", inputs: [input, w])
        heads.append(try graph.add(Reshape(shape: [1, 8 * outputs, 2]), name: "rows\(index)", inputs: [head]))
    }
    let joined = try graph.add(Concatenation(axis: 1), name: "joined", inputs: heads)
    let flat = try graph.add(Flatten(), name: "flat", inputs: [joined])
    let weights = graph.addConstant("weights", [2, 128], .float32((0..<256).map { Float($0 % 11) / 10 - 0.5 }))
    graph.outputs = [try graph.add(Dense(), name: "dense", inputs: [flat, weights])]
    var options = CompilationOptions()
    options.meta[.name] = "heads"
    let simple = graph.simplified()
    let file = try Compiler.compile(isFloat ? simple : TestModels.quantized(simple), options).file
    let model = try Model(bytes: file, place: "heads")
    let kind = isFloat ? OperationKind.plainConcatenation : .concatenation
    let join = try #require(model.file.operations.first { $0.kind == kind })
    // One after the other, with nothing between, from the output's first byte.
    let places = (join.inputs + [join.output]).map { model.file.tensors[$0].home }
    guard case .arena(let start) = places[2] else { return #expect(Bool(false)) }
    #expect(places[0] == .arena(start) && places[1] == .arena(start + 96 * (isFloat ? 4 : 1)))
    try verify(model)
}

/// A picture beside two of its slices: neither can lie in the whole, where the picture would.
@Test func aPictureBesideItsSlicesIsCopied() throws {
    var graph = Graph(name: "beside")
    let input = graph.addInput("input", TensorType(.float32, [1, 3, 3, 2]))
    let weights = graph.addConstant("weights", [5, 1, 1, 2], .float32((0..<10).map { Float($0) / 5 - 1 }))
    let wide = try graph.add(Convolution(), name: "wide", inputs: [input, weights])
    var parts = [wide]
    for (name, channels) in [("a", 0..<2), ("b", 2..<5)] {
        let slice = Rearrangement.slice(
            [1, 3, 3, 5], starts: [0, 0, 0, channels.lowerBound], steps: [1, 1, 1, 1],
            counts: [1, 3, 3, channels.count])
        parts.append(try graph.add(slice, name: name, inputs: [wide]))
    }
    let joined = try graph.add(Concatenation(), name: "joined", inputs: [parts[1], parts[0], parts[2]])
    graph.outputs = [try graph.add(MaxPool(window: Extent(2, 2), strides: .one), name: "pool", inputs: [joined])]
    let model = try compiled(graph)
    #expect(model.file.tensors.filter(\.isPart).map(\.channels) == [2, 3])
    try verify(model)
}
