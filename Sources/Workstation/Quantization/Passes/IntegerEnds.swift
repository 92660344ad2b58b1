public import ModelGraph

extension Graph {
    /// Whether it computes with the scales of its own that a quantized file gave it.
    public var isQuantized: Bool {
        nodes.contains { node in
            node.outputs.contains { values[$0].type.element.isQuantized && values[$0].type.quantization != nil }
        }
    }
}

extension Pass {
    /// A quantized graph that takes and gives floats takes and gives integers instead: who runs a compiled file converts
    /// reals by the same rule (docs/arithmetic.md).
    static let integerEnds = Pass(name: "integer-ends") { graph in
        for (index, node) in graph.nodes.enumerated() {
            let (input, output) = (node.inputs[0], node.outputs[0])
            if node.operation is Quantize, graph.inputs.contains(input), graph.users(of: input) == [index],
                !graph.results.contains(input)
            {
                var next = graph
                next.values[output].name = graph.values[input].name
                next.inputs = graph.inputs.map { $0 == input ? output : $0 }
                next.nodes.remove(at: index)
                return next
            }
            if node.operation is Dequantize, graph.outputs.contains(output), graph.users(of: output).isEmpty,
                graph.producer(of: input) != nil, !graph.results.contains(input)
            {
                var next = graph
                next.values[input].name = graph.values[output].name
                next.outputs = graph.outputs.map { $0 == output ? input : $0 }
                next.nodes.remove(at: index)
                return next
            }
        }
        return nil
    }
}
