import ModelGraph

extension Pass {
    /// A 1×1 convolution of a concatenation becomes one convolution a part, each with the sum of the parts before it as
    /// its addend: so that each part keeps a scale of its own. Where nothing else reads the parts they may as well be
    /// stored together, under one scale, and nothing is divided.
    static let dividingConvolutions = Pass(name: "divide-convolutions") { graph in
        for (index, node) in graph.nodes.enumerated() {
            guard let convolution = node.operation as? Convolution, convolution.isPointwise,
                graph.values[node.inputs[1]].type.shape[1...2] == [1, 1],
                let parts = graph.concatenatedParts(of: node.inputs[0]),
                parts.contains(where: { graph.users(of: $0).count > 1 }),
                let weights = graph.values[node.inputs[1]].constant?.floats
            else { continue }
            var next = graph
            next.nodes.remove(at: index)
            var place = index
            var sum: Graph.ValueID?
            for (part, columns) in graph.columns(of: parts).enumerated().reversed() {
                let name = part == 0 ? node.name : "\(node.name).\(part)"
                let kernel = next.addConstant(
                    name + ".weights", [graph.channels(of: node.outputs[0]), 1, 1, columns.count],
                    .float32(weights.columns(columns, of: graph.values[node.inputs[1]].type.shape[3])))
                var output = node.outputs[0]
                if part > 0 {
                    next.values.append(Graph.Value(name: name, type: graph.values[output].type))
                    output = next.values.count - 1
                }
                var inputs = [parts[part], kernel]
                if let sum { inputs += [part == 0 ? next.bias(of: node) : next.noBias(of: node), sum] }
                let operation: any Operation = sum == nil ? convolution : ConvolutionAddition(convolution: convolution)
                next.nodes.insert(
                    Graph.Node(name: name, operation: operation, inputs: inputs, outputs: [output]), at: place)
                place += 1
                sum = output
            }
            return next
        }
        return nil
    }
}

extension Convolution {
    /// Whether each output pixel is computed from the input at the same place and nothing else, given a 1×1 window.
    fileprivate var isPointwise: Bool {
        groups == 1 && strides == .one && padding == .none && activation == .none
    }
}

extension Graph {
    /// The channels of each part in the concatenation.
    fileprivate func columns(of parts: [ValueID]) -> [Range<Int>] {
        var first = 0
        return parts.map { part in
            defer { first += channels(of: part) }
            return first..<first + channels(of: part)
        }
    }

    /// The bias of a convolution; zeros where it has none.
    mutating func bias(of node: Node) -> ValueID { node.inputs.count > 2 ? node.inputs[2] : noBias(of: node) }

    fileprivate mutating func noBias(of node: Node) -> ValueID {
        let count = channels(of: node.outputs[0])
        return addConstant(node.name + ".zeros", [count], .float32([Float](repeating: 0, count: count)))
    }
}

extension [Float] {
    /// The same columns of every row.
    fileprivate func columns(_ range: Range<Int>, of width: Int) -> [Float] {
        stride(from: 0, to: count, by: width).flatMap { self[$0 + range.lowerBound..<$0 + range.upperBound] }
    }
}
