import EdgeFormat
import ModelGraph
import Testing

/// A convolution of a picture 2·9·8·C, drawn from a seed; in 8 bits or in floats.
private func layer(_ shape: LayerShape, seed: UInt64, quantized: Bool) throws -> (graph: Graph, input: TensorData) {
    var generator = SeededGenerator(seed: seed)
    var graph = Graph(name: "layer")
    let type = TensorType(
        quantized ? .int8 : .float32, [2, 9, 8, shape.channels],
        quantization: quantized ? Quantization(scale: 0.5, zeroPoint: -3) : nil)
    let weightShape = [shape.outputs, shape.window.height, shape.window.width, shape.channels / shape.groups]
    func draw(_ count: Int) -> TensorData {
        quantized
            ? .int8((0..<count).map { _ in Int8.random(in: -127...127, using: &generator) })
            : .float32((0..<count).map { _ in Float.random(in: -1...1, using: &generator) })
    }
    let x = graph.addInput("x", type)
    let weights = graph.addConstant(
        "w", weightShape, draw(weightShape.reduce(1, *)),
        quantization: quantized ? Quantization(scale: 0.01, zeroPoint: 0) : nil)
    let bias = graph.addConstant(
        "b", [shape.outputs],
        quantized
            ? .int32((0..<shape.outputs).map { Int32($0 * 100) }) : .float32((0..<shape.outputs).map { Float($0) / 9 }))
    let convolution = Convolution(
        strides: shape.strides, padding: shape.padding, dilations: shape.dilations, groups: shape.groups,
        activation: .clip(minimum: 0, maximum: 6))
    graph.outputs = [
        try graph.add(
            convolution, name: "y", inputs: [x, weights, bias],
            quantization: quantized ? Quantization(scale: 0.05, zeroPoint: 4) : nil)
    ]
    return (graph, draw(type.count))
}

struct LayerShape: Sendable, CustomTestStringConvertible {
    var channels = 6
    var outputs = 4
    var window = Extent(3, 2)
    var strides = Extent.one
    var padding = Padding.none
    var dilations = Extent.one
    var groups = 1

    var testDescription: String { "\(channels)→\(outputs), \(groups) groups, \(window), \(padding)" }

    static let all = [
        LayerShape(),
        LayerShape(window: Extent(1, 1)),
        LayerShape(window: Extent(3, 3), padding: Padding(1)),
        LayerShape(strides: Extent(2, 2), padding: Padding(top: 0, left: 0, bottom: 1, right: 1)),
        LayerShape(padding: Padding(top: 2, left: 1, bottom: 0, right: 0), dilations: Extent(2, 1)),
        LayerShape(padding: Padding(1), groups: 2),
        LayerShape(outputs: 6, window: Extent(3, 3), padding: Padding(1), groups: 6),
        LayerShape(
            outputs: 6, strides: Extent(2, 1), padding: Padding(top: 0, left: 0, bottom: 1, right: 1), groups: 6),
        LayerShape(outputs: 12, window: Extent(3, 3), groups: 6),
    ]
}

@Test(arguments: LayerShape.all)
func quickSumsOfIntegersAreTheDefinitions(_ shape: LayerShape) throws {
    let (graph, x) = try layer(shape, seed: 3, quantized: true)
    #expect(try ReferenceInterpreter(graph, .quick).run([x]) == ReferenceInterpreter(graph).run([x]))
}

@Test(arguments: LayerShape.all)
func quickSumsOfFloatsDifferByRoundingOnly(_ shape: LayerShape) throws {
    let (graph, x) = try layer(shape, seed: 4, quantized: false)
    let quick = try #require(try ReferenceInterpreter(graph, .quick).run([x])[0].floats)
    let exact = try #require(try ReferenceInterpreter(graph).run([x])[0].floats)
    #expect(quick.count == exact.count && zip(quick, exact).allSatisfy { abs($0 - $1) < 1e-5 })
}

@Test(arguments: LayerShape.all)
func theMeansOfSumsFollowFromTheirInputs(_ shape: LayerShape) throws {
    let (graph, input) = try layer(shape, seed: 5, quantized: false)
    let layer = try #require(LinearLayer(graph.nodes[0], of: graph))
    let x = try #require(input.floats)
    let type = graph.values[graph.inputs[0]].type
    let sums = try layer.sums(x, type.shape)
    let products = layer.products(try layer.patchSums(x, type.shape))
    #expect(try layer.places(type.shape) == sums.count / shape.outputs)
    for channel in 0..<shape.outputs {
        let sum = stride(from: channel, to: sums.count, by: shape.outputs).reduce(0.0) { $0 + Double(sums[$1]) }
        #expect(abs(sum - products[channel]) < 1e-4)
    }
}

@Test func covariancesAreThoseOfThePatches() throws {
    // Two places of a 1×2 window on a row of three pixels: (1, 2) and (2, 5).
    var graph = Graph(name: "g")
    let x = graph.addInput("x", TensorType(.float32, [1, 1, 3, 1]))
    let w = graph.addConstant("w", [1, 1, 2, 1], .float32([1, 1]))
    graph.outputs = [try graph.add(Convolution(), name: "y", inputs: [x, w])]
    let layer = try #require(LinearLayer(graph.nodes[0], of: graph))
    var patches = PatchSamples(layer)
    try patches.add(layer, [1, 2, 5], [1, 1, 3, 1], count: 100)
    #expect(patches.covariances(0) == [0.25, 0.75, 0.75, 2.25])
}
