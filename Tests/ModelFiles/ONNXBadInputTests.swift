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

    private func tinyDenoiser() throws -> [UInt8] {
        var random = SeededGenerator(seed: 8)
        var graph = Graph(name: "tiny")
        var x = graph.addInput("x", TensorType(.float32, [1, 2, 2, 1]))
        let t = graph.addInput("t", TensorType(.int64, [1]))
        let table = graph.addConstant("table", [2, 2], random.weights([2, 2], depth: 1))
        let time = try graph.add(Sinusoid(frequencies: [1]), name: "s", inputs: [t])
        let label = try graph.add(Embedding(), name: "l", inputs: [t, table])
        let row = try graph.add(Addition(), name: "a", inputs: [time, label])
        x = try graph.addConvolution("c", x, outputs: 2, size: .one, Convolution(), &random)
        x = try graph.add(Addition(), name: "b", inputs: [x, row])
        let norm = graph.addConstant("n.g", [2], .float32([1, 2]))
        x = try graph.add(GroupNormalization(groups: 1, epsilon: 1e-5), name: "n", inputs: [x, norm, norm])
        x = try graph.add(
            Upsampling(factor: Extent(2, 1)), name: "u", inputs: [try graph.add(SiLU(), name: "i", inputs: [x])])
        graph.outputs = [try graph.add(Concatenation(), name: "j", inputs: [x, x])]
        return try ONNXFile.write(graph)
    }

    /// Reading ends in an error of data or in a graph that runs.
    private func readsOrRefuses(_ bytes: [UInt8]) {
        do throws(EdgeError) {
            let graph = try ONNXFile.read(bytes: bytes, name: "m.onnx")
            let interpreter = try ReferenceInterpreter(graph)
            // A damaged dimension may ask for a large picture; only small ones are run.
            guard graph.values.map(\.type.count).reduce(0, +) < 100_000 else { return }
            var random = SeededGenerator(seed: 1)
            run(interpreter, graph.randomInputs(&random))
        } catch {
            #expect(error.kind == .data)
            #expect(error.line.hasPrefix("m.onnx: ") && !error.line.contains("\n"))
        }
    }

    /// Only an index into a table may be wrong.
    private func run(_ interpreter: ReferenceInterpreter, _ inputs: [TensorData]) {
        do throws(EdgeError) {
            _ = try interpreter.run(inputs)
        } catch {
            #expect(error.kind == .data && error.sentence.hasPrefix("index "))
        }
    }

    @Test func everyTruncation() throws {
        for bytes in [try tinyModel(), try tinyDenoiser()] {
            for count in 0..<bytes.count { readsOrRefuses(Array(bytes[..<count])) }
        }
    }

    @Test func randomBytes() throws {
        let models = [try tinyModel(), try tinyDenoiser()]
        var random = SeededGenerator(seed: 77)
        for round in 0..<8000 {
            let bytes = models[round % 2]
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
