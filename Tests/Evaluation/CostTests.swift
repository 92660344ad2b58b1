import Compilation
import EdgeFormat
import Evaluation
import Inference
import ModelGraph
import Quantization
import Synchronization
import Testing

/// A convolution of which one channel is never above zero, a dense layer, and what has no integer form.
private func network() throws(EdgeError) -> Graph {
    var graph = Graph(name: "network")
    let input = graph.addInput("input", TensorType(.float32, [1, 6, 6, 1]))
    let weights = graph.addConstant("weights", [2, 3, 3, 1], .float32((0..<18).map { Float($0 % 4) / 4 }))
    let bias = graph.addConstant("bias", [2], .float32([1, -100]))
    let convolution = try graph.add(
        Convolution(activation: .relu), name: "convolution", inputs: [input, weights, bias])
    let flat = try graph.add(Flatten(), name: "flat", inputs: [convolution])
    let matrix = graph.addConstant("matrix", [3, 32], .float32((0..<96).map { Float($0 % 7) / 7 - 0.4 }))
    let dense = try graph.add(Dense(), name: "dense", inputs: [flat, matrix])
    graph.outputs = [try graph.add(LogSoftmax(), name: "scores", inputs: [dense])]
    return graph
}

@Test func whatCostsTooMuchIsFoundWhereItIs() throws {
    let graph = try network()
    let seen = Mutex<(dead: [DeadChannels], quantized: Graph?)>(([], nil))
    var build = ModelBuild()
    build.afterCalibration = { calibration in
        let dead = calibration.deadChannels
        seen.withLock { $0.dead = dead }
    }
    build.afterStage = { stage, graph in if stage == "quantize" { seen.withLock { $0.quantized = graph } } }
    let samples = RandomSamples.make(graph, count: 20)
    let compiled = try build.run(graph, preprocessing: nil, data: .tensors(samples))
    let (dead, kept) = seen.withLock { ($0.dead, $0.quantized) }
    #expect(dead == [DeadChannels(layer: "convolution", count: 1, channels: 2)])
    #expect(
        CostWarnings.deadChannels(dead)
            == "1 channel is 0 for every calibration sample and can be left out of the network: 'convolution' 1 of 2")

    let quantized = try #require(kept)
    let model = try Model(bytes: compiled.file, place: "network")
    let sentence = try #require(try CostWarnings.operations(quantized, model).first)
    #expect(sentence.contains(" operations stay in float and take ") && sentence.hasSuffix("'scores' (log-softmax)"))

    let comparison = try GraphComparison(float: graph.simplified(), quantized: quantized, .quick)
    let costs = try LayerCosts(model, quantized: quantized, layers: comparison.layers)
    let names = comparison.layers.map(\.name)
    let convolution = costs.layers[try #require(names.firstIndex(of: "convolution"))]
    // 18 weights and two words of bias.
    #expect(convolution.nanoseconds > 0 && convolution.weightBytes >= 18 + 8 && convolution.activationBytes == 32)
    #expect(costs.total.nanoseconds >= costs.layers.reduce(0) { $0 + $1.nanoseconds })
    #expect(costs.layers[0] == LayerCosts.Cost(), "an input costs nothing")
}

@Test func slowerIsWhatIsSlowerByMoreThanTimingIsOff() {
    #expect(CostWarnings.isSlower(130_000, than: 100_000, of: 1_000_000))
    #expect(!CostWarnings.isSlower(125_000, than: 100_000, of: 1_000_000), "by a quarter")
    #expect(!CostWarnings.isSlower(130_000, than: 100_000, of: 3_000_001), "by less than a hundredth of all")
    #expect(!CostWarnings.isSlower(30_000, than: 10_000, of: 40_000), "by 20 µs")
    #expect(!CostWarnings.isSlower(130_000, than: 0, of: 1_000_000), "the other one has no such operation")
}

@Test func operationsInIntegersAreTimedBesideTheSameInFloats() throws {
    let graph = try network()
    let build = ModelBuild()
    let samples = CalibrationSamples(RandomSamples.make(graph.simplified(), count: 4))
    let calibration = try Calibration.run(graph.simplified(), samples, method: .minMax, threads: 1) { _ in }
    let quantized = try Quantizer(graph.simplified(), ranges: calibration.ranges).quantized()
    let model = try Model(bytes: Compiler.compile(quantized, CompilationOptions()).file, place: "integers")
    let floats = try Model(bytes: build.runTimed(graph).file, place: "floats")
    // Which of them is faster, the machine decides.
    let sentences = try CostWarnings.operations(quantized, model, floats: floats)
    #expect(sentences.first?.contains(" operations stay in float and take ") == true)
    #expect(sentences.dropFirst().allSatisfy { $0.contains("slower in integers than in floats") })
}

@Test func nothingToWarnOfIsNothingSaid() throws {
    #expect(CostWarnings.deadChannels([]) == nil)
    let many = (1...7).map { DeadChannels(layer: "l\($0)", count: $0, channels: 8) }
    let sentence = try #require(CostWarnings.deadChannels(many))
    #expect(sentence.hasPrefix("28 channels are 0") && sentence.contains(": 'l7' 7 of 8, "))
    #expect(sentence.hasSuffix("'l3' 3 of 8 and 2 more"))
}

@Test func theNumberOfThreadsDoesNotChangeTheErrors() throws {
    let graph = try network().simplified()
    let samples = CalibrationSamples(RandomSamples.make(graph, count: 70))
    let calibration = try Calibration.run(graph, samples, method: .minMax, threads: 1) { _ in }
    let quantized = try Quantizer(graph, ranges: calibration.ranges).quantized()
    let one = try LayerErrors.run(float: graph, quantized: quantized, samples: samples, threads: 1) { _ in }
    let three = try LayerErrors.run(float: graph, quantized: quantized, samples: samples, threads: 3) { _ in }
    #expect(one == three && one.bins == 1)
    // 64 of the 70 samples.
    #expect(one.total(0).count == 64 * 36)
    let counted = one.histograms[0].counts(10, over: -1...1)
    #expect(counted.reduce(0, +) == 64 * 36 && counted.allSatisfy { $0 > 150 })
    #expect(one.histograms[0].counts(2, over: -1...1) { $0 > 0.5 }[0] == 0)
}
