import ModelGraph

extension Graph {
    /// The graph with the weights and biases that the integers of a quantized one stand for; layers are the same where their
    /// results have the same name.
    func weighted(as quantized: Graph) -> Graph {
        var graph = self
        var layers: [String: Node] = [:]
        for node in quantized.nodes where node.operation.integerForm == .linear {
            layers[quantized.values[node.outputs[0]].name] = node
        }
        for (index, node) in nodes.enumerated() where node.operation.integerForm == .linear {
            guard let layer = layers[values[node.outputs[0]].name], let reals = quantized.reals(layer) else { continue }
            let name = values[node.inputs[1]].name
            // Constants of its own: other layers may share the weights, but not how they were rounded.
            let weights = graph.addConstant(name, values[node.inputs[1]].type.shape, .float32(reals.weights))
            let bias = graph.addConstant(name + ".bias", [reals.bias.count], .float32(reals.bias))
            graph.nodes[index].inputs.replaceSubrange(1..<min(node.inputs.count, 3), with: [weights, bias])
        }
        return graph
    }

    /// What the integers of a layer stand for; nil where it has none.
    private func reals(_ layer: Node) -> (weights: [Float], bias: [Float])? {
        guard layer.inputs.count > 2, let input = values[layer.inputs[0]].type.quantization?.scales.first,
            let weights = values[layer.inputs[1]].constant?.bytes,
            let scales = values[layer.inputs[1]].type.quantization?.scales,
            let bias = values[layer.inputs[2]].constant?.integers, bias.count == scales.count, !bias.isEmpty
        else { return nil }
        let depth = max(weights.count / scales.count, 1)
        return (
            weights.enumerated().map { Float($1) * scales[$0 / depth] },
            zip(bias, scales).map { Float(Double($0) * Double(input) * Double($1)) }
        )
    }
}
