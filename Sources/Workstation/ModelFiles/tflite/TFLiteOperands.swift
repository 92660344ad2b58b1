import EdgeFormat
import ModelGraph

// What the operators' rules are written with: reading operands.
extension TFLiteImporter {
    func label(_ tensor: Int) -> String { document.tensors[tensor].label }

    /// Whether the file has the tensor's bytes without a sign.
    func isUnsigned(_ tensor: Int) -> Bool { document.tensors[tensor].type == .uint8 }

    func type(_ id: Graph.ValueID) -> TensorType { result.values[id].type }
    func shape(_ id: Graph.ValueID) -> [Int] { result.values[id].type.shape }

    /// Checks that a tensor is given, constant, computed by an earlier node, or a state, which begins at zero.
    mutating func expectDefined(_ tensor: Int) throws(EdgeError) {
        guard computed[tensor] == nil, !document.tensors[tensor].isVariable, try constant(tensor) == nil else { return }
        throw EdgeError(
            .data, at: "",
            promised.contains(tensor)
                ? "'\(label(tensor))' is computed only later: the graph has a cycle or is not in order"
                : "'\(label(tensor))' is neither given nor computed")
    }

    func expectNew(_ tensor: Int) throws(EdgeError) {
        guard computed[tensor] == nil, constants[tensor] == nil else {
            throw EdgeError(.data, at: "", "'\(label(tensor))' is computed, or given, twice")
        }
    }

    /// An operand that must be there.
    func operand(_ node: TFLiteOperator, _ index: Int) throws(EdgeError) -> Int {
        guard let tensor = optionalOperand(node, index) else {
            throw EdgeError(.data, at: "", "input \(index) is missing")
        }
        return tensor
    }

    func optionalOperand(_ node: TFLiteOperator, _ index: Int) -> Int? {
        node.inputs.indices.contains(index) ? node.inputs[index] : nil
    }

    /// The value of a tensor: given, computed, or a constant, which becomes one of the graph.
    mutating func value(_ tensor: Int) throws(EdgeError) -> Graph.ValueID {
        if let id = computed[tensor] ?? placed[tensor] { return id }
        try expectDefined(tensor)
        guard let constant = try constant(tensor) else {
            throw EdgeError(.data, at: "", "'\(label(tensor))' has no elements")
        }
        guard constant.scales.count <= 1 || constant.data.reals != nil else {
            throw EdgeError(
                .data, at: "", "'\(label(tensor))' has \(constant.scales.count) scales where one value is read")
        }
        _ = try Shape.elementCount(constant.shape)
        var quantization: Quantization?
        if constant.data.elementType.isQuantized, let scale = constant.scales.first {
            quantization = Quantization(scale: scale, zeroPoint: constant.zeroPoints[0])
        }
        let id = result.addConstant(label(tensor), constant.shape, constant.data, quantization: quantization)
        placed[tensor] = id
        return id
    }

    /// An operand, computed or constant.
    mutating func input(_ node: TFLiteOperator, _ index: Int = 0) throws(EdgeError) -> Graph.ValueID {
        try value(try operand(node, index))
    }

    /// A computed operand that is a picture N·H·W·C.
    mutating func picture(_ node: TFLiteOperator, _ index: Int = 0) throws(EdgeError) -> Graph.ValueID {
        let id = try input(node, index)
        guard shape(id).count == 4 else {
            throw EdgeError(.data, at: "", "its input has shape \(Shape.text(shape(id))); only pictures are supported")
        }
        return id
    }

    /// The elements of a constant tensor; nil for one that is given or computed.
    mutating func constant(_ number: Int) throws(EdgeError) -> TFLiteConstant? {
        if let known = constants[number] { return known }
        let tensor = document.tensors[number]
        guard computed[number] == nil, !promised.contains(number), !tensor.isVariable else { return nil }
        do throws(EdgeError) {
            guard let bytes = try document.bytes(of: tensor) else { return nil }
            constants[number] = try TFLiteConstant(tensor, bytes)
        } catch {
            throw error.within("'\(tensor.label)'")
        }
        return constants[number]
    }

    /// An operand that must be constant.
    mutating func constant(_ node: TFLiteOperator, _ index: Int, _ what: String) throws(EdgeError) -> TFLiteConstant {
        let tensor = try operand(node, index)
        guard let constant = try constant(tensor) else {
            throw EdgeError(.data, at: "", "\(what) '\(label(tensor))' is computed; only constants are supported")
        }
        return constant
    }

    /// An operand that must be a list of constant integers, or one of them.
    mutating func integers(_ node: TFLiteOperator, _ index: Int, _ what: String) throws(EdgeError) -> [Int] {
        let constant = try constant(node, index, what)
        guard let wholes = constant.data.wholes, constant.scales.isEmpty else {
            throw EdgeError(.data, at: "", "\(what) is \(constant.data.elementType.rawValue); integers are needed")
        }
        return wholes.map { Int($0) }
    }

    /// An axis counted from the front.
    /// - Throws: `EdgeError` when there is no such axis.
    func axis(_ axis: Int, rank: Int) throws(EdgeError) -> Int {
        guard axis >= -rank, axis < rank else {
            throw EdgeError(.data, at: "", "there is no axis \(axis) of \(rank)")
        }
        return axis < 0 ? axis + rank : axis
    }

    /// Different axes counted from the front, in ascending order.
    func axes(_ axes: [Int], rank: Int) throws(EdgeError) -> [Int] {
        var result: Set<Int> = []
        for one in axes { result.insert(try axis(one, rank: rank)) }
        return result.sorted()
    }
}
