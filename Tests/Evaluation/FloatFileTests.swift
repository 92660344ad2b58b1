import Compilation
import Datasets
import EdgeFormat
import Evaluation
import Foundation
import Inference
import ModelGraph
import Quantization
import Recognition
import TestSupport
import Testing

private let pictures = DrawnData.pictures(seed: 5, count: 40, split: .test)

/// A convolution and a dense layer over grey pictures of 9 × 9, ten classes.
private func classifier() throws(EdgeError) -> Graph {
    var graph = Graph(name: "classifier")
    var draw = SplitMix64(seed: 4)
    func drawn(_ shape: [Int]) -> TensorData {
        .float32(draw.bytes(shape.reduce(1, *)).map { Float(Int8(bitPattern: $0)) / 200 })
    }
    let input = graph.addInput("input", TensorType(.float32, [1, 9, 9, 1]))
    let kernel = graph.addConstant("kernel", [4, 3, 3, 1], drawn([4, 3, 3, 1]))
    let convolution = Convolution(padding: Padding(1), activation: .relu)
    let middle = try graph.add(convolution, name: "convolution", inputs: [input, kernel])
    let flat = try graph.add(Flatten(), name: "flatten", inputs: [middle])
    let weights = graph.addConstant("weights", [10, 324], drawn([10, 324]))
    graph.outputs = [try graph.add(Dense(), name: "dense", inputs: [flat, weights])]
    graph.metadata = ["swiftlet.input.mean": "0.25", "swiftlet.input.std": "0.5"]
    return graph
}

private func build(_ precision: QuantizationRecipe.Precision) -> ModelBuild {
    var build = ModelBuild()
    build.recipe.precision = precision
    return build
}

private func model(_ precision: QuantizationRecipe.Precision) throws -> Model {
    let graph = try classifier()
    let compiled = try build(precision).runFloat(graph, preprocessing: Preprocessing(graph: graph))
    return try Model(bytes: compiled.file, place: precision.rawValue)
}

@Test(arguments: [QuantizationRecipe.Precision.fp32, .fp16, .bf16, .int8Weights])
func aFloatFileTakesPicturesAsItsGraphDoes(_ precision: QuantizationRecipe.Precision) throws {
    let graph = try classifier()
    let stored = try graph.simplified().storingWeights(build(precision).recipe)
    let settings = try #require(try Preprocessing(graph: graph))
    let wanted = try Evaluation.run(stored, preprocessing: settings, pictures, threads: 1) { _ in }
    let model = try model(precision)
    let found = try Evaluation.run(model, pictures, kernels: .best, threads: 2) { _ in }
    #expect(found.accuracy == wanted.accuracy && found.outputCount == 10)
    for (x, y) in zip(found.outputs, wanted.outputs) { #expect(abs(x - y) < 1e-4) }
    #expect(
        model.file.meta[.recipe]
            == "--precision \(precision.rawValue) --input-color grey --input-mean 0.25 --input-std 0.5")
}

@Test func aSetAsksAFloatFileForItsAnswersAlone() throws {
    let model = try model(.fp16)
    var packed = try SetPacking.pack(pictures, indices: Array(0..<8), model: model, producer: "test", threads: 1) { _ in
    }
    .file
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("swiftlet-\(UUID()).set")
    defer { try? FileManager.default.removeItem(at: path) }
    try Data(packed).write(to: path)
    #expect(try SetVerification(path: path.path).run(Recognizer(model)) { _ in true }.count == 8)
    // Another digest of the outputs is nothing to complain of, where every result is close and not the same.
    let entry = try #require((0..<Int(packed[16])).first { packed[64 + 32 * $0] == 32 })
    let section = (0..<8).reduce(0) { $0 | Int(packed[64 + 32 * entry + 8 + $1]) << (8 * $1) }
    packed[section + 16 + 40] ^= 1
    try Data(try #require(ContainerWriter.mendingChecksums(packed))).write(to: path)
    #expect(try SetVerification(path: path.path).run(Recognizer(model)) { _ in true }.count == 8)
}
