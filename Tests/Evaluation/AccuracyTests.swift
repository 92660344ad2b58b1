import Compilation
import Datasets
import EdgeFormat
import Evaluation
import Imaging
import Inference
import ModelGraph
import Quantization
import TestSupport
import Testing

private let pictures = DrawnData.pictures(seed: 5, count: 150, split: .test)

@Test func theNumberOfThreadsChangesNothing() throws {
    let model = try Model(bytes: try TestModels.tiny().file, place: "tiny")
    let one = try Evaluation.run(model, pictures, kernels: .best, threads: 1) { _ in }
    let three = try Evaluation.run(model, pictures, kernels: .best, threads: 3) { _ in }
    #expect(one.accuracy == three.accuracy && one.outputs == three.outputs)
    #expect(one.accuracy.total == 150 && one.outputCount == 6 && one.outputs.count == 900)
    #expect(one.accuracy.right <= one.accuracy.rightInFive)
}

@Test func everyKernelSetGivesTheSameOutputs() throws {
    let model = try Model(bytes: try TestModels.tiny().file, place: "tiny")
    let outputs = try KernelSet.available.map {
        try Evaluation.run(model, pictures, kernels: $0, threads: 2) { _ in }.outputs
    }
    #expect(outputs.allSatisfy { $0 == outputs[0] })
}

/// One dense layer over a 4 × 4 picture whose answer is 1 where the picture's left half is lighter than its right one.
private func halves() throws(EdgeError) -> Graph {
    var graph = Graph(name: "halves")
    let input = graph.addInput("input", TensorType(.float32, [1, 4, 4, 1]))
    let flat = try graph.add(Flatten(), name: "flatten", inputs: [input])
    let row: [Float] = [-1, -1, 1, 1]
    let weights = (0..<4).flatMap { _ in row } + (0..<4).flatMap { _ in row.map { -$0 } }
    let w = graph.addConstant("weights", [2, 16], .float32(weights))
    graph.outputs = [try graph.add(Dense(), name: "dense", inputs: [flat, w])]
    return graph
}

@Test func aGraphIsEvaluatedOnThePixelsThatTheDeviceSees() throws {
    let graph = try halves()
    let preprocessing = try #require(try Preprocessing(graph: graph))
    let result = try Evaluation.run(graph, preprocessing: preprocessing, pictures, threads: 2) { _ in }
    let processor = preprocessing.processor()
    for index in [0, 77, 149] {
        let picture = try processor.resize(pictures.picture(index, color: .grey))
        var difference: Float = 0
        for (place, pixel) in picture.bytes.enumerated() { difference += Float(pixel) / 255 * (place % 4 < 2 ? 1 : -1) }
        #expect(abs(result.outputs[2 * index + 1] - difference) < 1e-4)
    }
}
