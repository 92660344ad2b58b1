import ModelGraph

extension Pass {
    /// A function of a concatenation that nothing else reads becomes a concatenation of the function of each part: behind
    /// a divided norm, so that the function can be fused into it.
    static let sinkingConcatenations = Pass(name: "sink-concatenations") { graph in
        for (index, node) in graph.nodes.enumerated() where node.operation is any UnaryOperation {
            guard let source = graph.soleProducer(of: node.inputs[0]),
                graph.nodes[source].operation is Concatenation
            else { continue }
            var next = graph
            let parts = graph.nodes[source].inputs
            var results: [Graph.ValueID] = []
            var functions: [Graph.Node] = []
            for (part, input) in parts.enumerated() {
                let name = "\(node.name).\(part)"
                next.values.append(Graph.Value(name: name, type: graph.values[input].type))
                results.append(next.values.count - 1)
                functions.append(
                    Graph.Node(name: name, operation: node.operation, inputs: [input], outputs: [results[part]]))
            }
            let joined = Graph.Node(
                name: graph.nodes[source].name, operation: graph.nodes[source].operation, inputs: results,
                outputs: node.outputs)
            next.nodes.replaceSubrange(index...index, with: functions + [joined])
            next.nodes.remove(at: source)
            return next
        }
        return nil
    }
}
