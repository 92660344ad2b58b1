import Compilation
import EdgeFormat
import Foundation
import Inference
import ModelGraph
import Quantization
import TestSupport
import Testing

/// Layers one after the other, with drawn weights.
private struct Block {
    var graph = Graph(name: "block")
    var last: Graph.ValueID
    private var draw = SplitMix64(seed: 31)

    init() { last = graph.addInput("input", TensorType(.float32, [1, 9, 8, 6])) }

    private mutating func constant(_ shape: [Int], size: Float) -> Graph.ValueID {
        let elements = draw.bytes(shape.reduce(1, *)).map { (Float($0) / 128 - 1) * size }
        return graph.addConstant("constant\(graph.values.count)", shape, .float32(elements))
    }

    @discardableResult mutating func apply(_ operation: any ModelGraph.Operation, _ others: Graph.ValueID...) throws
        -> Graph.ValueID
    {
        let name = "\(type(of: operation).name)\(graph.nodes.count)"
        last = try graph.add(operation, name: name, inputs: [last] + others)
        return last
    }

    mutating func convolution(_ outputs: Int, side: Int = 1, activation: Activation = .none) throws {
        let shape = [outputs, side, side, graph.values[last].type.shape[3]]
        try apply(
            Convolution(padding: Padding(side / 2), activation: activation), constant(shape, size: 0.5),
            constant([outputs], size: 0.3))
    }

    mutating func dense(_ outputs: Int, activation: Activation = .none) throws {
        let inputs = graph.values[last].type.shape[1]
        try apply(
            Dense(activation: activation), constant([outputs, inputs], size: 0.7), constant([outputs], size: 0.3))
    }

    mutating func number(_ value: Float) -> Graph.ValueID { graph.addConstant("\(value)", [], .float32([value])) }
    mutating func row(_ values: [Float]) -> Graph.ValueID {
        graph.addConstant("row", [values.count], .float32(values))
    }
}

/// Squeeze and excitation (Hu and others, 2018): each channel times what its mean says.
private func squeezeAndExcitation(keepsAxes: Bool) throws -> Graph {
    var block = Block()
    try block.convolution(16, side: 3, activation: .relu)
    let x = block.last
    try block.apply(Reduction(.mean, axes: [1, 2], keepsAxes: keepsAxes))
    if keepsAxes {
        try block.convolution(4, activation: .relu)
        try block.convolution(16)
        try block.apply(Sigmoid())
    } else {
        try block.dense(4, activation: .relu)
        try block.dense(16)
        try block.apply(HardSigmoid(slope: 0.2, offset: 0.5))
        try block.apply(Reshape(shape: [1, 1, 1, 16]))
    }
    try block.apply(Arithmetic(.multiplication), x)
    try block.convolution(8, side: 3)
    block.graph.outputs = [block.last]
    return block.graph
}

/// x·relu6(x + 3)/6 as exporters write it, between convolutions.
private func hardSwishInParts() throws -> Graph {
    var block = Block()
    try block.convolution(11, side: 3)
    let x = block.last
    try block.apply(Arithmetic(.addition), block.number(3))
    try block.apply(Clip(minimum: 0, maximum: 6))
    try block.apply(Arithmetic(.multiplication), x)
    try block.apply(Arithmetic(.division), block.number(6))
    try block.convolution(8, side: 3)
    block.graph.outputs = [block.last]
    return block.graph
}

/// Every function, of two computed tensors and with rows and numbers, on pictures with a border.
private func functions() throws -> Graph {
    var block = Block()
    try block.convolution(10, side: 3)
    let x = block.last
    try block.convolution(10, side: 3)
    try block.apply(Arithmetic(.subtraction), x)
    try block.apply(Arithmetic(.maximum), block.row((0..<10).map { Float($0) / 5 - 1 }))
    try block.convolution(1)
    try block.apply(Sigmoid())
    try block.apply(Arithmetic(.multiplication), x)
    try block.apply(Arithmetic(.minimum), block.number(0.75))
    let y = block.last
    try block.apply(MaxPool(window: Extent(9, 8), strides: .one))
    try block.apply(Arithmetic(.addition), y)
    try block.apply(Addition(), x)
    try block.convolution(3, side: 3)
    block.graph.outputs = [block.last]
    return block.graph
}

private let networks: [@Sendable () throws -> Graph] = [
    { try squeezeAndExcitation(keepsAxes: true) }, { try squeezeAndExcitation(keepsAxes: false) }, hardSwishInParts,
    functions,
]

@Test(arguments: networks.indices) func gatesStayInIntegersOnEverySet(_ index: Int) throws {
    let graph = try networks[index]()
    for wide in [[], [try #require(graph.nodes.last).name]] {
        var recipe = QuantizationRecipe()
        recipe.sixteenBit = wide
        let quantized = try TestModels.quantized(graph, recipe: recipe)
        #expect(quantized.floatNodes.map(\.name) == [])
        var options = CompilationOptions()
        options.meta[.name] = graph.name
        let model = try Model(bytes: Compiler.compile(quantized, options).file, place: "block")
        #expect(model.file.operations.contains { $0.kind == .quantizedArithmetic })
        for set in KernelSet.available {
            for threads in 1...2 { _ = try Verification(model, kernels: set, threads: threads, sharedCost: 0).run() }
        }
    }
}

@Test(arguments: networks.indices) func gatesStayNearTheFloats(_ index: Int) throws {
    let graph = try networks[index]().simplified()
    let quantized = try TestModels.quantized(graph)
    let given = try quantized.values[quantized.inputs[0]].type.activationQuantization
    let output = try quantized.values[quantized.outputs[0]].type.activationQuantization
    // Inputs that calibration saw: what is cut off beyond them is no matter of this arithmetic.
    var (signal, noise) = (0.0, 0.0)
    for seed in 0..<4 as Range<UInt64> {
        let x = try #require(DrawnDenoiser.inputs(graph, seed: seed)[0].floats)
        let wanted = try #require(try ReferenceInterpreter(graph).run([.float32(x)])[0].floats)
        let bytes = try #require(
            try ReferenceInterpreter(quantized).run([.int8(x.map { given.quantize($0) })])[0].bytes)
        for (real, byte) in zip(wanted, bytes) {
            signal += Double(real * real)
            noise += pow(Double(real - output.dequantize(byte)), 2)
        }
    }
    #expect(10 * log10(signal / noise) >= 30, "\(10 * log10(signal / noise)) dB")
}

/// A norm written out: its means, squares and quotients are floats, and what is around it integers.
@Test func aNormStaysInFloats() throws {
    var block = Block()
    try block.convolution(5, side: 3)
    let x = block.last
    let mean = try block.apply(Reduction(.mean, axes: [1, 2], keepsAxes: true))
    block.last = x
    let centred = try block.apply(Arithmetic(.subtraction), mean)
    try block.apply(Arithmetic(.multiplication), centred)
    let variance = try block.apply(Reduction(.mean, axes: [1, 2], keepsAxes: true))
    block.last = centred
    try block.apply(Arithmetic(.division), variance)
    try block.apply(Arithmetic(.multiplication), block.row([1, 2, 3, 4, 5]))
    try block.convolution(4)
    block.graph.outputs = [block.last]
    let quantized = try TestModels.quantized(block.graph)
    #expect(quantized.floatNodes.count == 6)
    #expect(quantized.nodes.filter { $0.operation is Dequantize }.count == 1)
}

@Test func constantsOfOneSizeAreExact() throws {
    var block = Block()
    try block.convolution(5)
    try block.apply(Arithmetic(.multiplication), block.row([-0.3, 0.3, 0.3, -0.3, 0.3]))
    try block.convolution(4)
    block.graph.outputs = [block.last]
    let quantized = try TestModels.quantized(block.graph)
    let row = try #require(quantized.values.first { $0.name == "row" })
    #expect(row.constant == .int8([-1, 1, 1, -1, 1]))
    #expect(row.type.quantization == Quantization(scale: 0.3, zeroPoint: 0))
}
