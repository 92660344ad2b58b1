import Compilation
import EdgeFormat
import Inference
import ModelGraph
import Quantization
import TestSupport
import Testing

private func recipe(_ precision: QuantizationRecipe.Precision) -> QuantizationRecipe {
    var recipe = QuantizationRecipe()
    recipe.precision = precision
    return recipe
}

/// The outputs' bytes of a graph's file on inputs drawn from a seed.
private func outputs(_ graph: Graph, threads: Int = 1) throws -> [UInt8] {
    let model = try Model(bytes: Compiler.compile(graph, CompilationOptions()).file, place: "stored weights")
    let session = try Session(model, threads: threads, sharedCost: 0)
    var draw = SplitMix64(seed: 5)
    for index in 0..<session.inputCount {
        let tensor = session.input(index).tensor
        guard tensor.element == .float32 else { continue }
        try session.setInput(index, reals: draw.bytes(tensor.count).map { Float(Int8(bitPattern: $0)) / 64 })
    }
    session.run()
    return session.readOutputs()
}

private let precisions: [QuantizationRecipe.Precision] = [.fp16, .bf16, .int8Weights]

@Test(arguments: precisions)
func storedWeightsGiveTheBitsOfTheFloatsThatTheyStandFor(_ precision: QuantizationRecipe.Precision) throws {
    let stored = try StoredWeights(seed: 3).graph.storingWeights(recipe(precision))
    var floats = stored
    for id in floats.values.indices { floats.values[id].storage = nil }
    for threads in 1...2 { #expect(try outputs(stored, threads: threads) == outputs(floats)) }
}

@Test(arguments: precisions)
func eachWeightOnTheDeviceIsTheInterpreters(_ precision: QuantizationRecipe.Precision) throws {
    // A product with the unit matrix, sums of one number and zeros, gives the weights themselves.
    var graph = Graph(name: "unit")
    let x = graph.addInput("x", TensorType(.float32, [1, 1, 6, 6]))
    var draw = SplitMix64(seed: 8)
    for (index, shape) in [[5, 1, 1, 6], [7, 6], [6, 9]].enumerated() {
        let reals = draw.bytes(shape.reduce(1, *)).map { Float(Int8(bitPattern: $0)) / 300 }
        let weights = graph.addConstant("weights\(index)", shape, .float32(reals))
        let operation: any ModelGraph.Operation = [Convolution(), Dense(), MatrixProduct()][index]
        graph.outputs.append(try graph.add(operation, name: "node\(index)", inputs: [x, weights]))
    }
    let stored = try graph.storingWeights(recipe(precision))
    let unit = (0..<36).map { $0 % 7 == 0 ? Float(1) : 0 }
    let wanted = try ReferenceInterpreter(stored).run([.float32(unit)])
    let session = try Session(Model(bytes: Compiler.compile(stored, CompilationOptions()).file, place: "unit"))
    try session.setInput(0, reals: unit)
    session.run()
    for (index, output) in wanted.enumerated() {
        #expect(try session.outputElements(index, as: Float.self) == output.floats)
    }
}

@Test func theGoldenVectorsOfStoredWeightsHold() throws {
    let model = try Model(bytes: StoredWeights.compiled().file, place: "stored weights")
    #expect(try Verification(model).run() == 2)
    let stored = model.file.tensors.compactMap(\.storage?.element)
    #expect(Set(stored) == [.float16, .bfloat16, .int8])
    // No layer's weights have fewer scales than output channels.
    for operation in model.file.operations where operation.kind == .plainConvolution {
        let weights = model.file.tensors[operation.inputs[1]]
        guard case .int8(let scales, let axis) = weights.storage else { continue }
        #expect(axis == 3 && scales.count == weights.shape[3])
    }
}

@Test func aFileHoldsHalfOrAQuarterOfTheWeights() throws {
    var graph = Graph(name: "wide")
    let x = graph.addInput("x", TensorType(.float32, [1, 300]))
    var draw = SplitMix64(seed: 1)
    let reals = draw.bytes(300 * 400).map { Float(Int8(bitPattern: $0)) }
    let weights = graph.addConstant("weights", [300, 400], .float32(reals))
    for name in ["a", "b"] {
        graph.outputs.append(try graph.add(MatrixProduct(), name: name, inputs: [x, weights]))
    }
    func weightBytes(_ precision: QuantizationRecipe.Precision) throws -> Int {
        let stored = try graph.storingWeights(recipe(precision))
        let model = try Model(bytes: Compiler.compile(stored, CompilationOptions()).file, place: "wide")
        return model.file.weights.count
    }
    #expect(try weightBytes(.fp32) == 480_000)
    #expect(try weightBytes(.fp16) == 240_000)
    #expect(try weightBytes(.bf16) == 240_000)
    #expect(try weightBytes(.int8Weights) == 120_000)
}
