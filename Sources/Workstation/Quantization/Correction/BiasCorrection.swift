public import EdgeFormat
public import ModelGraph
import Platform

/// Empirical bias correction, layer by layer: what a quantized layer gives is off by a little, and in the mean over many
/// samples the error of a channel is not zero. The bias takes that mean away, and the next layer is measured on what the
/// corrected one gives (docs/quantization.md).
public struct BiasCorrection: Sendable {
    private let float: Graph
    private let quantized: Graph
    private let threads: Int
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
    public init(
        float: Graph, quantized: Graph, threads: Int, progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.float = float
        self.quantized = quantized
        self.threads = threads
        self.progress = progress
    }

    /// The quantized graph with corrected biases.
    public func corrected(_ samples: CalibrationSamples) throws(EdgeError) -> Graph {
        let samples = samples.thinned(to: sampleCount)
        let wanted = try floatMeans(samples)
        var run = try LayerwiseRun(quantized, samples, threads: threads)
        var result = quantized
        for (index, node) in quantized.nodes.enumerated() {
            guard !Interrupts.requested else { throw EdgeError.interrupted }
            if let layer = LinearLayer(node, of: quantized), let biasID = node.biasID(quantized),
                let means = wanted[quantized.values[node.outputs[0]].name],
                let bias = try correctedBias(node, layer, means, run.sums(index, layer))
            {
                result.values[biasID].constant = .int32(bias)
                run.constants[biasID] = .int32(bias)
            }
            try run.advance(index)
            progress(samples.count * (index + 1) / quantized.nodes.count - samples.count * index / quantized.nodes.count)
        }
        return result
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
        let addendScale = node.inputs.count > 3
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

extension Graph.Node {
    /// The constant of integers that is the bias of a layer; nil where another node reads it too.
    fileprivate func biasID(_ graph: Graph) -> Graph.ValueID? {
        guard inputs.count > 2, graph.users(of: inputs[2]).count == 1, graph.values[inputs[2]].constant?.integers != nil
        else { return nil }
        return inputs[2]
    }
}
