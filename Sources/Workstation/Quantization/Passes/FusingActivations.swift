import ModelGraph

extension Pass {
    /// A ReLU or clip right behind a convolution or dense layer becomes the clamp of its results.
    static let fusingActivations = Pass(name: "fuse-activations") { graph in
        for (index, node) in graph.nodes.enumerated() {
            guard let range = node.operation.clamp, let source = graph.soleProducer(of: node.inputs[0]),
                let fused = graph.nodes[source].operation.fusing(range)
            else { continue }
            var next = graph
            next.nodes[source].operation = fused
            next.nodes[source].outputs = node.outputs
            next.values[node.outputs[0]].trained = graph.values[node.inputs[0]].trained
            next.nodes.remove(at: index)
            return next
        }
        return nil
    }
}

extension Operation {
    /// The activation that this operation is, when it is one that a clamp can compute.
    fileprivate var clamp: Activation? {
        switch self {
        case is ReLU: .relu
        case let clip as Clip: .clip(minimum: clip.minimum, maximum: clip.maximum)
        default: nil
        }
    }

    /// This operation with an activation fused into it, or nil when it cannot take one.
    fileprivate func fusing(_ activation: Activation) -> (any Operation)? {
        switch self {
        case var convolution as Convolution where convolution.activation == .none:
            convolution.activation = activation
            return convolution
        case var dense as Dense where dense.activation == .none:
            dense.activation = activation
            return dense
        default: return nil
        }
    }
}
