public import EdgeFormat
public import ModelGraph

/// Cross-layer equalisation: a channel between two layers may be divided by any number above zero if the second layer's
/// weights for it are multiplied by the same, and is so brought to the range of its neighbours, with which it shares
/// one scale (docs/quantization.md).
public struct Equalization: Sendable {
    private let graph: Graph
    /// By value: the largest magnitude of each channel.
    private var largest: [Graph.ValueID: [Float]] = [:]

    /// Two layers and the value that the first computes.
    private struct Pair {
        let first: Int
        let second: Int
        let value: Graph.ValueID
    }

    private static let sampleLimit = 64
    private static let shard = 4
    /// Channels are not stretched by more: what never shows in the samples may show later.
    private static let mostStretch: Float = 64

    /// Looks at what the channels between layers are on some samples.
    public init(_ graph: Graph, _ samples: CalibrationSamples, threads: Int) throws(EdgeError) {
        self.graph = graph
        let pairs = graph.nodes.indices.compactMap { Self.pair($0, graph) }
        let values = Set(pairs.map(\.value))
        let samples = samples.thinned(to: Self.sampleLimit)
        let interpreter = try ReferenceInterpreter(graph, .quick)
        largest = try concurrently(shards(samples.count, of: Self.shard), threads: threads, into: [:]) {
            (range) throws(EdgeError) in
            var largest: [Graph.ValueID: [Float]] = [:]
            for sample in range {
                _ = try interpreter.run(try samples[sample].inputs) { id, data in
                    guard values.contains(id), let elements = data.floats else { return }
                    largest[id] = elements.largest(channels: graph.values[id].type.shape.last ?? 1, largest[id])
                }
            }
            return largest
        } merge: {
            $0.merge($1) { zip($0, $1).map { max($0, $1) } }
        }
    }

    /// The equalised graph.
    public func equalized() -> Graph {
        var result = graph
        for index in graph.nodes.indices {
            guard let pair = Self.pair(index, graph), let factors = factors(pair, result) else { continue }
            result = result.scaling(pair.first, byOutput: factors.map { 1 / $0 })
            result = result.scaling(pair.second, byInput: factors)
        }
        return result.removingDeadCode()
    }

    /// What each channel is divided by.
    private func factors(_ pair: Pair, _ graph: Graph) -> [Float]? {
        guard let activations = largest[pair.value], let layer = LinearLayer(graph.nodes[pair.second], of: graph),
            let limit = activations.max(), limit > 0
        else { return nil }
        // A depthwise layer has a scale for each channel anyway. Of other layers all channels of an output share one:
        // half of the way, so that neither side's channels get too far apart.
        let isDepthwise = layer.weightShape.count == 4 && layer.weightShape[3] == 1 && layer.convolution?.groups != 1
        let weights = layer.largestByInput(channels: activations.count)
        var factors = zip(activations, weights).map { activation, weight -> Float in
            guard activation > 0, weight > 0 else { return 0 }
            return isDepthwise ? activation / limit : (activation / limit / weight).squareRoot()
        }
        let widest = factors.max() ?? 0
        guard widest > 0 else { return nil }
        factors = factors.map { max($0 / widest, 1 / Self.mostStretch) }
        // Bounds are one pair for all channels: a channel that comes near them keeps its size, no other one grows beyond.
        if let bound = graph.nodes[pair.first].clip {
            for (index, activation) in activations.enumerated() {
                factors[index] = min(max(factors[index], activation * Self.margin / bound), 1)
            }
        }
        return factors
    }

    /// Of a clip: how much larger than in the samples a channel may get before it is cut.
    private static let margin: Float = 1.25

    /// The pair whose first layer is a node: what it computes is read by one other layer alone, directly or after pools, and
    /// stays in proportion when it is scaled.
    private static func pair(_ first: Int, _ graph: Graph) -> Pair? {
        let node = graph.nodes[first]
        guard node.operation is Convolution || node.operation is Dense, LinearLayer(node, of: graph) != nil,
            node.isScalable
        else { return nil }
        var value = node.outputs[0]
        while true {
            let users = graph.users(of: value)
            guard users.count == 1, !graph.results.contains(value) else { return nil }
            let user = graph.nodes[users[0]]
            if LinearLayer(user, of: graph) != nil {
                guard user.inputs[0] == value, !user.inputs.dropFirst().contains(value) else { return nil }
                return Pair(first: first, second: users[0], value: node.outputs[0])
            }
            guard user.operation is MaxPool || user.operation is AveragePool else { return nil }
            value = user.outputs[0]
        }
    }
}
