import EdgeFormat
import Foundation
import ModelFiles
import ModelGraph
import Testing

private let peers = ProcessInfo.processInfo.environment["SWIFTLET_PEERS"].map { URL(fileURLWithPath: $0) }

/// One half of Tests/Peers/onnx-runtime.py, which sets the folder.
@Suite(.enabled(if: peers != nil, "run by Tests/Peers/onnx-runtime.py")) struct PeerTests {
    @Test func theirFilesComputeWhatTheirRuntimeComputes() throws {
        let folder = try #require(peers).appendingPathComponent("theirs")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".onnx") }
        #expect(!files.isEmpty)
        for file in files.sorted() {
            let path = folder.appendingPathComponent(file)
            do throws(EdgeError) {
                let graph = try ONNXFile.read(path: path.path)
                let x = fromFile(floats(path, "input"), graph.values[graph.inputs[0]])
                let outputs = try ReferenceInterpreter(graph).run([.float32(x)])
                for (index, output) in outputs.enumerated() {
                    let value = graph.values[graph.outputs[index]]
                    let y =
                        value.sourceAxes == nil
                        ? output.floats ?? [] : toFile(output.floats ?? [], shape: value.type.shape)
                    #expect(difference(y, floats(path, "output\(index)")) <= 1e-4, "\(file)")
                }
            } catch {
                Issue.record("\(error.line)")
            }
        }
    }

    @Test func ourFilesForTheirRuntime() throws {
        let folder = try #require(peers).appendingPathComponent("ours")
        var random = SeededGenerator(seed: 6)
        for graph in try sampleGraphs() + [UNet.graph(width: 16)] {
            let path = folder.appendingPathComponent(graph.name + ".onnx")
            try Data(ONNXFile.write(graph)).write(to: path)
            let inputs = graph.randomInputs(&random)
            for (index, input) in inputs.enumerated() {
                let suffix = index == 0 ? "input" : "input\(index)"
                if case .int64(let integers) = input {
                    try write(integers, path, suffix)
                } else {
                    try write(
                        toFile(input.floats ?? [], shape: graph.values[graph.inputs[index]].type.shape), path, suffix)
                }
            }
            for (index, output) in try ReferenceInterpreter(graph).run(inputs).enumerated() {
                let shape = graph.values[graph.outputs[index]].type.shape
                try write(toFile(output.floats ?? [], shape: shape), path, "output\(index)")
            }
        }
    }

    private func floats(_ path: URL, _ suffix: String) -> [Float] {
        let url = path.deletingPathExtension().appendingPathExtension(suffix)
        let data = (try? Data(contentsOf: url)) ?? Data()
        return data.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: $0 * 4, as: Float.self) }
        }
    }

    private func write(_ elements: [some BitwiseCopyable], _ path: URL, _ suffix: String) throws {
        try elements.withUnsafeBytes { Data($0) }
            .write(to: path.deletingPathExtension().appendingPathExtension(suffix))
    }

    /// N·C·H·W to N·H·W·C where the graph has a picture; other tensors as they are.
    private func fromFile(_ x: [Float], _ value: Graph.Value) -> [Float] {
        let shape = value.type.shape
        guard value.sourceAxes == [0, 3, 1, 2], x.count == shape.reduce(1, *) else { return x }
        let pixels = shape[1] * shape[2]
        return (0..<shape[0] * pixels).flatMap { place in
            (0..<shape[3]).map { x[(place / pixels * shape[3] + $0) * pixels + place % pixels] }
        }
    }

    /// N·H·W·C to N·C·H·W; other tensors as they are.
    private func toFile(_ x: [Float], shape: [Int]) -> [Float] {
        guard shape.count == 4 else { return x }
        let pixels = shape[1] * shape[2]
        return (0..<shape[0] * shape[3]).flatMap { plane in
            (0..<pixels).map { x[(plane / shape[3] * pixels + $0) * shape[3] + plane % shape[3]] }
        }
    }
}
