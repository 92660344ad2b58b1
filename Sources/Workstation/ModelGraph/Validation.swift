import EdgeFormat

extension Graph {
    /// Checks everything that passes, interpreter and writers rely on: ids in range, values computed once and before
    /// they are used (so that there is no cycle), types as the operations derive them, constants of their types' sizes,
    /// and usable quantizations.
    /// - Throws: `EdgeError` that names the node or the value.
    public func validate() throws(EdgeError) {
        for value in values {
            do throws(EdgeError) { try value.validate() } catch { throw error.within("value '\(value.name)'") }
        }
        var known = values.map { $0.constant != nil }
        for id in inputs {
            guard values.indices.contains(id), !known[id] else {
                throw EdgeError(.data, at: "graph '\(name)'", "input \(id) is no value, a constant, or given twice")
            }
            known[id] = true
        }
        for node in nodes {
            do throws(EdgeError) { try validate(node, &known) } catch { throw error.within("node '\(node.name)'") }
        }
        guard !outputs.isEmpty else { throw EdgeError(.data, at: "graph '\(name)'", "there are no outputs") }
        for id in outputs where !values.indices.contains(id) || !known[id] {
            throw EdgeError(.data, at: "graph '\(name)'", "output \(id) is not computed")
        }
        for state in states { try validate(state: values[state], known) }
    }

    private func validate(state: Value, _ known: [Bool]) throws(EdgeError) {
        let place = "state '\(state.name)'"
        guard let next = state.next, values.indices.contains(next), known[next] else {
            throw EdgeError(.data, at: place, "what it becomes is not computed")
        }
        guard state.constant != nil, values[next].type == state.type else {
            throw EdgeError(
                .data, at: place, "is \(state.type.text) and becomes \(values[next].type.text), or has no beginning")
        }
    }

    private func validate(_ node: Node, _ known: inout [Bool]) throws(EdgeError) {
        for id in node.inputs {
            guard values.indices.contains(id) else { throw EdgeError(.data, at: "", "input \(id) is no value") }
            guard known[id] else {
                throw EdgeError(.data, at: "", "input '\(values[id].name)' is not computed before it is used")
            }
        }
        let types = try node.operation.outputTypes(of: node.inputs.map { values[$0].type })
        guard types.count == node.outputs.count else {
            throw EdgeError(.data, at: "", "\(node.outputs.count) outputs; \(types.count) are computed")
        }
        for (id, type) in zip(node.outputs, types) {
            guard values.indices.contains(id), !known[id] else {
                throw EdgeError(.data, at: "", "output \(id) is no value, or computed twice")
            }
            known[id] = true
            let element = values[id].type.element
            let isChosen = node.operation.choosesWidth && element.isQuantized && type.element.isQuantized
            guard element == type.element || isChosen, values[id].type.shape == type.shape else {
                throw EdgeError(
                    .data, at: "",
                    "output '\(values[id].name)' is \(values[id].type.text), but \(type.text) is computed")
            }
        }
    }
}

extension Graph.Value {
    fileprivate func validate() throws(EdgeError) {
        let count = try Shape.elementCount(type.shape)
        if let constant {
            guard constant.elementType == type.element, constant.count == count else {
                throw EdgeError(
                    .data, at: "", "holds \(constant.count) \(constant.elementType.rawValue) elements, not \(type.text)"
                )
            }
        }
        guard storage == nil || constant?.floats != nil else {
            throw EdgeError(.data, at: "", "is \(type.text), which is not stored in fewer bits")
        }
        guard let quantization = type.quantization else { return }
        guard quantization.scales.allSatisfy({ $0.isFinite && $0 > 0 }) else {
            throw EdgeError(.data, at: "", "a scale is not finite and above 0")
        }
        guard (-128...127).contains(quantization.zeroPoint) else {
            throw EdgeError(.data, at: "", "zero point \(quantization.zeroPoint) is outside -128 ... 127")
        }
        guard type.element != .int16 || quantization.zeroPoint == 0 else {
            throw EdgeError(.data, at: "", "zero point \(quantization.zeroPoint) of an int16, where it must be 0")
        }
        let wanted: Int? =
            if let axis = quantization.axis { type.shape.indices.contains(axis) ? type.shape[axis] : nil } else { 1 }
        guard quantization.scales.count == wanted else {
            throw EdgeError(.data, at: "", "\(quantization.scales.count) scales do not fit \(type.text)")
        }
    }
}

extension TensorType {
    /// `float32 1x28x28x6`.
    var text: String { "\(element.rawValue) \(Shape.text(shape))" }
}
