import ModelGraph

extension Pass {
    /// Identity nodes go; who read their output reads their input. Those stay that make an output of what has another name
    /// already: an input, a constant, another output.
    static let droppingIdentities = Pass(name: "drop-identities") { graph in
        for (index, node) in graph.nodes.enumerated() where node.operation is Identity {
            let (input, output) = (node.inputs[0], node.outputs[0])
            let isTaken =
                graph.inputs.contains(input) || graph.outputs.contains(input) || graph.values[input].constant != nil
            if graph.outputs.contains(output), isTaken { continue }
            var next = graph.replacing(node.outputs[0], by: node.inputs[0])
            next.nodes.remove(at: index)
            return next
        }
        return nil
    }
}
