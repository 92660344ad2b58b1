public import EdgeFormat
public import ModelGraph
import Platform

/// What follows a quantization layer by layer, each measured on what the quantized layers before it give
/// (docs/quantization.md):
/// - adaptive rounding of weights;
/// - bias correction: in the mean over many samples a channel's error is not zero; the bias takes that mean away. Which mean
///   that is, samples show, or what batch norms say of their channels.
public struct LayerCorrection: Sendable {
    private let float: Graph
    private let quantized: Graph
    private let recipe: QuantizationRecipe
    private let threads: Int
    /// Asked before each layer; what it throws ends the correction.
    private let mayContinue: @Sendable () throws(EdgeError) -> Void
    /// Called with the number of samples done.
    private let progress: @Sendable (Int) -> Void

    /// Bytes that the values of all samples may have at once.
    private static let memoryLimit = 96 << 20
    /// More samples change the means by less than a step.
    private static let sampleLimit = 128
    /// Samples that are added up at a time; fixed, so that the result does not depend on the number of threads.
    private static let shard = 4

    /// - Parameters:
    ///   - float: the graph as the quantizer got it.
    ///   - quantized: what the quantizer made of it; layers are the same where their results have the same name.
    ///   - recipe: which of the methods are asked for.
    public init(
        float: Graph, quantized: Graph, recipe: QuantizationRecipe, threads: Int,
        mayContinue: @escaping @Sendable () throws(EdgeError) -> Void = {},
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.recipe = recipe
        self.float = float
        self.quantized = quantized
        self.threads = threads
        self.mayContinue = mayContinue
        self.progress = progress
    }

    /// The quantized graph with other weights and biases.
    public func corrected(_ samples: CalibrationSamples) throws(EdgeError) -> Graph {
        guard recipe.biasCorrection != .none || recipe.rounding == .adaptive else { return quantized }
        let samples = samples.thinned(to: sampleCount)
        let wanted = recipe.biasCorrection == .empirical ? try floatMeans(samples) : [:]
        let expected = recipe.biasCorrection == .dataFree ? Expected(float) : nil
        // Only what samples show needs their values.
        let needsValues = recipe.biasCorrection == .empirical || recipe.rounding == .adaptive
        var run = try LayerwiseRun(quantized, needsValues ? samples : samples.thinned(to: 0), threads: threads)
        for (index, node) in quantized.nodes.enumerated() {
            guard !Interrupts.requested else { throw EdgeError.interrupted }
            try mayContinue()
            if recipe.rounding == .adaptive, let weights = try roundedWeights(index, run) {
                run.replace(node.inputs[1], by: .int8(weights))
            }
            if let layer = LinearLayer(node, of: run.graph), let biasID = node.ownConstant(2, quantized) {
                let name = quantized.values[node.outputs[0]].name
                var bias: [Int32]?
                if let means = wanted[name] {
                    bias = try correctedBias(node, layer, means, run.sums(index, layer))
                } else if let means = expected?.layers[name] {
                    bias = try correctedBias(node, layer, means.results, sums(node, layer, means.inputs))
                }
                if let bias { run.replace(biasID, by: .int32(bias)) }
            }
            if needsValues { try run.advance(index) }
            let (done, all) = (index + 1, quantized.nodes.count)
            progress(samples.count * done / all - samples.count * index / all)
        }
        return run.graph
    }

    /// Samples that are looked at, where there are so many: what memory allows.
    private var sampleCount: Int {
        min(Self.sampleLimit, max(1, Self.memoryLimit / max(quantized.liveBytes, 1)))
    }

    /// The mean of each channel of each layer's results before the activation, in the float graph, by the result's name.
    private func floatMeans(_ samples: CalibrationSamples) throws(EdgeError) -> [String: [Double]] {
        let float = float
        let interpreter = try ReferenceInterpreter(float, .quick)
        let layers = float.nodes.map { LinearLayer($0, of: float) }
        // By value: the layers that read it, and as which operand.
        let readers = float.values.indices.map { id in
            float.nodes.indices.filter { layers[$0] != nil }.flatMap { node in
                float.nodes[node].inputs.indices.filter { float.nodes[node].inputs[$0] == id }.map { (node, $0) }
            }
        }
        let empty = [LayerSums](repeating: LayerSums(), count: layers.count)
        let sums = try concurrently(shards(samples.count, of: Self.shard), threads: threads, into: empty) {
            [progress] (range) throws(EdgeError) in
            var sums = empty
            for sample in range {
                _ = try interpreter.run(try samples[sample].inputs) { (id, data) throws(EdgeError) in
                    for (reader, operand) in readers[id] {
                        guard let layer = layers[reader] else { continue }
                        try sums[reader].add(layer, operand: operand, (float.values[id].type, data))
                    }
                }
                progress(1)
            }
            return sums
        } merge: { (all, part) throws(EdgeError) in
            for index in all.indices { all[index].merge(part[index]) }
        }
        var means: [String: [Double]] = [:]
        for (index, node) in float.nodes.enumerated() {
            guard let layer = layers[index], let products = sums[index].products(layer) else { continue }
            let bias = node.inputs.count > 2 ? float.values[node.inputs[2]].constant?.floats : nil
            let addend = sums[index].addend(layer)
            means[float.values[node.outputs[0]].name] = products.indices.map {
                products[$0] + Double(bias?[$0] ?? 0) + addend[$0]
            }
        }
        return means
    }

    /// The layer's bias with which its mean is the one wanted; nil where the layer has no integers or no numbers.
    private func correctedBias(
        _ node: Graph.Node, _ layer: LinearLayer, _ wanted: [Double], _ sums: LayerSums
    ) throws(EdgeError) -> [Int32]? {
        guard let means = sums.products(layer), let weights = quantized.values[node.inputs[1]].type.quantization,
            case .int32(var bias) = quantized.values[node.inputs[2]].constant
        else { return nil }
        let input = quantized.values[node.inputs[0]].type
        let scale = try input.activationQuantization.scales[0]
        let output = try quantized.values[node.outputs[0]].type.activationQuantization.scales[0]
        let addendScale =
            node.inputs.count > 3
            ? Double(try quantized.values[node.inputs[3]].type.activationQuantization.scales[0]) : 0
        let addend = sums.addend(layer)
        let depth = layer.weights.count / layer.outputs
        for channel in bias.indices {
            let weightScale = weights.scales[weights.axis == nil ? 0 : channel]
            let unit = Double(scale) * Double(weightScale)
            let steps = ((wanted[channel] - addend[channel] * addendScale) / unit - means[channel])
                .rounded(.toNearestOrEven)
            let limits = SumLimits(input: input, scale: (scale * weightScale) / output)
            let row = layer.weights[channel * depth..<(channel + 1) * depth]
            if limits.hold(weights: row.reduce(0) { $0 + Double(abs($1)) }, bias: steps) {
                bias[channel] = Int32(steps)
            }
        }
        return bias
    }
}

// From what batch norms say.
extension LayerCorrection {
    /// By the result's name: what each layer reads, and what it computes in the mean before addend and activation.
    private struct Expected {
        var layers: [String: (inputs: [Float], results: [Double])] = [:]

        init(_ graph: Graph) {
            let expected = ExpectedMeans(graph)
            for node in graph.nodes {
                guard let layer = LinearLayer(node, of: graph), let inputs = expected.elements(node.inputs[0]),
                    let results = expected.means(of: node, layer)
                else { continue }
                layers[graph.values[node.outputs[0]].name] = (inputs, results)
            }
        }
    }

    /// What a quantized layer's operand adds up to where each element is its expected mean; without an addend, whose mean is
    /// the same in both graphs.
    private func sums(_ node: Graph.Node, _ layer: LinearLayer, _ means: [Float]) throws(EdgeError) -> LayerSums {
        let input = quantized.values[node.inputs[0]].type
        let scale = try input.activationQuantization.scales[0]
        var sums = LayerSums()
        try sums.add(layer, operand: 0, (TensorType(.float32, input.shape), .float32(means.map { $0 / scale })))
        return sums
    }
}

extension LayerCorrection {
    /// Places whose windows adaptive rounding looks at.
    private static let places = 16384
    /// Weights of an output beyond which their covariances are too many.
    private static let mostWeights = 2048

    /// A layer's weights rounded by its results; nil where it has no weights of its own, or too many an output.
    private func roundedWeights(_ index: Int, _ run: LayerwiseRun) throws(EdgeError) -> [Int8]? {
        let node = quantized.nodes[index]
        guard let layer = LinearLayer(node, of: quantized), let weightID = node.ownConstant(1, quantized),
            let exact = floatWeights(node), exact.count == layer.weights.count,
            let scales = quantized.values[weightID].type.quantization?.scales, scales.count == layer.outputs,
            let stored = quantized.values[weightID].constant?.bytes
        else { return nil }
        let input = quantized.values[node.inputs[0]].type
        let inputScale = try input.activationQuantization.scales[0]
        let outputScale = try quantized.values[node.outputs[0]].type.activationQuantization.scales[0]
        let bias = node.inputs.count > 2 ? quantized.values[node.inputs[2]].constant?.integers : nil
        let patches = try run.patches(index, layer, count: Self.places)
        guard patches.depth <= Self.mostWeights else { return nil }
        let (depth, perGroup) = (patches.depth, layer.outputs / patches.groups)
        let rows = try concurrently(patches.groups, threads: threads) { (group) throws(EdgeError) in
            let covariances = patches.covariances(group)
            return (group * perGroup..<(group + 1) * perGroup).flatMap { output in
                let places = output * depth..<(output + 1) * depth
                let rounded = AdaptiveRounding.round(exact[places].map { $0 / scales[output] }, covariances)
                let limits = SumLimits(input: input, scale: (inputScale * scales[output]) / outputScale)
                let magnitude = rounded.reduce(0.0) { $0 + Double($1.magnitude) }
                // Where more of them went up than sums have room for, the nearest ones stay.
                let fits = limits.hold(weights: magnitude, bias: Double(bias?[output] ?? 0))
                return fits ? rounded : Array(stored[places])
            }
        }
        return rows.flatMap { $0 }
    }

    /// The weights that a layer of the quantized graph has in the float graph.
    private func floatWeights(_ node: Graph.Node) -> [Float]? {
        let name = quantized.values[node.outputs[0]].name
        let layer = float.nodes.first { float.values[$0.outputs[0]].name == name }
        return layer.flatMap { $0.inputs.count > 1 ? float.values[$0.inputs[1]].constant?.floats : nil }
    }
}

extension Graph.Node {
    /// A constant that no other node reads.
    fileprivate func ownConstant(_ input: Int, _ graph: Graph) -> Graph.ValueID? {
        guard inputs.count > input, graph.values[inputs[input]].constant != nil,
            graph.users(of: inputs[input]).count == 1
        else { return nil }
        return inputs[input]
    }
}
