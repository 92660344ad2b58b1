import EdgeFormat
import Foundation
import ModelFiles
import ModelGraph
import Testing

@Suite struct ONNXBadInputTests {
    private func tinyModel() throws -> [UInt8] {
        var random = SeededGenerator(seed: 8)
        var graph = Graph(name: "tiny")
        graph.metadata["swiftlet.input.color"] = "grey"
        var x = graph.addInput("input", TensorType(.float32, [1, 4, 4, 1]))
        x = try graph.addConvolution("c", x, outputs: 2, size: Extent(3, 3), Convolution(activation: .relu), &random)
        x = try graph.add(MaxPool(window: Extent(2, 2), strides: .one), name: "p", inputs: [x])
        x = try graph.add(Reshape(shape: [1, 2]), name: "r", inputs: [x])
        graph.outputs = [try graph.addDense("d", x, outputs: 3, &random)]
        return try ONNXFile.write(graph)
    }

    /// Reading ends in an error of data or in a graph that runs.
    private func readsOrRefuses(_ bytes: [UInt8]) {
        do throws(EdgeError) {
            let graph = try ONNXFile.read(bytes: bytes, name: "m.onnx")
            let interpreter = try ReferenceInterpreter(graph)
            let inputs = graph.inputs.map { id in
                TensorData.float32([Float](repeating: 0.5, count: graph.values[id].type.count))
            }
            // A damaged dimension may ask for a large picture; only small ones are run.
            let elements = graph.values.map(\.type.count).reduce(0, +)
            if elements < 100_000 { _ = try interpreter.run(inputs) }
        } catch {
            #expect(error.kind == .data)
            #expect(error.line.hasPrefix("m.onnx: ") && !error.line.contains("\n"))
        }
    }

    @Test func everyTruncation() throws {
        let bytes = try tinyModel()
        for count in 0..<bytes.count { readsOrRefuses(Array(bytes[..<count])) }
    }

    @Test func randomBytes() throws {
        let bytes = try tinyModel()
        var random = SeededGenerator(seed: 77)
        for _ in 0..<4000 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                damaged[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            readsOrRefuses(damaged)
        }
    }

    @Test func emptyAndForeignFiles() throws {
        func line(_ bytes: [UInt8]) -> String? {
            #expect(throws: EdgeError.self) { try ONNXFile.read(bytes: bytes, name: "m.onnx") }?.line
        }
        #expect(line([]) == "m.onnx: the file is empty")
        #expect(line(Array("EDGE and more".utf8)) == "m.onnx: not an ONNX file, or cut short")
        #expect(line([0x08, 0x07]) == "m.onnx: not an ONNX model: there are no nodes in it")
        let error = #expect(throws: EdgeError.self) { try ONNXFile.read(path: "/nowhere/m.onnx") }
        #expect(error?.kind == .system && error?.line.hasPrefix("/nowhere/m.onnx: ") == true)
    }
}
