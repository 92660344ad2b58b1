import Compilation
import EdgeFormat
import Inference
import ModelGraph
import Quantization
import TestSupport
import Testing

/// A function of every kind, with parameters of its own.
private let functions: [any UnaryOperation] = [
    LeakyReLU(slope: 0.1), ThresholdedReLU(threshold: 0.3), ELU(alpha: 1), SELU(alpha: 1.6732632, gamma: 1.050701),
    GELU(), GELU(approximation: .tanh), Mish(), Softplus(), Softsign(), HardSigmoid(slope: 0.2, offset: 0.5),
    HardSwish(), Exponential(), ErrorFunction(), Sine(), Cosine(), AbsoluteValue(), Negation(), Floor(), Ceiling(),
    NearestInteger(), Sign(), Logarithm(), SquareRoot(), Reciprocal(),
]

/// A convolution, the function (of a softplus where it needs what is above 0) and a convolution.
private func network(_ function: any UnaryOperation) throws -> Graph {
    var graph = Graph(name: "function")
    var draw = SplitMix64(seed: 11)
    // Small ones: an exponential of 30 leaves nothing of the others in 8 bits.
    func weights(_ count: Int) -> TensorData { .float32(draw.bytes(count).map { Float($0) / 512 - 0.25 }) }
    var x = graph.addInput("input", TensorType(.float32, [1, 5, 6, 2]))
    let first = graph.addConstant("w1", [7, 3, 3, 2], weights(7 * 18))
    x = try graph.add(Convolution(padding: Padding(1)), name: "first", inputs: [x, first])
    if function is Logarithm || function is SquareRoot || function is Reciprocal {
        x = try graph.add(Softplus(), name: "above", inputs: [x])
    }
    x = try graph.add(function, name: "function", inputs: [x])
    let last = graph.addConstant("w2", [4, 3, 3, 7], weights(4 * 63))
    graph.outputs = [try graph.add(Convolution(padding: Padding(1)), name: "last", inputs: [x, last])]
    return graph
}

/// The tables in 8 and, as the last layer reads 16 bits, in 16 bits, on every kernel set.
@Test(arguments: functions.indices) func functionsAreTablesOnEverySet(_ index: Int) throws {
    let graph = try network(functions[index])
    for wide in [false, true] {
        var recipe = QuantizationRecipe()
        recipe.sixteenBit = wide ? ["last"] : []
        let quantized = try TestModels.quantized(graph, recipe: recipe)
        var options = CompilationOptions()
        options.meta[.name] = graph.name
        let model = try Model(bytes: Compiler.compile(quantized, options).file, place: "function")
        let kind = try #require(model.file.operations.first { $0.name == "function" }).kind
        #expect(kind == (wide ? .interpolatedTable : .table))
        for set in KernelSet.available { _ = try Verification(model, kernels: set, threads: 2, sharedCost: 0).run() }
    }
}

/// What the integers lose: the middle of the errors is a small part of the result's range.
@Test(arguments: functions.indices) func integersStayNearTheFloats(_ index: Int) throws {
    let graph = try network(functions[index]).simplified()
    let quantized = try TestModels.quantized(graph)
    let float = try ReferenceInterpreter(graph)
    let integer = try ReferenceInterpreter(quantized)
    let x = (0..<60).map { Float(($0 * 37) % 61) / 30 - 1 }
    let given = try quantized.values[quantized.inputs[0]].type.activationQuantization
    let wanted = try #require(try float.run([.float32(x)])[0].floats)
    let bytes = try #require(try integer.run([.int8(x.map { given.quantize($0) })])[0].bytes)
    let output = try quantized.values[quantized.outputs[0]].type.activationQuantization
    let errors = zip(wanted, bytes).map { abs($0 - output.dequantize($1)) }.sorted()
    let range = (wanted.max() ?? 0) - (wanted.min() ?? 0)
    #expect(errors[errors.count / 2] <= 0.03 * range, "\(functions[index])")
}

@Test func aLogarithmOfNothingCannotBeCalibrated() throws {
    var graph = Graph(name: "g")
    let x = graph.addInput("x", TensorType(.float32, [1, 2]))
    let cut = try graph.add(ReLU(), name: "relu", inputs: [x])
    graph.outputs = [try graph.add(Logarithm(), name: "log", inputs: [cut])]
    let error = #expect(throws: EdgeError.self) { try TestModels.quantized(graph) }
    #expect(error?.line == "sample: value 'log' is not finite; the model cannot be quantized")
}
