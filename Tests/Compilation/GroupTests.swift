import Compilation
import EdgeFormat
import Inference
import ModelGraph
import Quantization
import TestSupport
import Testing

/// Depthwise blocks as in MobileNets, kernels of 3 x 3 and 5 x 5 with steps of 1 and 2, a multiplier, groups of several
/// channels, and a residual.
private func network() throws -> Graph {
    var graph = Graph(name: "groups")
    var draw = SplitMix64(seed: 21)
    var x = graph.addInput("input", TensorType(.float32, [1, 13, 14, 3]))
    func add(
        _ name: String, _ outputs: Int, _ side: Int, groups: Int = 1, step: Int = 1,
        activation: Activation = .none
    ) throws {
        let shape = [outputs, side, side, graph.values[x].type.shape[3] / groups]
        let count = shape.reduce(1, *)
        // Kernels of one channel differ in size by far, as trained ones do.
        let weights = draw.bytes(count).enumerated().map { index, byte in
            (Float(byte) / 128 - 1) * (groups == 1 ? 0.3 : 0.1 + Float(index * outputs / count % 5))
        }
        let w = graph.addConstant(name + ".weights", shape, .float32(weights))
        let b = graph.addConstant(name + ".bias", [outputs], .float32((0..<outputs).map { Float($0 % 3) / 10 }))
        let convolution = Convolution(
            strides: Extent(step, step), padding: Padding(side / 2), groups: groups, activation: activation)
        x = try graph.add(convolution, name: name, inputs: [x, w, b])
    }
    try add("first", 20, 3)
    try add("depthwise3", 20, 3, groups: 20, activation: .clip(minimum: 0, maximum: 6))
    try add("point", 20, 1)
    let block = x
    try add("depthwise5", 20, 5, groups: 20)
    try add("linear", 20, 1)
    x = try graph.add(Addition(), name: "residual", inputs: [block, x])
    try add("multiplied", 60, 3, groups: 20, step: 2)
    try add("fives", 60, 3, groups: 12)
    try add("halves", 48, 1, groups: 2)
    try add("depthwise5/2", 48, 5, groups: 48, step: 2)
    try add("last", 5, 1)
    graph.outputs = [x]
    return graph
}

/// In 8 bits; with 16 bits behind some of them, and so before others.
@Test(arguments: [[], ["fives", "depthwise5/2"], ["point", "multiplied", "halves", "last"]])
func groupsComputeTheirDefinitionOnEverySet(_ wide: [String]) throws {
    var recipe = QuantizationRecipe()
    recipe.sixteenBit = wide
    let quantized = try TestModels.quantized(try network(), recipe: recipe)
    for packedSets in [[], KernelSet.known.map(\.number).filter { $0 != 0 }] {
        var options = CompilationOptions()
        options.meta[.name] = "groups"
        options.packedSets = packedSets
        let model = try Model(bytes: Compiler.compile(quantized, options).file, place: "groups")
        for set in KernelSet.available {
            for threads in 1...2 { _ = try Verification(model, kernels: set, threads: threads, sharedCost: 0).run() }
        }
    }
}

@Test func eachChannelOfADepthwiseConvolutionHasItsOwnScale() throws {
    let graph = try TestModels.quantized(try network())
    let node = try #require(graph.nodes.first { $0.name == "depthwise3" })
    #expect(graph.values[node.inputs[1]].type.quantization?.scales.count == 20)
    let weights = try #require(graph.values[node.inputs[1]].constant?.bytes)
    for channel in 0..<20 {
        #expect(weights[channel * 9..<(channel + 1) * 9].map { abs(Int($0)) }.max() == 127)
    }
}

@Test func integersOfGroupsStayNearTheFloats() throws {
    let graph = try network().simplified()
    let quantized = try TestModels.quantized(graph)
    let x = DrawnDenoiser.inputs(graph, seed: 3)[0].floats ?? []
    let given = try quantized.values[quantized.inputs[0]].type.activationQuantization
    let output = try quantized.values[quantized.outputs[0]].type.activationQuantization
    let wanted = try #require(try ReferenceInterpreter(graph).run([.float32(x)])[0].floats)
    let bytes = try #require(
        try ReferenceInterpreter(quantized).run([.int8(x.map { given.quantize($0) })])[0].bytes)
    let errors = zip(wanted, bytes).map { abs($0 - output.dequantize($1)) }.sorted()
    #expect(errors[errors.count / 2] <= 0.03 * ((wanted.max() ?? 0) - (wanted.min() ?? 0)))
}
