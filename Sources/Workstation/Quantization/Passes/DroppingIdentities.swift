import ModelGraph

extension Pass {
    /// Identity nodes go; who read their output reads their input.
    static let droppingIdentities = Pass(name: "drop-identities") { graph in
        for (index, node) in graph.nodes.enumerated() where node.operation is Identity {
            var next = graph.replacing(node.outputs[0], by: node.inputs[0])
            next.nodes.remove(at: index)
            return next
        }
        return nil
    }
}
