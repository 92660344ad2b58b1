import Compilation
import Datasets
import EdgeFormat
import Evaluation
import Foundation
import Imaging
import Inference
import ModelGraph
import Quantization
import TestSupport
import Testing

/// Pictures of ten patterns, each faint under noise.
private func makePictures(seed: UInt64, count: Int) throws -> LabelledPictures {
    var (patterns, draw) = (SplitMix64(seed: 1), SplitMix64(seed: seed))
    let ten = (0..<10).map { _ in patterns.bytes(28 * 28) }
    var pixels: [UInt8] = []
    let labels = (0..<count).map { UInt8($0 % 10) }
    for label in labels {
        for (pattern, noise) in zip(ten[Int(label)], draw.bytes(28 * 28)) {
            pixels.append(UInt8(30 + Int(noise) * 5 / 8 + Int(pattern) / 8))
        }
    }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("search-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func number(_ value: Int) -> [UInt8] { [0, 0, UInt8(value >> 8), UInt8(value & 255)] }
    let images = [0, 0, 8, 3] + number(count) + number(28) + number(28) + pixels
    try Data(images).write(to: folder.appendingPathComponent("train-images-idx3-ubyte"))
    try Data([0, 0, 8, 1] + number(count) + labels).write(to: folder.appendingPathComponent("train-labels-idx1-ubyte"))
    return try DataSource.open(folder.path, split: .train)
}

private let drawn = Result {
    (teaching: try makePictures(seed: 2, count: 2000), judging: try makePictures(seed: 3, count: 400))
}

/// Two convolutions whose weights are drawn, and a dense layer that has learned patterns by their results.
private func makeClassifier() throws -> Graph {
    var graph = Graph(name: "patterns")
    var draw = SplitMix64(seed: 5)
    func drawn(_ shape: [Int]) -> TensorData {
        let depth = Float(shape.dropFirst().reduce(1, *)).squareRoot()
        return .float32(draw.bytes(shape.reduce(1, *)).map { (Float($0) / 128 - 1) * 2 / depth })
    }
    var x = graph.addInput("input", TensorType(.float32, [1, 28, 28, 1]))
    for (name, inputs) in [("first", 1), ("second", 8)] {
        let shape = [8, 3, 3, inputs]
        let w = graph.addConstant(name + ".w", shape, drawn(shape))
        let b = graph.addConstant(name + ".b", [8], .float32((0..<8).map { Float($0) / 40 }))
        let convolution = Convolution(strides: Extent(2, 2), padding: Padding(1), activation: .relu)
        x = try graph.add(convolution, name: name, inputs: [x, w, b])
    }
    x = try graph.add(Flatten(), name: "flat", inputs: [x])
    graph.outputs = [x]
    let (weights, biases) = try perceptron(graph)
    let w = graph.addConstant("last.w", [10, graph.values[x].type.count], .float32(weights))
    let b = graph.addConstant("last.b", [10], .float32(biases))
    graph.outputs = [try graph.add(Dense(), name: "last", inputs: [x, w, b])]
    return graph
}

/// Learning takes a while: once for all tests.
private let learned = Result { try makeClassifier() }

private func classifier() throws -> Graph { try learned.get() }

/// A perceptron's weights for some features of pictures, less their means: where its answer is wrong, the right class
/// gains what the wrong one loses. The mean over all steps is what it has learned.
private func perceptron(_ features: Graph) throws -> (weights: [Float], biases: [Float]) {
    let preprocessing = try #require(try Preprocessing(graph: features))
    let pictures = try drawn.get().teaching
    let found = try Evaluation.run(features, preprocessing: preprocessing, pictures, threads: 2, arithmetic: .quick) {
        _ in
    }
    let (width, outputs) = (found.outputCount, found.outputs)
    let means = (0..<width).map { place in
        stride(from: place, to: outputs.count, by: width).reduce(Float(0)) { $0 + outputs[$1] } / Float(pictures.count)
    }
    var weights = [[Float]](repeating: [Float](repeating: 0, count: width), count: 10)
    var learned = weights
    for step in 0..<4 * pictures.count {
        let index = step % pictures.count
        let x = (0..<width).map { outputs[index * width + $0] - means[$0] }
        let scores = weights.map { zip($0, x).reduce(Float(0)) { $0 + $1.0 * $1.1 } }
        let (label, answer) = (pictures.label(index) ?? 0, scores.indices.max { scores[$0] < scores[$1] } ?? 0)
        if answer != label {
            for place in 0..<width {
                weights[label][place] += x[place]
                weights[answer][place] -= x[place]
            }
        }
        guard step % 50 == 0 else { continue }
        for label in 0..<10 { for place in 0..<width { learned[label][place] += weights[label][place] / 1000 } }
    }
    let biases = learned.map { row in -zip(row, means).reduce(Float(0)) { $0 + $1.0 * $1.1 } }
    return (learned.flatMap { $0 }, biases)
}

extension Graph {
    /// The same function: half of the channels between the convolutions are so many times as large, their readers' weights so
    /// many times as small.
    fileprivate func scalingChannels(by factor: Float) -> Graph {
        var graph = self
        func multiply(_ name: String, by factor: Float, where isMeant: (Int) -> Bool) {
            guard let id = values.firstIndex(where: { $0.name == name }), var elements = values[id].constant?.floats
            else { return }
            for index in elements.indices where isMeant(index) { elements[index] *= factor }
            graph.values[id].constant = .float32(elements)
        }
        multiply("first.w", by: factor) { $0 / 9 % 2 == 0 }
        multiply("first.b", by: factor) { $0 % 2 == 0 }
        multiply("second.w", by: 1 / factor) { $0 % 2 == 0 }
        return graph
    }
}

/// A search with 60 pictures that calibrate, and others that judge.
private func search(
    _ graph: Graph, judges: Int, bar: Double, deadline: Int64? = nil,
    tell: @escaping (QuantizationSearch.Trial) -> Void = { _ in }
) throws -> (outcome: QuantizationSearch.Outcome, build: ModelBuild, judge: SearchJudge) {
    let preprocessing = try #require(try Preprocessing(graph: graph))
    var build = ModelBuild()
    build.threads = 2
    build.recipe.calibrationCount = 60
    let judge = try SearchJudge(
        graph, preprocessing, try drawn.get().judging.subset(0..<judges), threads: 2)
    let outcome = try QuantizationSearch.run(
        graph, preprocessing, .pictures(try drawn.get().teaching.subset(0..<60), preprocessing), build: build,
        judge: judge, bar: bar, deadline: deadline, tell: tell)
    build.recipe = outcome.recipe
    return (outcome, build, judge)
}

@Test func theSearchMendsChannelsScaledOnPurpose() throws {
    let graph = try classifier().scalingChannels(by: 100)
    var trials: [QuantizationSearch.Trial] = []
    let (outcome, build, judge) = try search(graph, judges: 400, bar: 0.5) { trials.append($0) }
    #expect(judge.measure == .labels && judge.float.accuracy.right > 250)
    let first = try #require(trials.first?.verdict)
    #expect(first.drop > 2, "\(first)")
    #expect(outcome.ending == .held && outcome.verdict.drop <= 0.5, "\(outcome)")
    #expect(outcome.recipe.floats.isEmpty && outcome.recipe == trials.last?.recipe)
    // The recipe alone makes again what was judged.
    let preprocessing = try #require(try Preprocessing(graph: graph))
    let data = try ModelBuild.CalibrationData.pictures(drawn.get().teaching.subset(0..<60), preprocessing)
    let compiled = try build.run(graph, preprocessing: preprocessing, data: data)
    let again = try Evaluation.run(
        Model(bytes: compiled.file, place: "again"), drawn.get().judging,
        kernels: .best, threads: 2
    ) { _ in }
    #expect(again.accuracy.right == outcome.verdict.hits)
}

@Test func aRecipeThatHoldsTheBarIsNotChanged() throws {
    var count = 0
    let outcome = try search(try classifier(), judges: 100, bar: 5) { _ in count += 1 }.outcome
    #expect(outcome.ending == .held && count == 1)
    #expect(
        outcome.recipe.flags()
            == "--ranges min-max --calibration-count 60 --rounding adaptive --bias-correction empirical")
}

@Test func aBarFinerThanOnePictureIsOnePicture() throws {
    let graph = try classifier()
    let preprocessing = try #require(try Preprocessing(graph: graph))
    let judge = try SearchJudge(graph, preprocessing, drawn.get().judging.subset(0..<50), threads: 2)
    #expect([0, 0.5, 2, 3].map(judge.allowance) == [0, 2, 2, 3])
}

@Test func aBarThatNothingHoldsIsTriedByEveryMeans() throws {
    var recipes: [QuantizationRecipe] = []
    let outcome = try search(try classifier(), judges: 40, bar: -100) { recipes.append($0.recipe) }.outcome
    #expect(outcome.ending == .exhausted && recipes.contains(outcome.recipe))
    #expect(recipes.indices.allSatisfy { !recipes[..<$0].contains(recipes[$0]) })
    #expect(recipes.contains { $0.learnsRanges })
    #expect(recipes.contains { $0.equalizes } && recipes.contains { $0.rounding == .adaptive })
    #expect(recipes.contains { $0.sixteenBit.contains("second") })
    #expect(!recipes.contains { $0.sixteenBit.contains("first") }, "it reads the picture, which has 8 bits")
    #expect(recipes.contains { $0.floats.count == 3 })
}

@Test func theFirstRecipeIsTriedWhateverTheTime() throws {
    var count = 0
    let outcome = try search(try classifier(), judges: 20, bar: -100, deadline: 0) { _ in
        count += 1
    }.outcome
    #expect(outcome.ending == .timeIsOver && count == 1)
}

@Test(arguments: [1, 2, 9, 100, 1500])
func calibrationAndJudgeHaveNoPictureInCommon(_ count: Int) {
    let pictures = DrawnData.pictures(seed: 1, count: count)
    var recipe = QuantizationRecipe()
    let others = SearchJudge.others(pictures, besides: &recipe)
    #expect(recipe.calibrationCount == max(1, min(512, count / 2)))
    let calibrating = Set(recipe.samples(of: count).map { pictures.name($0) })
    #expect(calibrating.isDisjoint(with: (0..<others.count).map { others.name($0) }))
    #expect(others.count == count - recipe.calibrationCount)
}

/// Each layer alone, and all of them: computed in floats, between integers that a device takes and gives.
@Test(arguments: [["first"], ["second"], ["last"], ["first", "second", "last"]])
func namedLayersComputeInFloats(_ names: [String]) throws {
    let graph = try classifier()
    let preprocessing = try #require(try Preprocessing(graph: graph))
    var build = ModelBuild()
    build.recipe.floats = names
    let data = try ModelBuild.CalibrationData.pictures(drawn.get().teaching.subset(0..<20), preprocessing)
    let compiled = try build.run(graph, preprocessing: preprocessing, data: data)
    let model = try Model(bytes: compiled.file, place: "floats")
    for operation in model.file.operations where ["first", "second", "last"].contains(operation.name) {
        let isFloat = model.file.tensors[operation.outputs[0]].element == .float32
        #expect(isFloat == names.contains(operation.name), "\(operation.name)")
    }
    #expect(model.file.tensors[model.file.graphs[0].outputs[0]].element == .int8)
    let pictures = try drawn.get().judging.subset(0..<100)
    let integers = try Evaluation.run(model, pictures, kernels: .best, threads: 2) { _ in }
    let floats = try Evaluation.run(graph, preprocessing: preprocessing, pictures, threads: 2) { _ in }
    #expect(abs(integers.accuracy.right - floats.accuracy.right) <= 3)
    #expect(build.recipe.flags().hasSuffix(" --float " + names.joined(separator: ",")))
}

@Test func aLayerThatIsNotThereCannotBeFloat() throws {
    let graph = try classifier()
    let preprocessing = try #require(try Preprocessing(graph: graph))
    var build = ModelBuild()
    build.recipe.floats = ["frist"]
    let data = try ModelBuild.CalibrationData.pictures(drawn.get().teaching.subset(0..<2), preprocessing)
    #expect(throws: EdgeError(.usage, at: "--float frist", "there is no layer of this name")) {
        try build.run(graph, preprocessing: preprocessing, data: data)
    }
}
