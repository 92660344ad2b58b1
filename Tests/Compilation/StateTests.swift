import Compilation
import EdgeFormat
import Inference
import ModelGraph
import Quantization
import Testing

/// A sum of all inputs and a state that follows it one run behind, which is the second output.
private func graph() throws -> Graph {
    var graph = Graph(name: "sums")
    let x = graph.addInput("x", TensorType(.float32, [1, 3]))
    let sum = graph.addState("sum", [1, 3], .float32)
    let late = graph.addState("late", [1, 3], .float32)
    let y = try graph.add(Arithmetic(.addition), name: "y", inputs: [sum, x])
    graph.values[sum].next = y
    // A state that becomes what another one is, before that changes.
    graph.values[late].next = sum
    graph.outputs = [y, try graph.add(Identity(), name: "behind", inputs: [late])]
    return graph
}

private func matches(_ graph: Graph) throws {
    let session = try Session(Model(bytes: Compiler.compile(graph, CompilationOptions()).file, place: "states"))
    #expect(session.hasStates)
    let interpreter = try ReferenceInterpreter(graph)
    for _ in 0..<2 {
        var states: [Graph.ValueID: TensorData] = [:]
        for run in 1...4 {
            let x = [Float(run), -0.5, Float(run * run)]
            try session.setInput(0, reals: x)
            session.run()
            let wanted = try interpreter.run([.float32(x)], states: &states)
            for (index, output) in wanted.enumerated() {
                #expect(try session.outputElements(index, as: Float.self) == output.floats, "run \(run)")
            }
        }
        session.reset()
    }
}

@Test func aSessionRemembersAsTheInterpreterDoes() throws { try matches(try graph()) }

@Test func verificationTakesEveryRunAsTheFirst() throws {
    let model = try Model(bytes: Compiler.compile(try graph(), CompilationOptions()).file, place: "states")
    #expect(try Verification(model).run() > 0)
}
