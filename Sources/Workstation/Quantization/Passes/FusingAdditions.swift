import ModelGraph

extension Pass {
    /// What is added to a convolution's result, a picture or a row, becomes its addend: it is added before rounding, and
    /// the result alone is stored. Of two convolutions the larger one takes the other's result.
    static let fusingAdditions = Pass(name: "fuse-additions") { graph in
        for (index, node) in graph.nodes.enumerated() where node.operation is Addition {
            let candidates = (0..<2).filter { graph.canTakeAddend(node, side: $0) }
            guard let side = candidates.max(by: { graph.weights(node.inputs[$0]) < graph.weights(node.inputs[$1]) }),
                let source = graph.soleProducer(of: node.inputs[side]),
                let convolution = graph.nodes[source].operation as? Convolution
            else { continue }
            var next = graph
            let linear = graph.nodes[source]
            let bias = next.bias(of: linear)
            next.nodes[index] = Graph.Node(
                name: linear.name, operation: ConvolutionAddition(convolution: convolution),
                inputs: [linear.inputs[0], linear.inputs[1], bias, node.inputs[1 - side]], outputs: node.outputs)
            next.values[node.outputs[0]].trained = graph.values[node.inputs[side]].trained
            next.nodes.remove(at: source)
            return next
        }
        return nil
    }
}

extension Graph {
    /// Whether an operand of an addition comes from a convolution that nothing else reads; it must be as large as the sum.
    /// One of several groups stays apart: the kernels for depthwise convolutions take no addend.
    fileprivate func canTakeAddend(_ addition: Node, side: Int) -> Bool {
        let value = addition.inputs[side]
        // What is quantized by the model's source is rounded before it is added.
        guard addition.inputs[0] != addition.inputs[1], values[value].type.quantization == nil,
            values[value].type.shape == values[addition.outputs[0]].type.shape, let source = soleProducer(of: value),
            let convolution = nodes[source].operation as? Convolution
        else { return false }
        return convolution.activation == .none && convolution.groups == 1
    }

    /// Number of weights of the convolution that computes a value.
    fileprivate func weights(_ value: ValueID) -> Int {
        producer(of: value).map { values[nodes[$0].inputs[1]].type.count } ?? 0
    }
}
