import EdgeFormat
import ModelFiles
import ModelGraph
import Testing

@Suite struct ONNXRoundTripTests {
    @Test func whatIsWrittenReadsBackAndComputesTheSame() throws {
        var random = SeededGenerator(seed: 3)
        for graph in try sampleGraphs() {
            let again = try ONNXFile.read(bytes: try ONNXFile.write(graph), name: graph.name)
            #expect(again.name == graph.name)
            #expect(again.metadata == graph.metadata)
            #expect(again.inputs.map { again.values[$0].name } == graph.inputs.map { graph.values[$0].name })
            #expect(again.outputs.map { again.values[$0].name } == graph.outputs.map { graph.values[$0].name })
            let x = graph.randomInput(&random)
            let wanted = try ReferenceInterpreter(graph).run([x])
            let results = try ReferenceInterpreter(again).run([x])
            #expect(results == wanted, "\(graph.name)")
        }
    }

    @Test func theSameGraphGivesTheSameBytes() throws {
        for (a, b) in zip(try sampleGraphs(), try sampleGraphs()) {
            #expect(try ONNXFile.write(a) == ONNXFile.write(b))
        }
    }

    @Test func integersAreNotWritten() throws {
        var graph = Graph(name: "integers")
        let x = graph.addInput("x", TensorType(.float32, [1, 4]))
        graph.outputs = [
            try graph.add(
                Quantize(), name: "q", inputs: [x], quantization: Quantization(scale: 1, zeroPoint: 0))
        ]
        let error = #expect(throws: EdgeError.self) { try ONNXFile.write(graph) }
        #expect(error?.line == "node 'q': ONNX has no operator for quantize")
    }

    @Test func namesThatCollideBecomeUnique() throws {
        var graph = Graph(name: "names")
        let x = graph.addInput("x", TensorType(.float32, [1, 4]))
        let y = try graph.add(ReLU(), name: "x", inputs: [x])
        graph.outputs = [try graph.add(ReLU(), name: "", inputs: [y])]
        let again = try ONNXFile.read(bytes: try ONNXFile.write(graph), name: "names")
        #expect(again.values.map(\.name) == ["x", "x_2", "value"])
    }
}
