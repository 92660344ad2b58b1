import EdgeFormat
import ModelGraph

extension Pass {
    /// All channels of a picture, taken in pieces that a concatenation puts side by side again, are the picture.
    static let mergingSlices = Pass(name: "merge-slices") { graph in
        for (index, node) in graph.nodes.enumerated() {
            guard let join = node.operation as? Concatenation, let (inputs, source) = graph.rejoined(join, node) else {
                continue
            }
            var next = graph
            next.nodes[index].inputs.replaceSubrange(inputs, with: [source])
            if next.nodes[index].inputs.count == 1 { next.nodes[index].operation = Identity() }
            return next
        }
        return nil
    }

    /// A concatenation along another axis than the last joins pictures of one row instead, whose channels are all that
    /// lies behind an index of the axes before: integers are joined along channels. That is worth while for one row, and
    /// where integers surround it.
    static let flatteningConcatenations = Pass(name: "flatten-concatenations") { graph in
        for (index, node) in graph.nodes.enumerated() {
            guard let axis = graph.flattenedAxis(node) else { continue }
            var next = graph
            var added: [Graph.Node] = []
            func reshape(_ id: Graph.ValueID, to shape: [Int]) -> Graph.ValueID {
                let value = next.values[id]
                next.values.append(
                    Graph.Value(
                        name: value.name + ".flat",
                        type: TensorType(value.type.element, shape, quantization: value.type.quantization)))
                return next.values.count - 1
            }
            let flat = { (shape: [Int]) in
                [1, 1, shape[..<axis].reduce(1, *), shape[axis...].reduce(1, *)]
            }
            let parts = node.inputs.map { id in
                let shape = flat(graph.values[id].type.shape)
                let part = reshape(id, to: shape)
                added.append(
                    Graph.Node(
                        name: next.values[part].name, operation: Reshape(shape: shape), inputs: [id], outputs: [part]))
                return part
            }
            let shape = graph.values[node.outputs[0]].type.shape
            let whole = reshape(node.outputs[0], to: flat(shape))
            added.append(
                Graph.Node(name: node.name, operation: Concatenation(), inputs: parts, outputs: [whole]))
            added.append(
                Graph.Node(
                    name: node.name + ".shape", operation: Reshape(shape: shape), inputs: [whole],
                    outputs: node.outputs))
            next.nodes.replaceSubrange(index...index, with: added)
            return next
        }
        return nil
    }
}

extension Graph {
    /// Inputs of a concatenation that are all channels of a picture, in their order, and the picture.
    fileprivate func rejoined(_ join: Concatenation, _ node: Node) -> (inputs: Range<Int>, source: ValueID)? {
        guard join.axis == -1 || join.axis == 3 else { return nil }
        let slices = node.inputs.map(takenChannels)
        for first in slices.indices {
            guard let source = slices[first]?.source else { continue }
            var (end, channel) = (first, 0)
            while end < slices.count, let next = slices[end], next.source == source, next.from == channel {
                channel += next.count
                end += 1
            }
            if channel == values[source].type.shape.last { return (first..<end, source) }
        }
        return nil
    }

    /// The picture that a value is neighbouring channels of, and which.
    private func takenChannels(_ id: ValueID) -> (source: ValueID, from: Int, count: Int)? {
        guard let producer = producer(of: id), let slice = nodes[producer].operation as? Rearrangement,
            let first = slice.firstChannel, let count = slice.shape.last
        else { return nil }
        return (nodes[producer].inputs[0], first, count)
    }

    /// The axis of a concatenation that is to become one of channels; nil for any other.
    fileprivate func flattenedAxis(_ node: Node) -> Int? {
        guard let join = node.operation as? Concatenation, (2...8).contains(node.inputs.count) else { return nil }
        let type = values[node.outputs[0]].type
        let axis = join.axis < 0 ? join.axis + type.shape.count : join.axis
        let isQuantized = type.quantization != nil && type.element.isQuantized
        guard !(type.shape.count == 4 && axis == 3), isQuantized || type.element == .float32 else { return nil }
        // One row is joined in integers whatever reads it.
        guard type.count != type.shape.last else { return axis }
        guard isQuantized || isReadByLayer(node.outputs[0]),
            node.inputs.allSatisfy({ producer(of: $0) != nil && !results.contains($0) })
        else { return nil }
        return axis
    }

    /// Whether a layer reads a value, under whatever shape.
    private func isReadByLayer(_ id: ValueID) -> Bool {
        users(of: id).contains { user in
            let operation = nodes[user].operation
            return operation.integerForm == .linear
                || (operation is Reshape || operation is Flatten) && isReadByLayer(nodes[user].outputs[0])
        }
    }
}
