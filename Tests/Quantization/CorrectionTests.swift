import EdgeFormat
import ModelGraph
import Quantization
import Testing

import func Foundation.exp

/// Uniform numbers from a seed.
private struct Draw {
    private var generator: SplitMix64

    init(seed: UInt64) { generator = SplitMix64(seed: seed) }

    mutating func floats(_ count: Int, _ range: ClosedRange<Float>) -> [Float] {
        (0..<count).map { _ in
            let share = Float(UInt32(truncatingIfNeeded: generator.next() >> 32)) / 0x1p32
            return range.lowerBound + share * (range.upperBound - range.lowerBound)
        }
    }
}

/// Samples of a picture 1·8·8·3.
private func pictures(_ count: Int, seed: UInt64) -> [[TensorData]] {
    var draw = Draw(seed: seed)
    return (0..<count).map { _ in [.float32(draw.floats(8 * 8 * 3, 0...1))] }
}

/// Convolution, depthwise convolution, pool, convolution, dense layer, with an activation behind each convolution.
private func network(seed: UInt64, _ activation: Activation = .relu) throws -> Graph {
    var draw = Draw(seed: seed)
    var graph = Graph(name: "network")
    var last = graph.addInput("input", TensorType(.float32, [1, 8, 8, 3]))
    func layer(_ name: String, _ operation: any Operation, _ shape: [Int]) throws {
        let depth = Float(shape.dropFirst().reduce(1, *))
        let w = graph.addConstant(
            name + ".w", shape,
            .float32(draw.floats(shape.reduce(1, *), -2 / depth.squareRoot()...2.5 / depth.squareRoot())))
        let b = graph.addConstant(name + ".b", [shape[0]], .float32(draw.floats(shape[0], -0.2...0.3)))
        last = try graph.add(operation, name: name, inputs: [last, w, b])
    }
    try layer("a", Convolution(padding: Padding(1), activation: activation), [12, 3, 3, 3])
    try layer("b", Convolution(padding: Padding(1), groups: 12, activation: activation), [12, 3, 3, 1])
    last = try graph.add(MaxPool(window: Extent(2, 2), strides: Extent(2, 2)), name: "pool", inputs: [last])
    try layer("c", Convolution(activation: activation), [8, 1, 1, 12])
    last = try graph.add(Flatten(), name: "flat", inputs: [last])
    try layer("d", Dense(), [5, 128])
    graph.outputs = [last]
    return graph
}

/// A graph in 8 bits, calibrated and corrected as a recipe says.
private func quantized(
    _ graph: Graph, _ samples: [[TensorData]], threads: Int = 2,
    _ settings: (inout QuantizationRecipe) -> Void = { _ in }
) throws -> Graph {
    var recipe = QuantizationRecipe()
    recipe.rounding = .nearest
    settings(&recipe)
    let calibration = try Calibration.run(
        graph, CalibrationSamples(samples), method: recipe.ranges, threads: threads
    ) { _ in }
    let plain = try Quantizer(
        graph, ranges: calibration.ranges, byteRanges: calibration.byteRanges, recipe: recipe
    ).quantized()
    return try LayerCorrection(float: graph, quantized: plain, recipe: recipe, threads: threads)
        .corrected(CalibrationSamples(samples))
}

/// The first output of a graph, in reals.
private func outputs(_ graph: Graph, _ samples: [[TensorData]]) throws -> [[Float]] {
    let interpreter = try ReferenceInterpreter(graph)
    let (input, output) = (graph.values[graph.inputs[0]].type, graph.values[graph.outputs[0]].type)
    return try samples.map { sample in
        let data = try interpreter.run([try input.converted(sample[0])])[0]
        guard case .int8(let integers) = data else { return data.floats ?? [] }
        let quantization = try output.activationQuantization
        return integers.map { quantization.dequantize($0) }
    }
}

/// Σ (a − b)² over all of them.
private func error(_ a: [[Float]], _ b: [[Float]]) -> Double {
    zip(a, b).reduce(0) { sum, rows in
        zip(rows.0, rows.1).reduce(sum) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
    }
}

/// By output channel: the mean of a − b.
private func meanErrors(_ a: [[Float]], _ b: [[Float]]) -> [Float] {
    guard let width = a.first?.count else { return [] }
    return (0..<width).map { channel in
        zip(a, b).reduce(0) { $0 + $1.0[channel] - $1.1[channel] } / Float(a.count)
    }
}

@Test func aKnownMeanErrorGoesIntoTheBias() throws {
    // In steps of 1/127 the weights are 127 and 40.4: 40 is stored, and 0.4/127 of the second input is lost.
    var graph = Graph(name: "dense")
    let input = graph.addInput("input", TensorType(.float32, [1, 2]))
    let w = graph.addConstant("w", [1, 2], .float32([1, 40.4 / 127]))
    let b = graph.addConstant("b", [1], .float32([0.5]))
    graph.outputs = [try graph.add(Dense(), name: "dense", inputs: [input, w, b])]
    // Inputs of whole steps of 1/255, so that they have no errors of their own: their mean is 127.5 steps.
    let samples = (0..<256).map { [TensorData.float32([Float(255 - $0) / 255, Float($0) / 255])] }
    func bias(_ corrects: Bool) throws -> Int32 {
        let result = try quantized(graph, samples) { $0.biasCorrection = corrects ? .empirical : .none }
        return try #require(result.values.first { $0.name == "dense.bias" }?.constant?.integers)[0]
    }
    let unit = (1.0 / 255) * (1.0 / 127)
    #expect(abs(Double(try bias(false)) - 0.5 / unit) < 1)
    // 128 evenly spread samples stand for all: their mean is 127 steps.
    let lost = try bias(true) - bias(false)
    #expect((50...52).contains(lost), "\(lost)")
}

/// A convolution behind a batch norm, whose channels have in training a mean of 0.5 and 0 and a deviation of 0 and 2, and
/// ReLU: its results' means are 0.5 and 2/√(2π).
@Test func whatNormsSayTakesTheErrorOfTheNextLayersWeightsAway() throws {
    var graph = Graph(name: "data-free")
    let input = graph.addInput("input", TensorType(.float32, [1, 1, 1, 1]))
    let first = graph.addConstant("first.w", [2, 1, 1, 1], .float32([0, 1]))
    let second = graph.addConstant("second.w", [1, 1, 1, 2], .float32([40.4 / 127, 1]))
    let biases = [graph.addConstant("first.b", [2], .float32([0.5, 0])), graph.addConstant("b", [1], .float32([0]))]
    let norm = try graph.add(Convolution(), name: "first", inputs: [input, first, biases[0]])
    graph.values[norm].trained = ChannelStatistics(means: [0.5, 0], deviations: [0, 2])
    let rectified = try graph.add(ReLU(), name: "relu", inputs: [norm])
    graph.outputs = [try graph.add(Convolution(), name: "second", inputs: [rectified, second, biases[1]])]
    let samples = (0...4).map { [TensorData.float32([Float($0)])] }
    func bias(_ method: QuantizationRecipe.BiasCorrectionMethod) throws -> Double {
        let result = try quantized(graph.simplified(), samples) { $0.biasCorrection = method }
        let layer = try #require(result.nodes.first { $0.name == "second" })
        let unit = try result.values[layer.inputs[0]].type.activationQuantization.scales[0] / 127
        return Double(try #require(result.values[layer.inputs[2]].constant?.integers)[0]) * Double(unit)
    }
    // 0.4/127 of a mean of 0.5 is lost; the second weight is exact.
    #expect(abs(try bias(.dataFree) - 0.5 * 0.4 / 127) < 0.5 * 4 / 255 / 127)
    #expect(try bias(.none) == 0)
    // The samples' first channel is 0.5 as well, but stored with a step of 4/255.
    #expect(abs(try bias(.empirical) - (0.5 * 40.4 - 32 * 4.0 / 255 * 40) / 127) < 3 * 4.0 / 255)
}

@Test(arguments: [0.0, 1, 3], [-2.0, 0, 2.5])
func expectedMeansAreThoseOfClippedNormalValues(_ deviation: Double, _ mean: Double) throws {
    var graph = Graph(name: "clip")
    let input = graph.addInput("input", TensorType(.float32, [1, 1, 1, 1]))
    let w = graph.addConstant("w", [1, 1, 1, 1], .float32([1]))
    let b = graph.addConstant("b", [1], .float32([0]))
    let norm = try graph.add(Convolution(), name: "norm", inputs: [input, w, b])
    graph.values[norm].trained = ChannelStatistics(means: [Float(mean)], deviations: [Float(deviation)])
    let clipped = try graph.add(Clip(minimum: 0, maximum: 6), name: "clip", inputs: [norm])
    graph.outputs = [clipped]
    // Midpoints of 4,000 shares of the distribution, by its quantiles' own sum: ∫ clip(mean + deviation·z) φ(z) dz.
    let step = 0.005
    var wanted = 0.0
    for place in -2000...2000 {
        let z = Double(place) * step
        let density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
        wanted += min(max(mean + deviation * z, 0), 6) * density * step
    }
    let found = try #require(ExpectedMeans(graph).elements(clipped))
    #expect(abs(Double(found[0]) - wanted) < 1e-3)
}

@Test(arguments: 1...4)
func correctedBiasesLeaveNoMeanError(_ seed: UInt64) throws {
    let graph = try network(seed: seed)
    let samples = pictures(64, seed: seed + 100)
    let wanted = try outputs(graph, samples)
    func largest(_ corrects: Bool) throws -> (mean: Float, scale: Float) {
        let result = try quantized(graph, samples) { $0.biasCorrection = corrects ? .empirical : .none }
        let errors = meanErrors(try outputs(result, samples), wanted)
        return (
            errors.map(abs).max() ?? 0, try result.values[result.outputs[0]].type.activationQuantization.scales[0]
        )
    }
    let (plain, corrected) = (try largest(false), try largest(true))
    // What is left is the rounding of the results themselves.
    #expect(corrected.mean < 0.2 * corrected.scale && corrected.mean < plain.mean, "\(plain) \(corrected)")
}

@Test func aRecipeGivesTheSameGraphWithOneThreadAndWithTwo() throws {
    let graph = try network(seed: 9)
    let samples = pictures(40, seed: 9)
    for method in [RangeMethod.minMax, .movingAverage, .percentile(99), .leastSquares, .divergence] {
        let results = try [1, 2].map { threads in
            try quantized(graph, samples, threads: threads) {
                $0.ranges = method
                $0.rounding = .adaptive
            }
        }
        #expect(results[0] == results[1])
    }
}

@Test(arguments: 1...4)
func adaptiveRoundingMakesResultsBetter(_ seed: UInt64) throws {
    let graph = try network(seed: seed)
    let (samples, others) = (pictures(64, seed: seed + 200), pictures(64, seed: seed + 300))
    let wanted = try outputs(graph, others)
    let errors = try [QuantizationRecipe.RoundingMethod.nearest, .adaptive].map { rounding in
        error(try outputs(try quantized(graph, samples) { $0.rounding = rounding }, others), wanted)
    }
    #expect(errors[1] < errors[0] * 1.05, "\(errors)")
}

@Test(arguments: [Activation.relu, .clip(minimum: 0, maximum: 1.5), .none])
func equalizationLeavesTheFloatFunctionAsItIs(_ activation: Activation) throws {
    let graph = try network(seed: 5, activation)
    let samples = pictures(32, seed: 6)
    let equalized = try Equalization(graph, CalibrationSamples(samples), threads: 2).equalized()
    #expect(equalized != graph)
    // Also for what is far larger than the samples, where a clip cuts nearly everything.
    let larger = samples.map { $0.map { TensorData.float32(($0.floats ?? []).map { 20 * $0 }) } }
    for samples in [samples, larger] {
        for (a, b) in zip(try outputs(graph, samples), try outputs(equalized, samples)) {
            let size = a.reduce(1) { max($0, abs($1)) }
            for (a, b) in zip(a, b) { #expect(abs(a - b) < 1e-4 * size) }
        }
    }
}

@Test func equalizationDividesTheUpperBoundsOfAClip() throws {
    let graph = try network(seed: 5, .clip(minimum: 0, maximum: 1.5))
    let equalized = try Equalization(graph, CalibrationSamples(pictures(32, seed: 6)), threads: 2).equalized()
    // The depthwise layer reads the first one's channels: its weights make up for what those were divided by.
    var given = [Float](repeating: 1, count: 12)
    for name in ["a", "b"] {
        let nodes = try [graph, equalized].map { graph in try #require(graph.nodes.first { $0.name == name }) }
        let layers = try zip(nodes, [graph, equalized]).map { try #require(LinearLayer($0, of: $1)) }
        let channels = layers[0].outputs
        let factors = layers[1].activation.maxima(channels: channels).map { $0 / 1.5 }
        #expect(layers[1].activation.range.minimum == 0)
        if name == "a" { #expect(Set(factors).count > 1) }
        for (place, weight) in layers[0].weights.enumerated() {
            let channel = place * channels / layers[0].weights.count
            let wanted = weight * factors[channel] / given[channel]
            #expect(abs(layers[1].weights[place] - wanted) <= 1e-4 * abs(wanted))
        }
        given = factors
    }
}

@Test(arguments: [Activation.relu, .clip(minimum: 0, maximum: 6)])
func equalizationMendsAChannelScaledOnPurpose(_ activation: Activation) throws {
    let graph = try network(seed: 7, activation)
    let hard = try graph.scalingChannel(2, of: "a", by: 100)
    let samples = pictures(64, seed: 8)
    let wanted = try outputs(graph, samples)
    for (a, b) in zip(wanted, try outputs(hard, samples)) { #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-3 }) }
    let equalized = try Equalization(hard, CalibrationSamples(samples), threads: 1).equalized()
    let errors = try [graph, hard, equalized].map { error(try outputs(try quantized($0, samples), samples), wanted) }
    #expect(errors[1] > 20 * errors[0] && errors[2] < 1.5 * errors[0], "\(errors)")
}

extension Graph {
    /// Multiplies an output channel of a convolution, and divides what the depthwise convolution behind makes of it.
    fileprivate func scalingChannel(_ channel: Int, of name: String, by factor: Float) throws -> Graph {
        var graph = self
        for (index, node) in nodes.enumerated() where node.name == name {
            if var convolution = node.operation as? Convolution, convolution.activation.range.maximum < .infinity {
                var maxima = convolution.activation.maxima(channels: 12)
                maxima[channel] *= factor
                convolution.activation = .channelClip(minimum: 0, maxima: maxima)
                graph.nodes[index].operation = convolution
            }
            for (input, factor) in [
                (node.inputs[1], factor), (node.inputs[2], factor), (nodes[index + 1].inputs[1], 1 / factor),
            ] {
                guard var elements = values[input].constant?.floats else { continue }
                let depth = elements.count / values[input].type.shape[0]
                for place in channel * depth..<(channel + 1) * depth { elements[place] *= factor }
                graph.values[input].constant = .float32(elements)
            }
        }
        return graph
    }
}

@Test(arguments: 1...20)
func weightRangesByLeastSquaresAreNeverWorse(_ seed: UInt64) throws {
    var draw = Draw(seed: seed)
    let weights = zip(draw.floats(64, -1...1), draw.floats(64, 0...1)).map { $0 * $1 * $1 * $1 }
    var graph = Graph(name: "dense")
    let input = graph.addInput("input", TensorType(.float32, [1, 64]))
    let w = graph.addConstant("w", [1, 64], .float32(weights))
    graph.outputs = [try graph.add(Dense(), name: "dense", inputs: [input, w])]
    let ranges = [ValueRange?](repeating: ValueRange(minimum: -1, maximum: 1), count: graph.values.count)
    let errors = try [QuantizationRecipe.WeightRangeMethod.minMax, .leastSquares].map { method in
        var recipe = QuantizationRecipe()
        recipe.weightRanges = method
        let result = try Quantizer(graph, ranges: ranges, recipe: recipe).quantized()
        let stored = try #require(result.values.first { $0.name == "w" })
        let scale = try #require(stored.type.quantization?.scales[0])
        return error([(stored.constant?.bytes ?? []).map { Float($0) * scale }], [weights])
    }
    #expect(errors[1] <= errors[0])
}

/// (q − w)ᵀ·C·(q − w)
private func roundingError(_ q: [Int8], _ w: [Float], _ covariances: [Float]) -> Float {
    let e = zip(q, w).map { Float($0) - $1 }
    var sum: Float = 0
    for i in e.indices {
        for j in e.indices { sum += e[i] * covariances[i * e.count + j] * e[j] }
    }
    return sum
}

@Test func adaptiveRoundingOfIndependentInputsIsToTheNearest() {
    #expect(AdaptiveRounding.round([0.4, -3.6, 126.9], [1, 0, 0, 0, 2, 0, 0, 0, 3]) == [0, -4, 127])
}

@Test func adaptiveRoundingOfEqualInputsKeepsTheSum() {
    // Both inputs are always the same: only 0.4 + 0.4 counts.
    let rounded = AdaptiveRounding.round([0.4, 0.4], [1, 1, 1, 1])
    #expect(rounded == [1, 0] || rounded == [0, 1])
}

@Test(arguments: 1...10)
func adaptiveRoundingIsNearTheBestOfAllRoundings(_ seed: UInt64) {
    var draw = Draw(seed: seed)
    let (w, factors) = (draw.floats(8, -5...5), draw.floats(8 * 20, -1...1.5))
    var covariances = [Float](repeating: 0, count: 64)
    for row in 0..<20 {
        for i in 0..<8 { for j in 0..<8 { covariances[i * 8 + j] += factors[row * 8 + i] * factors[row * 8 + j] } }
    }
    let nearest = roundingError(w.map { Int8($0.rounded(.toNearestOrEven)) }, w, covariances)
    let best =
        (0..<256).map { choice in
            roundingError(w.indices.map { Int8(w[$0].rounded(.down)) + Int8(choice >> $0 & 1) }, w, covariances)
        }.min() ?? 0
    let ours = roundingError(AdaptiveRounding.round(w, covariances), w, covariances)
    #expect(ours <= nearest + 1e-4 && ours <= best * 2 + 1e-3)
}
