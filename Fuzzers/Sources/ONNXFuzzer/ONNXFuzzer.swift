import EdgeFormat
import Foundation
import ModelFiles
import ModelGraph

/// Any bytes are refused with an error of one line, or are a graph that runs and can be written and read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    do throws(EdgeError) {
        let graph = try ONNXFile.read(bytes: bytes, name: "fuzz")
        // A valid file may ask for a large picture or a large window; only quick ones are run.
        let elements = graph.values.map(\.type.count).reduce(0, +)
        guard elements < 10_000 else { return 0 }
        let inputs = graph.inputs.map {
            TensorData.float32([Float](repeating: 0.5, count: graph.values[$0].type.count))
        }
        _ = try ReferenceInterpreter(graph).run(inputs)
        _ = try ONNXFile.read(bytes: try ONNXFile.write(graph), name: "again")
    } catch {
        precondition(!error.line.isEmpty && !error.line.contains("\n"))
    }
    return 0
}

/// Writes what the fuzzer begins with into the folder FUZZ_SEEDS, where that is set.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ argc: UnsafeMutableRawPointer?, _ argv: UnsafeMutableRawPointer?) -> Int32 {
    guard let folder = ProcessInfo.processInfo.environment["FUZZ_SEEDS"] else { return 0 }
    do {
        try Data(ONNXFile.write(seed())).write(to: URL(fileURLWithPath: folder).appendingPathComponent("seed.onnx"))
    } catch {
        print("no seed: \(error)")
    }
    return 0
}

/// A small graph with most operators.
private func seed() throws(EdgeError) -> Graph {
    var graph = Graph(name: "seed")
    graph.metadata["swiftlet.input.color"] = "grey"
    let ramp = { (count: Int) in TensorData.float32((0..<count).map { Float($0 % 7) - 3 }) }
    var x = graph.addInput("input", TensorType(.float32, [1, 5, 6, 2]))
    x = try graph.add(Pad(before: [0, 1, 0, 0], after: [0, 0, 1, 0]), name: "pad", inputs: [x])
    let filters = graph.addConstant("w", [4, 2, 3, 1], ramp(24))
    let bias = graph.addConstant("b", [4], ramp(4))
    x = try graph.add(
        Convolution(strides: Extent(1, 2), padding: Padding(1), groups: 2, activation: .clip(minimum: -1, maximum: 2)),
        name: "convolution", inputs: [x, filters, bias])
    x = try graph.add(MaxPool(window: Extent(2, 2), strides: .one, padding: Padding(1)), name: "largest", inputs: [x])
    x = try graph.add(AveragePool(window: Extent(2, 2), strides: Extent(2, 2)), name: "mean", inputs: [x])
    x = try graph.add(Tanh(), name: "tanh", inputs: [x])
    x = try graph.add(Flatten(), name: "flatten", inputs: [x])
    let columns = graph.values[x].type.shape[1]
    let weights = graph.addConstant("d", [3, columns], ramp(3 * columns))
    x = try graph.add(Dense(activation: .relu), name: "dense", inputs: [x, weights])
    x = try graph.add(Reshape(shape: [1, 1, 3]), name: "reshape", inputs: [x])
    graph.outputs = [try graph.add(Softmax(), name: "softmax", inputs: [x])]
    return graph
}
