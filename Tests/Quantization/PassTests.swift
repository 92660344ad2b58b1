import EdgeFormat
import ModelGraph
import Quantization
import Testing

/// input → pad → convolution → identity → relu, with values that tell apart what the passes may break.
private func padded() throws(EdgeError) -> Graph {
    var graph = Graph(name: "padded")
    let input = graph.addInput("input", TensorType(.float32, [1, 4, 4, 1]))
    let pad = try graph.add(Pad(before: [0, 1, 1, 0], after: [0, 0, 2, 0]), name: "pad", inputs: [input])
    let weights = graph.addConstant("weights", [2, 3, 3, 1], .float32((0..<18).map { Float($0 % 5) - 2 }))
    let bias = graph.addConstant("bias", [2], .float32([0.5, -3]))
    let convolution = try graph.add(Convolution(), name: "convolution", inputs: [pad, weights, bias])
    let identity = try graph.add(Identity(), name: "identity", inputs: [convolution])
    graph.outputs = [try graph.add(ReLU(), name: "relu", inputs: [identity])]
    return graph
}

@Test func simplifyingLeavesOneConvolutionThatComputesTheSame() throws {
    let graph = try padded()
    let simple = graph.simplified()
    #expect(simple.nodes.count == 1)
    let convolution = try #require(simple.nodes.first?.operation as? Convolution)
    #expect(convolution.padding == Padding(top: 1, left: 1, bottom: 0, right: 2) && convolution.activation == .relu)
    let input = TensorData.float32((0..<16).map { Float($0) - 7 })
    #expect(try ReferenceInterpreter(simple).run([input]) == ReferenceInterpreter(graph).run([input]))
}

@Test func anActivationWhoseInputIsReadElsewhereIsNotFused() throws {
    var graph = try padded()
    graph.outputs.append(graph.nodes[1].outputs[0])  // the convolution itself is an output too
    #expect(graph.simplified().nodes.contains { $0.operation is ReLU })
}

@Test func aPadOfAnotherValueStays() throws {
    var graph = try padded()
    graph.nodes[0].operation = Pad(before: [0, 1, 1, 0], after: [0, 0, 2, 0], value: 1)
    #expect(graph.simplified().nodes.contains { $0.operation is Pad })
}
