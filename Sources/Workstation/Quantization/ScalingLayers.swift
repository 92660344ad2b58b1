import ModelGraph

// A layer whose channels are multiplied by numbers above zero, on either side.
extension Graph {
    /// The graph in which each output channel of a layer is multiplied by a factor, and its upper bound with it.
    func scaling(_ node: Int, byOutput factors: [Float]) -> Graph {
        guard let layer = LinearLayer(nodes[node], of: self) else { return self }
        let depth = layer.weights.count / layer.outputs
        var graph = self
        let weights = layer.weights.indices.map { layer.weights[$0] * factors[$0 / depth] }
        graph.replace(input: 1, of: node, by: weights)
        if nodes[node].inputs.count > 2, let bias = values[nodes[node].inputs[2]].constant?.floats {
            graph.replace(input: 2, of: node, by: zip(bias, factors).map { $0 * $1 })
        }
        if let trained = values[nodes[node].outputs[0]].trained {
            graph.values[nodes[node].outputs[0]].trained = ChannelStatistics(
                means: zip(trained.means, factors).map { $0 * $1 },
                deviations: zip(trained.deviations, factors).map { $0 * $1 })
        }
        graph.nodes[node].activation = layer.activation.scaled(by: factors)
        return graph
    }

    /// The graph in which the weights of each input channel of a layer are multiplied by a factor.
    func scaling(_ node: Int, byInput factors: [Float]) -> Graph {
        guard let layer = LinearLayer(nodes[node], of: self) else { return self }
        var graph = self
        let weights = layer.weights.indices.map { layer.weights[$0] * factors[layer.inputChannel(ofWeight: $0)] }
        graph.replace(input: 1, of: node, by: weights)
        return graph
    }

    /// A constant of the node's own in the place of one that others may read too.
    private mutating func replace(input: Int, of node: Int, by elements: [Float]) {
        let old = values[nodes[node].inputs[input]]
        nodes[node].inputs[input] = addConstant(old.name, old.type.shape, .float32(elements))
    }
}

extension Graph.Node {
    /// The fused activation; nil where the operation has none that can be scaled.
    fileprivate(set) var activation: Activation? {
        get {
            switch operation {
            case let convolution as Convolution: convolution.activation
            case let dense as Dense: dense.activation
            default: nil
            }
        }
        set {
            guard let newValue else { return }
            if var convolution = operation as? Convolution {
                convolution.activation = newValue
                operation = convolution
            } else if var dense = operation as? Dense {
                dense.activation = newValue
                operation = dense
            }
        }
    }
}

extension Activation {
    /// Whether channels may be scaled before it as well as behind it, if upper bounds are scaled with them.
    var isScalable: Bool { (range.minimum == -.infinity || range.minimum == 0) && range.maximum > 0 }

    /// The activation of what is multiplied by a factor above zero, one a channel.
    fileprivate func scaled(by factors: [Float]) -> Activation {
        switch self {
        case .none, .relu: return self
        case .clip, .channelClip:
            let maxima = zip(maxima(channels: factors.count), factors).map { $0 * $1 }
            return .channelClip(minimum: range.minimum, maxima: maxima)
        }
    }
}

extension LinearLayer {
    /// The channel of the input that a weight is multiplied with.
    func inputChannel(ofWeight index: Int) -> Int {
        let run = weights.count / outputs
        let depth = convolution == nil ? run : weightShape[3]
        let group = index / run / (outputs / (convolution?.groups ?? 1))
        return group * depth + index % depth
    }

    /// The largest magnitude of the weights of each input channel.
    func largestByInput(channels: Int) -> [Float] {
        var largest = [Float](repeating: 0, count: channels)
        for (index, weight) in weights.enumerated() {
            let channel = inputChannel(ofWeight: index)
            largest[channel] = max(largest[channel], abs(weight))
        }
        return largest
    }
}
