import EdgeFormat
import ModelGraph

// What the operators' rules are written with: adding to the graph.
extension TFLiteImporter {
    /// An output of the node is a constant.
    mutating func define(_ node: TFLiteOperator, output: Int = 0, constant: TFLiteConstant) {
        constants[node.outputs[output]] = constant
    }

    /// An output of the node is this value under another name.
    mutating func define(_ node: TFLiteOperator, output: Int = 0, _ id: Graph.ValueID) {
        computed[node.outputs[output]] = id
    }

    /// The graph's type of an output of the node, whatever the file says of its shape.
    func outputType(_ node: TFLiteOperator, _ output: Int = 0, shape: [Int] = []) throws(EdgeError) -> TensorType {
        guard node.outputs.indices.contains(output) else {
            throw EdgeError(.data, at: "", "output \(output) is missing")
        }
        return try type(of: node.outputs[output], shape: shape)
    }

    /// Adds an operation whose output is one of the node's, of the type that the file gives it. Of constants alone the
    /// result is a constant.
    /// - Parameter activation: a clamp behind it, which has the same scale and so changes no integer but by clamping.
    mutating func add(
        _ operation: any Operation, for node: TFLiteOperator, output: Int = 0, _ inputs: [Graph.ValueID],
        activation: Activation = .none
    ) throws(EdgeError) {
        let wanted = try outputType(node, output)
        let name = label(node.outputs[output])
        if activation == .none, let constant = try folded(operation, inputs, wanted) {
            return define(node, output: output, constant: constant)
        }
        var id = try add(operation, name: activation == .none ? name : name + ".unclamped", inputs, wanted)
        if let clamp = try activation.operation { id = try add(clamp, name: name, [id], wanted) }
        define(node, output: output, id)
    }

    /// Adds an operation whose result has the element and the quantization of a type.
    mutating func add(
        _ operation: any Operation, name: String, _ inputs: [Graph.ValueID], _ wanted: TensorType
    ) throws(EdgeError) -> Graph.ValueID {
        do throws(EdgeError) {
            let id = try result.add(operation, name: name, inputs: inputs, quantization: wanted.quantization)
            guard type(id).element == wanted.element else {
                throw EdgeError(
                    .data, at: "",
                    "'\(name)' is \(wanted.element.rawValue), but \(type(id).element.rawValue) is computed")
            }
            return id
        } catch {
            // The place is named once, by the caller.
            throw EdgeError(error.kind, at: "", error.sentence)
        }
    }

    /// The result of an operation of constants that are not quantized; nil where there is anything else.
    private func folded(
        _ operation: any Operation, _ inputs: [Graph.ValueID], _ wanted: TensorType
    ) throws(EdgeError) -> TFLiteConstant? {
        var operands: [(type: TensorType, data: TensorData)] = []
        for id in inputs {
            guard let constant = result.values[id].constant, type(id).quantization == nil else { return nil }
            operands.append((type(id), constant))
        }
        guard !operands.isEmpty, wanted.quantization == nil else { return nil }
        let types = try operation.outputTypes(of: operands.map(\.type))
        guard types.count == 1, types[0].element == wanted.element else { return nil }
        return TFLiteConstant(shape: types[0].shape, data: try operation.evaluate(operands, outputs: types)[0])
    }

    /// Adds an operation that only moves elements: nothing may change what they stand for.
    /// - Parameters:
    ///   - first: the first operand whose elements are moved.
    ///   - end: the operand behind the last one; nil for all.
    mutating func move(
        _ operation: any Operation, for node: TFLiteOperator, output: Int = 0, _ inputs: [Graph.ValueID],
        from first: Int = 0, to end: Int? = nil
    ) throws(EdgeError) {
        let wanted = try outputType(node, output)
        for id in inputs[first..<(end ?? inputs.count)] where type(id).quantization != wanted.quantization {
            throw EdgeError(
                .data, at: "",
                "'\(label(node.outputs[output]))' has another scale or zero point than what it is made of")
        }
        try add(operation, for: node, output: output, inputs)
    }

    /// Adds an operation that computes in floats, also where the file's values are quantized: these become floats before
    /// it and integers behind it.
    mutating func addFloats(
        _ operation: any Operation, for node: TFLiteOperator, _ inputs: [Graph.ValueID],
        activation: Activation = .none
    ) throws(EdgeError) {
        let wanted = try outputType(node)
        guard wanted.quantization != nil else { return try add(operation, for: node, inputs, activation: activation) }
        let name = label(node.outputs[0])
        var operands: [Graph.ValueID] = []
        for (index, id) in inputs.enumerated() {
            let isQuantized = type(id).quantization != nil
            operands.append(
                isQuantized
                    ? try add(Dequantize(), name: "\(name).\(index).float", [id], TensorType(.float32, [])) : id)
        }
        var id = try add(operation, name: name + ".float", operands, TensorType(.float32, []))
        if let clamp = try activation.operation {
            id = try add(clamp, name: name + ".clamped", [id], TensorType(.float32, []))
        }
        define(node, try add(Quantize(), name: name, [id], wanted))
    }
}

extension Activation {
    /// The clamp as an operation of its own; nil for none.
    /// - Throws: `EdgeError` for bounds by channel, which no file has.
    fileprivate var operation: (any Operation)? {
        get throws(EdgeError) {
            switch self {
            case .none: nil
            case .relu: ReLU()
            case .clip(let minimum, let maximum): Clip(minimum: minimum, maximum: maximum)
            case .channelClip: throw EdgeError(.data, at: "", "bounds by channel are no operation of their own")
            }
        }
    }
}
