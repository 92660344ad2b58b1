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

/// input → convolution → slices of its channels → concatenation of these and the convolution's function.
private func rejoined(_ slices: [Range<Int>]) throws(EdgeError) -> Graph {
    var graph = Graph(name: "rejoined")
    let input = graph.addInput("input", TensorType(.float32, [1, 2, 2, 1]))
    let weights = graph.addConstant("weights", [4, 1, 1, 1], .float32([1, 2, -3, 4]))
    let wide = try graph.add(Convolution(), name: "wide", inputs: [input, weights])
    var parts = [try graph.add(Tanh(), name: "tanh", inputs: [wide])]
    for range in slices {
        let slice = Rearrangement.slice(
            [1, 2, 2, 4], starts: [0, 0, 0, range.lowerBound], steps: [1, 1, 1, 1], counts: [1, 2, 2, range.count])
        parts.append(try graph.add(slice, name: "slice \(range)", inputs: [wide]))
    }
    graph.outputs = [try graph.add(Concatenation(), name: "joined", inputs: parts)]
    return graph
}

@Test(arguments: [
    ([0..<1, 1..<4], true), ([0..<2, 2..<3, 3..<4], true), ([1..<4, 0..<1], false), ([0..<1, 2..<4], false),
    ([0..<3], false), ([0..<1, 0..<1, 1..<4], true),
])
func theSlicesOfAPictureSideBySideAreThePicture(_ slices: [Range<Int>], _ isWhole: Bool) throws {
    let graph = try rejoined(slices)
    let simple = graph.simplified()
    let left = simple.nodes.filter { $0.operation is Rearrangement }.count
    #expect(left == (isWhole ? slices.count == 3 && slices[1] == 0..<1 ? 1 : 0 : slices.count))
    let input = TensorData.float32([1, -2, 0.5, 0])
    #expect(try ReferenceInterpreter(simple).run([input]) == ReferenceInterpreter(graph).run([input]))
}

/// Two inputs' functions, joined along an axis, then a function or a layer.
private func stacked(_ shape: [Int] = [1, 3, 2], axis: Int, isReadByLayer: Bool) throws(EdgeError) -> Graph {
    var graph = Graph(name: "stacked")
    var parts: [Graph.ValueID] = []
    for name in ["a", "b"] {
        let input = graph.addInput(name, TensorType(.float32, shape))
        parts.append(try graph.add(ReLU(), name: name + ".relu", inputs: [input]))
    }
    let joined = try graph.add(Concatenation(axis: axis), name: "joined", inputs: parts)
    guard isReadByLayer else {
        graph.outputs = [try graph.add(Sigmoid(), name: "sigmoid", inputs: [joined])]
        return graph
    }
    let flat = try graph.add(Flatten(), name: "flat", inputs: [joined])
    let weights = graph.addConstant("weights", [2, 12], .float32((0..<24).map { Float($0 % 7) - 3 }))
    graph.outputs = [try graph.add(Dense(), name: "dense", inputs: [flat, weights])]
    return graph
}

@Test(arguments: [(1, false), (2, false), (1, true), (2, true)])
func whatIsJoinedAlongAnyAxisStaysSo(_ axis: Int, _ isReadByLayer: Bool) throws {
    let graph = try stacked(axis: axis, isReadByLayer: isReadByLayer)
    let simple = graph.simplified()
    try simple.validate()
    let joins = simple.nodes.filter { $0.operation is Concatenation }
    #expect(joins.count == 1)
    let shape = joins.first.map { simple.values[$0.outputs[0]].type.shape }
    #expect(
        shape == (isReadByLayer ? (axis == 1 ? [1, 1, 1, 12] : [1, 1, 3, 4]) : axis == 1 ? [1, 6, 2] : [1, 3, 4]))
    let inputs = [TensorData.float32([1, -2, 3, 4, -5, 6]), .float32([-1, 2, 3, 0.5, 5, 6])]
    #expect(try ReferenceInterpreter(simple).run(inputs) == ReferenceInterpreter(graph).run(inputs))
}

@Test func rowsAreJoinedAsPictures() throws {
    let graph = try stacked([1, 6], axis: 1, isReadByLayer: false)
    let simple = graph.simplified()
    let join = try #require(simple.nodes.first { $0.operation is Concatenation })
    #expect(simple.values[join.outputs[0]].type.shape == [1, 1, 1, 12])
    let inputs = [TensorData.float32([1, -2, 3, 4, -5, 6]), .float32([-1, 2, 3, 0.5, 5, 6])]
    #expect(try ReferenceInterpreter(simple).run(inputs) == ReferenceInterpreter(graph).run(inputs))
}
