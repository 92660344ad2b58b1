import EdgeFormat
import Foundation
import ModelGraph
import Quantization
import TestSupport
import Testing

/// The inputs of a quantized graph that stand for those of the float one.
private func quantized(_ inputs: [TensorData], for graph: Graph) throws -> [TensorData] {
    try zip(graph.inputs, inputs).map { id, data in
        switch data {
        case .float32(let elements):
            let quantization = try graph.values[id].type.activationQuantization
            return .int16(elements.map { quantization.quantize(word: $0) })
        case .int64(let elements): return .int32(elements.map { Int32($0) })
        default: return data
        }
    }
}

/// Signal over noise of a quantized graph's output in decibels.
private func signalToNoise(_ float: Graph, _ integer: Graph) throws -> Double {
    var (signal, noise) = (0.0, 0.0)
    for seed in 1...6 as ClosedRange<UInt64> {
        let inputs = DrawnDenoiser.inputs(float, seed: seed)
        let wanted = try #require(try ReferenceInterpreter(float).run(inputs).first?.floats)
        let words = try #require(
            try ReferenceInterpreter(integer).run(quantized(inputs, for: integer)).first?.words)
        let quantization = try integer.values[integer.outputs[0]].type.activationQuantization
        for (a, b) in zip(wanted, words) {
            signal += Double(a * a)
            noise += pow(Double(a - quantization.dequantize(word: b)), 2)
        }
    }
    return 10 * log10(signal / noise)
}

@Test(arguments: 1...4 as ClosedRange<UInt64>)
func aQuantizedDenoiserPredictsNearlyTheSame(_ seed: UInt64) throws {
    let graph = try TestModels.denoiserGraph(seed: seed)
    #expect(try signalToNoise(graph, TestModels.quantized(graph)) > 28)
}

@Test func layersThatKeepSixteenBitsBringTheResultNearer() throws {
    let graph = try TestModels.denoiserGraph(seed: 2)
    var recipe = QuantizationRecipe()
    recipe.sixteenBit = graph.simplified().nodes.filter { $0.operation.name.hasPrefix("convolution") }.map(\.name)
    let (eight, sixteen) = (
        try signalToNoise(graph, TestModels.quantized(graph)),
        try signalToNoise(graph, TestModels.quantized(graph, recipe: recipe))
    )
    #expect(sixteen > eight + 2, "\(eight) dB, then \(sixteen) dB")
}

extension ModelGraph.Operation {
    fileprivate var name: String { type(of: self).name }
}

@Test func eightBitsAreReadByConvolutionsAndSixteenByWhatAdds() throws {
    let graph = try TestModels.quantized(try TestModels.denoiserGraph(seed: 2))
    func element(_ id: Graph.ValueID) -> ElementType { graph.values[id].type.element }
    let ends = Set(graph.inputs + graph.outputs)
    for node in graph.nodes {
        let touchesEnd = !ends.isDisjoint(with: node.inputs + node.outputs)
        switch node.operation {
        case is Convolution, is ConvolutionAddition:
            #expect(element(node.inputs[0]) == (touchesEnd ? .int16 : .int8), "\(node.name)")
            if node.inputs.count > 3 { #expect(element(node.inputs[3]) == .int16) }
        case is GroupNormalization, is Dense, is Addition: #expect(element(node.inputs[0]) == .int16, "\(node.name)")
        case is Concatenation: #expect(element(node.outputs[0]) == .int8)
        default: break
        }
    }
    #expect(element(graph.inputs[0]) == .int16 && element(graph.outputs[0]) == .int16)
    #expect(graph.inputs.dropFirst().allSatisfy { element($0) == .int32 })
}

@Test func aValueIsRescaledOnceForAllWhoReadIt() throws {
    let graph = try TestModels.quantized(try TestModels.denoiserGraph(seed: 2))
    let rescaled = graph.nodes.filter { $0.operation is Rescale }.map { $0.inputs[0] }
    #expect(!rescaled.isEmpty && Set(rescaled).count == rescaled.count)
}

@Test func halvesOfASkipKeepScalesOfTheirOwn() throws {
    let graph = try TestModels.quantized(try TestModels.denoiserGraph(seed: 2))
    for node in graph.nodes where node.operation is Concatenation {
        // The parts have one scale; what they were normalized from has two.
        let sources = try node.inputs.map { part in
            let norm = graph.nodes[try #require(graph.producer(of: part))]
            #expect(norm.operation is GroupNormalization)
            return graph.values[norm.inputs[0]].type.quantization
        }
        #expect(Set(node.inputs.map { graph.values[$0].type.quantization?.scales }).count == 1)
        #expect(sources[0] != sources[1])
    }
}

@Test func longRowsOfSixteenBitProductsStayBelowThirtyTwoBits() throws {
    var graph = Graph(name: "long")
    let x = graph.addInput("x", TensorType(.float32, [1, 2, 2, 2048]))
    let t = graph.addInput("t", TensorType(.int64, [1]))
    let weights = graph.addConstant("weights", [1, 1, 1, 2048], .float32([Float](repeating: 0.5, count: 2048)))
    let y = try graph.add(Convolution(), name: "sum", inputs: [x, weights])
    let wave = try graph.add(Sinusoid(frequencies: [1]), name: "wave", inputs: [t])
    graph.outputs = [y, wave]
    var ranges = [ValueRange?](repeating: nil, count: graph.values.count)
    for id in [x, y] { ranges[id] = ValueRange(minimum: -1, maximum: 1) }
    let quantized = try Quantizer(graph, ranges: ranges).quantized()
    let integers = try #require(quantized.values.first { $0.name == "weights" }?.constant?.bytes)
    let sum = integers.reduce(0) { $0 + Int($1.magnitude) }
    #expect(sum * 32767 < 1 << 31 && sum * 32767 > 1 << 30)
}
