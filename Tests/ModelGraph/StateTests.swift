import EdgeFormat
import ModelGraph
import Testing

/// What the graph remembers is the sum of all inputs, and that is its output too.
private func sum() throws -> Graph {
    var graph = Graph(name: "sum")
    let x = graph.addInput("x", TensorType(.float32, [2]))
    let state = graph.addState("state", [2], .float32)
    let y = try graph.add(Arithmetic(.addition), name: "y", inputs: [state, x])
    graph.values[state].next = y
    graph.outputs = [y]
    return graph
}

@Suite struct StateTests {
    @Test func aStateGoesOnFromRunToRun() throws {
        let interpreter = try ReferenceInterpreter(try sum())
        var states: [Graph.ValueID: TensorData] = [:]
        #expect(try interpreter.run([.float32([1, 2])], states: &states) == [.float32([1, 2])])
        #expect(try interpreter.run([.float32([1, 2])], states: &states) == [.float32([2, 4])])
        #expect(try interpreter.run([.float32([1, 2])]) == [.float32([1, 2])])
    }

    @Test func whatAStateBecomesIsNoDeadCode() throws {
        var graph = try sum()
        let unused = try graph.add(ReLU(), name: "unused", inputs: graph.outputs)
        // The output does not depend on the state, and what the state becomes on nothing else.
        graph.outputs = [try graph.add(ReLU(), name: "output", inputs: graph.inputs)]
        let lean = graph.removingDeadCode()
        #expect(lean.nodes.map(\.name) == ["y", "output"])
        #expect(lean.states.count == 1 && !lean.values.contains { $0.name == "unused" })
        #expect(graph.values[unused].name == "unused")
        let state = try #require(lean.states.first)
        #expect(lean.values[try #require(lean.values[state].next)].name == "y")
        try lean.validate()
    }

    @Test func aStateStaysWhatItIs() throws {
        var graph = try sum()
        graph.values[graph.states[0]].next = graph.values.count
        #expect(throws: EdgeError.self) { try graph.validate() }
        graph.values[graph.states[0]].next = try graph.add(Reshape(shape: [1, 2]), name: "z", inputs: graph.outputs)
        #expect(throws: EdgeError.self) { try graph.validate() }
    }

    @Test func theTextSaysWhatIsRemembered() throws {
        #expect(try sum().text.contains("%1 'state' state, next %2, float32 2"))
    }
}
