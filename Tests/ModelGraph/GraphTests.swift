import EdgeFormat
import ModelGraph
import Testing

@Suite struct GraphTests {
    /// x -> convolution -> relu -> flatten -> dense, with a branch that nothing uses.
    private func sample() throws -> Graph {
        var graph = Graph(name: "sample")
        let x = graph.addInput("input", TensorType(.float32, [1, 4, 4, 1]))
        let w = graph.addConstant("w", [2, 3, 3, 1], .float32((0..<18).map { Float($0) - 9 }))
        let y = try graph.add(Convolution(), name: "convolution", inputs: [x, w])
        _ = try graph.add(Sigmoid(), name: "unused", inputs: [y])
        let r = try graph.add(ReLU(), name: "relu", inputs: [y])
        let f = try graph.add(Flatten(), name: "flatten", inputs: [r])
        let v = graph.addConstant("v", [3, 8], .float32((0..<24).map { Float($0 % 5) }))
        graph.outputs = [try graph.add(Dense(), name: "dense", inputs: [f, v])]
        return graph
    }

    @Test func runs() throws {
        let graph = try sample()
        let interpreter = try ReferenceInterpreter(graph)
        let x = TensorData.float32((0..<16).map { Float($0) })
        let outputs = try interpreter.run([x])
        #expect(outputs.count == 1 && outputs[0].count == 3)
        let all = try interpreter.runAll([x])
        #expect(all.count == graph.values.count && all.allSatisfy { $0 != nil })
        #expect(all[graph.outputs[0]] == outputs[0])
        #expect(throws: EdgeError.self) { try interpreter.run([]) }
        #expect(throws: EdgeError.self) { try interpreter.run([.float32([1])]) }
        #expect(throws: EdgeError.self) { try interpreter.run([.int32([Int32](repeating: 0, count: 16))]) }
    }

    @Test func runsAlikeOnSeveralThreads() async throws {
        let interpreter = try ReferenceInterpreter(try sample())
        let x = TensorData.float32((0..<16).map { Float($0) * 0.37 })
        let alone = try interpreter.run([x])
        try await withThrowingTaskGroup(of: [TensorData].self) { group in
            for _ in 0..<4 { group.addTask { try interpreter.run([x]) } }
            for try await result in group { #expect(result == alone) }
        }
    }

    @Test func deadCodeGoes() throws {
        let graph = try sample()
        let lean = graph.removingDeadCode()
        #expect(lean.nodes.map(\.name) == ["convolution", "relu", "flatten", "dense"])
        #expect(!lean.values.contains { $0.name == "unused" })
        let x = TensorData.float32((0..<16).map { Float($0) })
        #expect(try ReferenceInterpreter(lean).run([x]) == ReferenceInterpreter(graph).run([x]))
        #expect(lean.removingDeadCode() == lean)
    }

    @Test func valuesAreReplacedEverywhere() throws {
        let graph = try sample()
        let relu = try #require(graph.nodes.first { $0.name == "relu" })
        let changed = graph.replacing(relu.outputs[0], by: relu.inputs[0])
        #expect(changed.users(of: relu.outputs[0]).isEmpty)
        #expect(changed.users(of: relu.inputs[0]).count == 3)
        #expect(graph.producer(of: relu.inputs[0]) == 0)
        #expect(graph.producer(of: graph.inputs[0]) == nil)
        #expect(!changed.removingDeadCode().nodes.contains { $0.name == "relu" })
    }

    @Test func textNamesEveryNode() throws {
        let text = try sample().text
        #expect(text.contains("%2 'convolution' float32 1x2x2x2 = convolution[strides 1x1, padding 0,0,0,0,"))
        #expect(text.contains("input %0 'input' float32 1x4x4x1"))
        #expect(text == (try sample().text))
    }

    @Test func invalidGraphsAreRefused() throws {
        func refuse(_ sentence: String, _ damage: (inout Graph) -> Void) throws {
            var graph = try sample()
            damage(&graph)
            let error = #expect(throws: EdgeError.self) { try graph.validate() }
            #expect(error?.line.contains(sentence) == true, "\(error?.line ?? "accepted")")
        }
        try refuse("not computed before it is used") { $0.nodes.swapAt(0, 2) }
        try refuse("is no value") { $0.nodes[0].inputs[1] = 99 }
        try refuse("is no value") { $0.nodes[0].inputs[1] = -1 }
        try refuse("computed twice") { $0.nodes[2].outputs = $0.nodes[0].outputs }
        try refuse("but float32 1x2x2x2 is computed") { $0.values[$0.nodes[0].outputs[0]].type.shape = [1, 3, 3, 2] }
        try refuse("there are no outputs") { $0.outputs = [] }
        try refuse("is not computed") { $0.outputs = [77] }
        try refuse("given twice") { $0.inputs = [0, 0] }
        try refuse("holds 17 float32 elements") { $0.values[1].constant = .float32([Float](repeating: 0, count: 17)) }
        try refuse("more than 268435456 elements") { $0.values[0].type.shape = [1 << 40, 1 << 40, 1] }
        try refuse("a dimension below 1") { $0.values[0].type.shape = [1, -4, 4, 1] }
        try refuse("a scale is not finite and above 0") {
            $0.values[0].type.quantization = Quantization(scale: .nan, zeroPoint: 0)
        }
        try refuse("0 inputs; 2 are needed") { $0.nodes[0].inputs = [] }
        try refuse("stride 0 is outside 1 ... 65536") { $0.nodes[0].operation = Convolution(strides: Extent(0, 1)) }
        try refuse("group 3 does not divide 1 channels") { $0.nodes[0].operation = Convolution(groups: 3) }
        try refuse("does not fit into a picture of 4x4") {
            $0.nodes[0].operation = Convolution(dilations: Extent(2, 2))
        }
    }
}
