import EdgeFormat
import Foundation
import ModelFiles
import ModelGraph
import Testing

/// Models of other makers, where the shared folder is there.
@Suite(.enabled(if: sharedFolder != nil, "not run: no ../shared")) struct SharedModelTests {
    private struct Golden: Decodable {
        struct Tensor: Decodable {
            var shape: [Int]
            var lo: Double?
            var hi: Double?
            var step: Int?
            var values: [Double]?
        }
        struct Model: Decodable {
            var model: String
            var inputs: [Tensor]
            var outputs: [Tensor]
        }
        var models: [Model]
    }

    private func models() throws -> URL { try #require(sharedFolder).appendingPathComponent("data/models") }

    @Test(arguments: ["float/mnist-8.onnx", "float/mobilenet_v1_0.25_224.onnx"])
    func computesAsOtherRuntimesDo(name: String) throws {
        let golden = try JSONDecoder().decode(
            Golden.self, from: Data(contentsOf: try models().appendingPathComponent("golden/golden.json")))
        let model = try #require(golden.models.first { $0.model == name })
        let graph = try ONNXFile.read(path: try models().appendingPathComponent(name).path)
        let shape = model.inputs[0].shape
        let (low, high) = (model.inputs[0].lo ?? 0, model.inputs[0].hi ?? 1)
        var state: UInt32 = 1
        let given = (0..<shape.reduce(1, *)).map { _ -> Float in
            state = state &* 1_664_525 &+ 1_013_904_223
            return Float(low + (high - low) * Double(state >> 8) / 16_777_216)
        }
        // The rule fills channel by channel; the graph wants pixel by pixel.
        let pixels = shape[2] * shape[3]
        let x = (0..<pixels).flatMap { pixel in (0..<shape[1]).map { given[$0 * pixels + pixel] } }
        let result = try #require(try ReferenceInterpreter(graph).run([.float32(x)])[0].floats)
        let step = try #require(model.outputs[0].step)
        let wanted = try #require(model.outputs[0].values).map { Float($0) }
        let values = stride(from: 0, to: result.count, by: step).map { result[$0] }
        let range = (wanted.max() ?? 0) - (wanted.min() ?? 0)
        #expect(difference(values, wanted) <= 1e-3 * range)
    }

    @Test func invalidFilesAreRefused() throws {
        let folder = try models().appendingPathComponent("invalid")
        let sentences = [
            "truncated.onnx": "not an ONNX file, or cut short",
            "cycle.onnx": "computed only later",
            "external-data-outside.onnx": "the file is outside of the model's folder, and is not opened",
            "negative-dimension.onnx": "a dimension below 1",
            "dimension-overflow.onnx": "more than 268435456 elements",
        ]
        for (file, sentence) in sentences {
            let error = #expect(throws: EdgeError.self) {
                try ONNXFile.read(path: folder.appendingPathComponent(file).path)
            }
            #expect(error?.kind == .data && error?.sentence.contains(sentence) == true, "\(error?.line ?? file)")
        }
    }

    /// Whatever others' models are made of, their importing ends in a valid graph.
    @Test(arguments: ["float", "int8"]) func everyModelIsRead(folder: String) throws {
        let folder = try models().appendingPathComponent(folder)
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        where file.hasSuffix(".onnx") && !file.contains("_qop") {
            // Its sequences have any length.
            let options = ImportOptions(inputShapes: file.contains("lstm") ? ["input": [1, 32]] : [:])
            do throws(EdgeError) {
                let graph = try ONNXFile.read(path: folder.appendingPathComponent(file).path, options: options)
                #expect(!graph.nodes.isEmpty)
            } catch {
                Issue.record("\(error.line)")
            }
        }
    }
}
