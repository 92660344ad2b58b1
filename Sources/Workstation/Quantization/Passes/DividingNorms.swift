import ModelGraph

extension Pass {
    /// A group norm of a concatenation becomes a concatenation of norms, where no group has channels of two parts: so
    /// that each part keeps a scale of its own up to its norm.
    static let dividingNorms = Pass(name: "divide-norms") { graph in
        for (index, node) in graph.nodes.enumerated() {
            guard let norm = node.operation as? GroupNormalization,
                let parts = graph.concatenatedParts(of: node.inputs[0]),
                let factors = graph.values[node.inputs[1]].constant?.floats,
                let offsets = graph.values[node.inputs[2]].constant?.floats
            else { continue }
            let width = factors.count / norm.groups
            guard parts.allSatisfy({ graph.channels(of: $0) % width == 0 }) else { continue }
            var next = graph
            next.nodes.remove(at: index)
            var results: [Graph.ValueID] = []
            var first = 0
            for (part, input) in parts.enumerated() {
                let range = first..<first + graph.channels(of: input)
                first = range.upperBound
                let name = "\(node.name).\(part)"
                let gamma = next.addConstant(name + ".factors", [range.count], .float32(Array(factors[range])))
                let beta = next.addConstant(name + ".offsets", [range.count], .float32(Array(offsets[range])))
                var piece = norm
                piece.groups = range.count / width
                next.values.append(Graph.Value(name: name, type: graph.values[input].type))
                results.append(next.values.count - 1)
                next.nodes.insert(
                    Graph.Node(name: name, operation: piece, inputs: [input, gamma, beta], outputs: [results[part]]),
                    at: index + part)
            }
            next.nodes.insert(
                Graph.Node(
                    name: node.name + ".concatenation", operation: Concatenation(), inputs: results,
                    outputs: node.outputs),
                at: index + parts.count)
            return next
        }
        return nil
    }
}

extension Graph {
    /// What a value is the concatenation of along its channels; nil where it is none.
    func concatenatedParts(of value: ValueID) -> [ValueID]? {
        guard let index = producer(of: value), nodes[index].operation is Concatenation else { return nil }
        return nodes[index].inputs
    }

    func channels(of value: ValueID) -> Int { values[value].type.shape.last ?? 1 }
}
