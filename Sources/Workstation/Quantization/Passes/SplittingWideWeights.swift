import ModelGraph

extension Pass {
    /// Weights less their zero points that need 9 bits become two of 8 bits each: the layer reads every channel twice, and
    /// its sums stay the same. Models of the older kind, with a zero point for weights, have such layers.
    static let splittingWideWeights = Pass(name: "split-wide-weights") { graph in
        for (index, node) in graph.nodes.enumerated() {
            guard let layer = graph.wideLayer(node), let shape = graph.doubledShape(node, layer) else { continue }
            var next = graph
            let input = graph.values[node.inputs[0]]
            var places = input.type.shape.map { Array(0..<$0) }
            let last = places.count - 1
            places[last] = places[last].flatMap { [$0, $0] }
            let twice = Rearrangement.selection("repeat-channels", input.type.shape, places: places)
            next.values.append(
                Graph.Value(
                    name: input.name + ".twice",
                    type: TensorType(input.type.element, twice.shape, quantization: input.type.quantization)))
            let doubled = next.values.count - 1
            var quantization = layer.quantization
            quantization.channelZeroPoints = []
            let weights = next.addConstant(
                graph.values[node.inputs[1]].name, shape, .int8(layer.halves), quantization: quantization)
            next.nodes[index].inputs = [doubled, weights] + node.inputs.dropFirst(2)
            next.nodes.insert(
                Graph.Node(
                    name: node.name + ".twice", operation: twice, inputs: [node.inputs[0]], outputs: [doubled]),
                at: index)
            return next
        }
        return nil
    }
}

extension Graph {
    /// The weights of a layer with zero points of its own, each as two neighbours that add up to it; nil of any other.
    fileprivate func wideLayer(_ node: Node) -> (halves: [Int8], quantization: Quantization)? {
        guard node.operation is Convolution || node.operation is Dense, node.inputs.count > 1,
            let weights = values[node.inputs[1]].constant?.bytes,
            let quantization = values[node.inputs[1]].type.quantization, !quantization.channelZeroPoints.isEmpty
        else { return nil }
        let run = weights.count / quantization.channelZeroPoints.count
        let halves = weights.enumerated().flatMap { index, weight -> [Int8] in
            let whole = Int32(weight) - quantization.channelZeroPoints[index / run]
            return [Int8(clamping: whole / 2), Int8(clamping: whole - whole / 2)]
        }
        return (halves, quantization)
    }

    /// The shape of those weights.
    fileprivate func doubledShape(_ node: Node, _ layer: (halves: [Int8], quantization: Quantization)) -> [Int]? {
        var shape = values[node.inputs[1]].type.shape
        guard let depth = shape.last, layer.halves.count == 2 * shape.reduce(1, *) else { return nil }
        shape[shape.count - 1] = 2 * depth
        return shape
    }
}
