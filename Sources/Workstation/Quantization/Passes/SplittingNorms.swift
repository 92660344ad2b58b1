import ModelGraph

extension Pass {
    /// A function fused into a group norm becomes a node of its own: calibration needs the range of what it reads.
    static let splittingNorms = Pass(name: "split-norms") { graph in
        for (index, node) in graph.nodes.enumerated() {
            guard var norm = node.operation as? GroupNormalization, norm.activation == .silu else { continue }
            norm.activation = .none
            var next = graph
            let type = graph.values[node.outputs[0]].type
            next.values.append(Graph.Value(name: node.name + ".norm", type: type))
            let inner = next.values.count - 1
            next.nodes[index].operation = norm
            next.nodes[index].outputs = [inner]
            let function = Graph.Node(
                name: node.name + ".silu", operation: SiLU(), inputs: [inner], outputs: node.outputs)
            next.nodes.insert(function, at: index + 1)
            return next
        }
        return nil
    }
}
