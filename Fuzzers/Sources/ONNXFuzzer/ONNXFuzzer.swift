import EdgeFormat
import Foundation
import ModelFiles
import ModelGraph

/// Any bytes are refused with an error of one line, or are a graph that runs and can be written and read again. The same
/// holds with what a person may say about a model's inputs.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    readAndRun(bytes, ImportOptions())
    for (name, constant) in constants where contains(bytes, name) {
        readAndRun(bytes, ImportOptions(constants: [name: constant]))
    }
    for name in ["x", "data"] where contains(bytes, name) {
        readAndRun(bytes, ImportOptions(inputShapes: [name: [1, 2, 3, 4]]))
    }
    return 0
}

/// Inputs of the standard's tests that are constants in real models.
private let constants: [(String, ImportOptions.Constant)] = [
    ("shape", ImportOptions.Constant(shape: [2], data: .int64([2, -1]))),
    ("axes", ImportOptions.Constant(shape: [1], data: .int64([1]))),
    ("k", ImportOptions.Constant(shape: [1], data: .int64([2]))),
    ("sizes", ImportOptions.Constant(shape: [4], data: .int64([1, 1, 3, 5]))),
    ("scales", ImportOptions.Constant(shape: [4], data: .float32([1, 1, 0.6, 2.5]))),
    ("pads", ImportOptions.Constant(shape: [8], data: .int64([0, 0, 1, -1, 0, 0, 2, 1]))),
    ("starts", ImportOptions.Constant(shape: [0], data: .int64([]))),
]

private func contains(_ bytes: [UInt8], _ name: String) -> Bool {
    let name = Array(name.utf8)
    guard bytes.count > name.count else { return false }
    return (0..<bytes.count - name.count).contains { start in
        Int(bytes[start]) == name.count && bytes[(start + 1)...].starts(with: name)
    }
}

private func readAndRun(_ bytes: [UInt8], _ options: ImportOptions) {
    do throws(EdgeError) {
        let graph = try ONNXFile.read(bytes: bytes, name: "fuzz", options: options)
        // A valid file may ask for a large picture or a large window; only quick ones are run.
        let elements = graph.values.map(\.type.count).reduce(0, +)
        guard elements < 10_000 else { return }
        let inputs = graph.inputs.map { graph.values[$0].type }.map { type in
            type.element.isFloat
                ? TensorData(type.element, reals: (0..<type.count).map { Float($0 % 7) / 2 - 1 })
                : TensorData(type.element, wholes: (0..<type.count).map { Int64($0 % 4) })
        }
        _ = try ReferenceInterpreter(graph).run(inputs)
        _ = try ONNXFile.read(bytes: try ONNXFile.write(graph), name: "again")
    } catch {
        precondition(!error.line.isEmpty && !error.line.contains("\n"))
    }
}

/// Writes what the fuzzer begins with into the folder FUZZ_SEEDS, where that is set.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ argc: UnsafeMutableRawPointer?, _ argv: UnsafeMutableRawPointer?) -> Int32 {
    guard let folder = ProcessInfo.processInfo.environment["FUZZ_SEEDS"] else { return 0 }
    do {
        for (name, graph) in [("classifier", try classifier()), ("denoiser", try denoiser())] {
            let file = URL(fileURLWithPath: folder).appendingPathComponent(name + ".onnx")
            try Data(ONNXFile.write(graph)).write(to: file)
        }
    } catch {
        print("no seed: \(error)")
    }
    return 0
}

private func ramp(_ count: Int) -> TensorData { .float32((0..<count).map { Float($0 % 7) - 3 }) }

/// A small graph with most operators of classifiers.
private func classifier() throws(EdgeError) -> Graph {
    var graph = Graph(name: "classifier")
    graph.metadata["swiftlet.input.color"] = "grey"
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

/// A small graph with the other operators, those of a network that predicts noise.
private func denoiser() throws(EdgeError) -> Graph {
    var graph = Graph(name: "denoiser")
    var x = graph.addInput("x", TensorType(.float32, [1, 4, 4, 4]))
    let time = graph.addInput("t", TensorType(.int64, [1]))
    let label = graph.addInput("label", TensorType(.int64, [1]))
    let phases = try graph.add(Sinusoid(frequencies: [1, 0.1]), name: "time", inputs: [time])
    let table = graph.addConstant("labels", [5, 4], ramp(20))
    let row = try graph.add(Embedding(), name: "label.row", inputs: [label, table])
    let sum = try graph.add(Addition(), name: "sum", inputs: [phases, row])
    let bend = try graph.add(SiLU(), name: "bend", inputs: [sum])
    let factors = graph.addConstant("factors", [4], ramp(4))
    let offsets = graph.addConstant("offsets", [4], ramp(4))
    let norm = try graph.add(
        GroupNormalization(groups: 2, epsilon: 1e-5), name: "norm", inputs: [x, factors, offsets])
    x = try graph.add(Addition(), name: "shifted", inputs: [norm, bend])
    x = try graph.add(Concatenation(), name: "beside", inputs: [x, norm])
    graph.outputs = [try graph.add(Upsampling(factor: Extent(2, 2)), name: "larger", inputs: [x])]
    return graph
}
