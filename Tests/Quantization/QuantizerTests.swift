import EdgeFormat
import ModelGraph
import Quantization
import TestSupport
import Testing

@Test(arguments: [(Float(-1), Float(3)), (0, 2), (-4, 0), (0.5, 2), (-3, -1), (0, 0), (-1e-30, 1e-30)])
func zeroIsAlwaysExact(_ minimum: Float, _ maximum: Float) {
    let quantization = Quantization(covering: ValueRange(minimum: minimum, maximum: maximum))
    #expect(quantization.dequantize(quantization.quantize(0)) == 0)
    #expect(quantization.scales[0].isNormal && quantization.scales[0] > 0)
}

@Test func theEndsOfARangeAreOffByHalfAStepAtMost() {
    for (minimum, maximum) in [(Float(-1), Float(3)), (0, 2), (-4, 0), (-0.3, 17)] {
        let quantization = Quantization(covering: ValueRange(minimum: minimum, maximum: maximum))
        for value in [minimum, maximum] {
            #expect(abs(quantization.dequantize(quantization.quantize(value)) - value) <= quantization.scales[0])
        }
    }
}

/// One dense layer, quantized from the ranges of its own input and output.
private func dense(weights: [Float], bias: [Float], inputs: Int) throws(EdgeError) -> Graph {
    var graph = Graph(name: "dense")
    let input = graph.addInput("input", TensorType(.float32, [1, inputs]))
    let w = graph.addConstant("weights", [bias.count, inputs], .float32(weights))
    let b = graph.addConstant("bias", [bias.count], .float32(bias))
    graph.outputs = [try graph.add(Dense(), name: "dense", inputs: [input, w, b])]
    var ranges = [ValueRange?](repeating: nil, count: graph.values.count)
    for id in graph.inputs + graph.outputs { ranges[id] = ValueRange(minimum: -8, maximum: 8) }
    return try Quantizer(graph, ranges: ranges).quantized()
}

@Test func theLargestWeightOfEachChannelIs127() throws {
    let graph = try dense(weights: [1, -2, 0.5, 0.25, 0, 0], bias: [0, 0, 0], inputs: 2)
    let weights = try #require(graph.values.first { $0.name == "weights" })
    #expect(weights.constant == .int8([64, -127, 127, 64, 0, 0]))
    #expect(weights.type.quantization?.axis == 0 && weights.type.quantization?.scales.count == 3)
}

@Test func aHugeBiasIsGivenCoarserWeightsInsteadOfOverflowing() throws {
    let graph = try dense(weights: [1e-6, 1e-6], bias: [1000], inputs: 2)
    guard case .int32(let bias) = graph.values.first(where: { $0.name == "dense.bias" })?.constant else {
        Issue.record("no bias")
        return
    }
    #expect(bias[0] > 0 && bias[0] < 1 << 30)
}

@Test func weightsThatAreNotFiniteAreRefusedWithTheirNode() {
    #expect { _ = try dense(weights: [.nan, 1], bias: [0], inputs: 2) } throws: {
        ($0 as? EdgeError)?.line.contains("dense") == true
    }
}

@Test func aValueThatIsNotFiniteStopsCalibration() throws {
    var graph = Graph(name: "g")
    let input = graph.addInput("input", TensorType(.float32, [1, 2]))
    graph.outputs = [try graph.add(ReLU(), name: "relu", inputs: [input])]
    var calibration = try Calibration(graph)
    #expect { try calibration.observe([.float32([.infinity, 0])], name: "picture 3") } throws: {
        ($0 as? EdgeError)?.line.contains("picture 3") == true
    }
}

@Test func operationsWithoutAnIntegerFormStayInFloat() throws {
    // A convolution in integers, a power of its result in floats, and a pool of that in integers again.
    var graph = Graph(name: "g")
    let input = graph.addInput("input", TensorType(.float32, [1, 2, 2, 1]))
    let weights = graph.addConstant("w", [1, 1, 1, 1], .float32([0.5]))
    let half = try graph.add(Convolution(), name: "half", inputs: [input, weights])
    let two = graph.addConstant("two", [], .float32([2]))
    let square = try graph.add(Arithmetic(.power), name: "square", inputs: [half, two])
    graph.outputs = [try graph.add(MaxPool(window: Extent(2, 2), strides: .one), name: "pool", inputs: [square])]
    let ranges = [ValueRange?](repeating: ValueRange(minimum: 0, maximum: 1), count: graph.values.count)
    let quantized = try Quantizer(graph, ranges: ranges).quantized()
    let names = quantized.nodes.map { type(of: $0.operation).name }
    #expect(names == ["convolution", "dequantize", "arithmetic", "quantize", "max-pool"])
    #expect(quantized.floatNodes.map(\.name) == ["square"])
    // 255, 51, 102 and 0 steps of 1/255: half of 1 is 127.5 steps, stored as 128; its square is 64.25 steps.
    let y = try ReferenceInterpreter(quantized).run([.int8([127, -77, -26, -128])])
    #expect(y[0] == .int8([-64]))
}
