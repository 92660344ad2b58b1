import Compilation
import EdgeFormat
import Inference
import ModelGraph
import Quantization
import TestSupport
import Testing

/// A convolution, channels of zeros on both sides of its results, and a convolution.
private func network() throws -> Graph {
    var graph = Graph(name: "pad")
    var draw = SplitMix64(seed: 4)
    func weights(_ count: Int) -> TensorData { .float32(draw.bytes(count).map { Float($0) / 256 - 0.5 }) }
    var x = graph.addInput("input", TensorType(.float32, [1, 5, 6, 3]))
    let first = graph.addConstant("first.w", [4, 3, 3, 3], weights(4 * 27))
    x = try graph.add(Convolution(padding: Padding(1)), name: "first", inputs: [x, first])
    x = try graph.add(Pad(before: [0, 0, 0, 2], after: [0, 0, 0, 3]), name: "pad", inputs: [x])
    let last = graph.addConstant("last.w", [5, 3, 3, 9], weights(5 * 81))
    graph.outputs = [try graph.add(Convolution(padding: Padding(1)), name: "last", inputs: [x, last])]
    return graph
}

@Test(arguments: [false, true]) func padsOfChannelsAreZerosOnEverySet(_ isWide: Bool) throws {
    var recipe = QuantizationRecipe()
    recipe.sixteenBit = isWide ? ["last"] : []
    var options = CompilationOptions()
    options.meta[.name] = "pad"
    let model = try Model(
        bytes: Compiler.compile(try TestModels.quantized(try network(), recipe: recipe), options).file, place: "pad")
    let pad = try #require(model.file.operations.first { $0.name == "pad" || $0.name == "pad.moved" })
    #expect(model.file.tensors[pad.outputs[0]].element == (isWide ? .int16 : .int8))
    for set in KernelSet.available { _ = try Verification(model, kernels: set, threads: 2, sharedCost: 0).run() }
}
