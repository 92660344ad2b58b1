extension Graph {
    /// The graph as text, a line a node: what `quantize --print-after` shows.
    public var text: String {
        var lines = ["graph '\(name)'"]
        for id in inputs { lines.append("  input \(text(of: id))") }
        for node in nodes {
            let outputs = node.outputs.map { text(of: $0) }.joined(separator: ", ")
            let inputs = node.inputs.map { text(of: $0) }.joined(separator: ", ")
            lines.append("  \(outputs) = \(node.operation.text)(\(inputs))")
        }
        lines.append("  output " + outputs.map { "%\($0)" }.joined(separator: ", "))
        for key in metadata.keys.sorted() {
            lines.append("  \(key) = \((metadata[key] ?? "").split(separator: "\n").joined(separator: ","))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// `%3 'relu1' int8 1x28x28x6 scale 0.0125 zero -128`; constants say so.
    private func text(of id: ValueID) -> String {
        let value = values[id]
        let kind = value.next.map { "state, next %\($0), " } ?? (value.constant == nil ? "" : "constant ")
        return "%\(id) '\(value.name)' \(kind)\(value.type.text)" + (value.type.quantization?.text ?? "")
    }
}

extension Quantization {
    fileprivate var text: String {
        if axis != nil { return " \(scales.count) scales" }
        return " scale \(scales[0]) zero \(zeroPoint)"
    }
}

extension Operation {
    /// The name and the parameters: `convolution[strides 1x1, groups 1]`.
    public var text: String {
        let parameters = Mirror(reflecting: self).children.map { child in
            "\(child.label ?? "") \(Self.text(child.value))"
        }
        return parameters.isEmpty ? Self.name : "\(Self.name)[\(parameters.joined(separator: ", "))]"
    }

    private static func text(_ parameter: Any) -> String {
        switch parameter {
        case let extent as Extent: "\(extent.height)x\(extent.width)"
        case let padding as Padding: "\(padding.top),\(padding.left),\(padding.bottom),\(padding.right)"
        case let entries as [Int8]: "of \(entries.count) bytes"
        case let entries as [Int16]: "of \(2 * entries.count) bytes"
        case let numbers as [Float]: "of \(numbers.count) numbers"
        case let convolution as Convolution: convolution.text
        case Activation.clip(let minimum, let maximum): "clip \(minimum) \(maximum)"
        case Activation.channelClip(let minimum, let maxima): "clip \(minimum) \(maxima.count) maxima"
        default: "\(parameter)"
        }
    }
}
