import EdgeFormat
import ModelGraph

extension TFLiteImporter {
    mutating func concatenation(_ node: TFLiteOperator) throws(EdgeError) {
        var parts: [Graph.ValueID] = []
        for index in node.inputs.indices { parts.append(try input(node, index)) }
        guard let first = parts.first else { throw EdgeError(.data, at: "", "there is no input") }
        let axis = try axis(try node.int(0), rank: shape(first).count)
        let wanted = try outputType(node)
        for (index, part) in parts.enumerated() where type(part).quantization != wanted.quantization {
            parts[index] = try rescaled(
                part, name: "\(label(node.outputs[0])).\(index)", to: wanted, isUnsigned: isUnsigned(node.outputs[0]))
        }
        try add(Concatenation(axis: axis), for: node, parts, activation: try node.activation(1))
    }

    mutating func addition(_ node: TFLiteOperator) throws(EdgeError) {
        var (a, b) = (try input(node, 0), try input(node, 1))
        let activation = try node.activation(0)
        guard try outputType(node).quantization != nil else {
            let isPlain = shape(a) == shape(b) && type(a).element == .float32
            return try add(
                isPlain ? Addition() : Arithmetic(.addition), for: node, [a, b], activation: activation)
        }
        let target = try Broadcasting.shape([shape(a), shape(b)])
        a = try expanded(a, to: target)
        b = try expanded(b, to: target)
        try add(Addition(), for: node, [a, b], activation: activation)
    }

    /// A value repeated to a shape that it fits.
    private mutating func expanded(_ id: Graph.ValueID, to target: [Int]) throws(EdgeError) -> Graph.ValueID {
        guard shape(id) != target else { return id }
        return try add(
            Rearrangement.expansion(shape(id), to: target), name: result.values[id].name + ".expanded", [id], type(id))
    }
}
