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
        let (a, b) = (try input(node, 0), try input(node, 1))
        let activation = try node.activation(0)
        guard try outputType(node).quantization != nil else {
            let isPlain = shape(a) == shape(b) && type(a).element == .float32
            return try add(
                isPlain ? Addition() : Arithmetic(.addition), for: node, [a, b], activation: activation)
        }
        let areAlike = shape(a) == shape(b) && result.values[a].constant == nil && result.values[b].constant == nil
        try add(areAlike ? Addition() : Arithmetic(.addition), for: node, [a, b], activation: activation)
    }
}
