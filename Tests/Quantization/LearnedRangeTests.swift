import EdgeFormat
import ModelGraph
import Quantization
import Synchronization
import Testing

/// Samples of so many numbers between −1 and 1.
private func samples(_ count: Int, of elements: Int, seed: UInt64) -> [[TensorData]] {
    var generator = SplitMix64(seed: seed)
    return (0..<count).map { _ in
        [.float32((0..<elements).map { _ in Float(UInt32(truncatingIfNeeded: generator.next())) / 0x1p31 - 1 })]
    }
}

/// Weights between −1 and 1.
private func weights(_ shape: [Int], seed: UInt64) -> [Float] {
    samples(1, of: shape.reduce(1, *), seed: seed)[0][0].floats ?? []
}

/// Two dense layers, of which the first gives one number fifty times as large as the others, and the second hardly reads it.
private func outlier() throws -> Graph {
    var graph = Graph(name: "outlier")
    let input = graph.addInput("input", TensorType(.float32, [1, 16]))
    var (first, second) = (weights([16, 16], seed: 1), weights([8, 16], seed: 2))
    for place in 0..<16 { first[place] *= 50 }
    for row in 0..<8 { second[row * 16] *= 0.0002 }
    let a = graph.addConstant("a.w", [16, 16], .float32(first))
    let b = graph.addConstant("b.w", [8, 16], .float32(second))
    let middle = try graph.add(Dense(activation: .relu), name: "a", inputs: [input, a])
    graph.outputs = [try graph.add(Dense(), name: "b", inputs: [middle, b])]
    return graph
}

private struct Learning {
    var before: [ValueRange?] = []
    var after: [ValueRange?] = []
    /// With each of them.
    var quantized: (Graph, Graph)
}

/// What is learned on some samples from the ranges of all of them.
private func learn(
    _ graph: Graph, _ samples: [[TensorData]], threads: Int = 2, _ method: RangeMethod = .minMax,
    _ recipe: QuantizationRecipe = QuantizationRecipe(),
    progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
) throws -> Learning {
    let all = CalibrationSamples(samples)
    let calibration = try Calibration.run(graph, all, method: method, threads: threads) { _ in }
    let before = calibration.byteRanges
    func quantized(_ ranges: [ValueRange?]) throws -> Graph {
        let plain = try Quantizer(graph, ranges: calibration.ranges, byteRanges: ranges, recipe: recipe).quantized()
        return try LayerCorrection(float: graph, quantized: plain, recipe: recipe, threads: threads).corrected(all)
    }
    let first = try quantized(before)
    let after = try LearnedRanges(
        graph, quantized: first, ranges: calibration.ranges, byteRanges: before, recipe: recipe, threads: threads,
        progress: progress
    ).learned(all)
    return Learning(before: before, after: after, quantized: (first, try quantized(after)))
}

/// Σ (q − f)² of the first output over some samples.
private func error(_ quantized: Graph, _ float: Graph, _ samples: [[TensorData]]) throws -> Double {
    let (integers, floats) = (try ReferenceInterpreter(quantized), try ReferenceInterpreter(float))
    let input = quantized.values[quantized.inputs[0]].type
    let output = try quantized.values[quantized.outputs[0]].type.activationQuantization
    return try samples.reduce(0) { sum, sample in
        let bytes = try #require(try integers.run([try input.converted(sample[0])])[0].bytes)
        let wanted = try #require(try floats.run(sample)[0].floats)
        return zip(bytes, wanted).reduce(sum) { sum, pair in
            let difference = Double(output.dequantize(pair.0) - pair.1)
            return sum + difference * difference
        }
    }
}

private func quantization(_ graph: Graph, _ name: String) throws -> Quantization {
    try #require(try graph.values.first { $0.name == name }?.type.activationQuantization)
}

@Test func whatTheNextLayerHardlyReadsMakesNoStepsCoarse() throws {
    let graph = try outlier()
    let others = samples(200, of: 16, seed: 4)
    let learning = try learn(graph, samples(64, of: 16, seed: 3))
    let (plain, learned) = (
        try error(learning.quantized.0, graph, others), try error(learning.quantized.1, graph, others)
    )
    #expect(learned < plain / 10, "\(learned), \(plain)")
    // The value's own error says the contrary: the large number has most of it.
    let least = try learn(graph, samples(64, of: 16, seed: 3), .leastSquares)
    #expect(try learned < error(least.quantized.0, graph, others) / 4)
    // Nothing tells what cutting an output would lose.
    #expect(learning.after[graph.outputs[0]] == learning.before[graph.outputs[0]])
}

@Test func whatSharesAScaleSharesWhatIsLearned() throws {
    var graph = Graph(name: "parts")
    let input = graph.addInput("input", TensorType(.float32, [1, 6, 6, 2]))
    var parts: [Graph.ValueID] = []
    for (name, factor) in [("left", Float(1)), ("right", 40)] {
        let w = weights([4, 3, 3, 2], seed: 5).enumerated().map { $0 < 18 ? $1 * factor : $1 }
        let constant = graph.addConstant(name + ".w", [4, 3, 3, 2], .float32(w))
        parts.append(
            try graph.add(
                Convolution(padding: Padding(1), activation: .relu), name: name, inputs: [input, constant]))
    }
    let whole = try graph.add(Concatenation(axis: -1), name: "whole", inputs: parts)
    let last = weights([3, 1, 1, 8], seed: 6).enumerated().map { $0 % 8 == 4 ? $1 * 0.0002 : $1 }
    let w = graph.addConstant("last.w", [3, 1, 1, 8], .float32(last))
    let end = try graph.add(Convolution(), name: "last", inputs: [whole, w])
    graph.outputs = [
        try graph.add(Softmax(), name: "softmax", inputs: [try graph.add(Flatten(), name: "flat", inputs: [end])])
    ]
    let (plain, learned) = try learn(graph, samples(32, of: 72, seed: 7)).quantized
    let shared = try quantization(learned, "whole")
    #expect(shared.scales[0] < (try quantization(plain, "whole")).scales[0] / 2)
    #expect(try quantization(learned, "left") == shared && quantization(learned, "right") == shared)
    #expect(try quantization(learned, "softmax") == Quantization(scale: 1 / 256, zeroPoint: -128))
}

@Test func scalesThatTheModelBringsAndSixteenBitsStay() throws {
    var graph = try outlier()
    let middle = try #require(graph.values.firstIndex { $0.name == "a" })
    var recipe = QuantizationRecipe()
    recipe.sixteenBit = ["b"]
    let wide = try learn(graph, samples(16, of: 16, seed: 3), .minMax, recipe)
    #expect(wide.after[middle] == wide.before[middle])
    #expect(try quantization(wide.quantized.1, "a") == quantization(wide.quantized.0, "a"))
    graph.values[middle].type.quantization = Quantization(scale: 0.5, zeroPoint: -128)
    let ready = try learn(graph, samples(16, of: 16, seed: 3))
    #expect(ready.after[middle] == ready.before[middle])
    #expect(try quantization(ready.quantized.1, "a") == Quantization(scale: 0.5, zeroPoint: -128))
}

@Test func theNumberOfThreadsDoesNotChangeWhatIsLearned() throws {
    let graph = try outlier()
    let one = try learn(graph, samples(37, of: 16, seed: 8), threads: 1)
    #expect(one.after != one.before)
    for threads in [2, 3] {
        let other = try learn(graph, samples(37, of: 16, seed: 8), threads: threads)
        #expect(other.after == one.after && other.quantized.1 == one.quantized.1)
    }
}

/// A layer, so many pairs of layers with a sum around each, and so many functions beside a path around them all.
private func branches(blocks: Int, functions: Int) throws -> Graph {
    var graph = Graph(name: "branches")
    var last = graph.addInput("input", TensorType(.float32, [1, 4]))
    func dense(_ name: String, _ input: Graph.ValueID) throws -> Graph.ValueID {
        let w = graph.addConstant(name + ".w", [4, 4], .float32(weights([4, 4], seed: 9)))
        return try graph.add(Dense(activation: .relu), name: name, inputs: [input, w])
    }
    last = try dense("first", last)
    for block in 0..<blocks {
        let inside = try dense("\(block).b", try dense("\(block).a", last))
        last = try graph.add(Addition(), name: "\(block).sum", inputs: [last, inside])
    }
    let start = last
    for function in 0..<functions { last = try graph.add(Sigmoid(), name: "function\(function)", inputs: [last]) }
    if functions > 0 { last = try graph.add(Addition(), name: "around", inputs: [start, last]) }
    graph.outputs = [last]
    return graph
}

@Test(arguments: [(0, 0, 1), (3, 0, 4), (0, 31, 2), (0, 32, 3), (1, 100, 6)])
func aBlockEndsWhereASingleValueLeadsOn(_ blocks: Int, _ functions: Int, _ wanted: Int) throws {
    let told = Mutex<[[Int]]>([])
    let graph = try branches(blocks: blocks, functions: functions)
    _ = try learn(graph, samples(4, of: 4, seed: 10)) { done, all in told.withLock { $0.append([done, all]) } }
    #expect(told.withLock { $0 } == (0...wanted).map { [$0, wanted] })
}

@Test func learningEndsWhenItIsTold() throws {
    let graph = try outlier()
    let given = CalibrationSamples(samples(4, of: 16, seed: 3))
    let calibration = try Calibration.run(graph, given, method: .minMax, threads: 1) { _ in }
    let quantized = try Quantizer(graph, ranges: calibration.ranges).quantized()
    let over = EdgeError(.check, at: "", "over")
    #expect(throws: over) {
        try LearnedRanges(
            graph, quantized: quantized, ranges: calibration.ranges, byteRanges: calibration.byteRanges,
            recipe: QuantizationRecipe(), threads: 1, mayContinue: { () throws(EdgeError) in throw over }
        ).learned(given)
    }
}

@Test func aRecipeSaysThatRangesAreLearned() {
    var recipe = QuantizationRecipe()
    recipe.learnsRanges = true
    #expect(
        recipe.flags()
            == "--ranges min-max --calibration-count 512 --learn-ranges --rounding adaptive --bias-correction empirical"
    )
    #expect(!recipe.flags(isDenoiser: true).contains("learn"))
}
