import EdgeFormat
import ModelGraph

// Models that were quantized elsewhere. A quantized tensor of the file is a float value of the graph that knows the
// integers it is to be stored as; the quantizer keeps them. What surrounds it (QuantizeLinear, DequantizeLinear, or
// operators that have both inside) leaves no nodes.
extension ONNXImporter {
    static let quantizedRules: [String: Rule] = [
        "com.microsoft.QGemm": Rule(["alpha", "transA", "transB"]) { importer, node throws(EdgeError) in
            let (a, b) = (try importer.real(node, 0), try importer.realWeights(node, 3))
            let isTransposed = (try node.int("transA", default: 0) != 0, try node.int("transB", default: 0) != 0)
            let bias = try importer.realBias(node, 6, a, b.scales)
            let product = try importer.product(
                isTransposed.0 ? importer.transposed(a, [1, 0]) : a,
                isTransposed.1 ? importer.transposed(b.value, [1, 0]) : b.value,
                factor: try node.float("alpha", default: 1), bias: bias)
            try importer.finish(node, product, scale: 7)
        },
        "com.microsoft.QLinearAdd": sum(.addition),
        "com.microsoft.QLinearMul": sum(.multiplication),
        "com.microsoft.QLinearAveragePool": Rule(
            windowAttributes.subtracting(["group"]).union(["ceil_mode", "channels_last", "count_include_pad"])
        ) { importer, node throws(EdgeError) in
            try node.expect("channels_last", 0)
            let pool = try importer.averagePool(node, try importer.real(node, 0))
            try importer.finish(node, pool, scale: 3)
        },
        "com.microsoft.QLinearConcat": Rule(["axis"]) { importer, node throws(EdgeError) in
            var values: [Computed] = []
            for index in stride(from: 2, to: node.inputs.count, by: 3) { values.append(try importer.real(node, index)) }
            let rank = values.first.map(importer.fileShape)?.count ?? 0
            let joined = try importer.join(values, axis: try node.axis(try node.int("axis", default: 1), rank: rank))
            try importer.finish(node, joined, scale: 0)
        },
        "com.microsoft.QLinearGlobalAveragePool": Rule(["channels_last"]) { importer, node throws(EdgeError) in
            try node.expect("channels_last", 0)
            let x = try importer.real(node, 0)
            let shape = importer.fileShape(x)
            guard shape.count == 4 else { throw EdgeError(.data, at: "", "a global pool of \(Shape.text(shape))") }
            let pool = AveragePool(window: Extent(shape[2], shape[3]), strides: .one)
            try importer.finish(node, try importer.emitPicture(pool, [try importer.picture(x)], rank: 2), scale: 3)
        },
        "com.microsoft.QLinearLeakyRelu": Rule(["alpha"]) { importer, node throws(EdgeError) in
            let unit = LeakyReLU(slope: try node.float("alpha", default: 0.01))
            try importer.finish(node, try importer.apply(unit, try importer.real(node, 0)), scale: 3)
        },
        "com.microsoft.QLinearSigmoid": Rule([]) { importer, node throws(EdgeError) in
            try importer.finish(node, try importer.apply(Sigmoid(), try importer.real(node, 0)), scale: 3)
        },
    ]

    private static func sum(_ kind: Arithmetic.Kind) -> Rule {
        Rule([]) { importer, node throws(EdgeError) in
            let (a, b) = (try importer.real(node, 0), try importer.real(node, 3))
            try importer.finish(node, try importer.compute(kind, a, b), scale: 6)
        }
    }

    /// Operators that give what they take, or floats of it.
    private static let readers: Set<String> = [
        "Concat", "DequantizeLinear", "Flatten", "Identity", "MaxPool", "QLinearConv", "QLinearMatMul", "Reshape",
        "Slice", "Split", "Squeeze", "Transpose", "Unsqueeze",
    ]

    /// Whether a quantized tensor can be a float value with a quantization: everything that reads it sees to that.
    func isInternal(_ name: String) -> Bool {
        guard !document.outputs.contains(where: { $0.name == name }) else { return false }
        return nodes.filter { $0.inputs.contains(name) }.allSatisfy { node in
            Self.readers.contains(node.type) || node.domain == "com.microsoft"
        }
    }

    /// The quantization that inputs `index` (scale) and `index + 1` (zero point) say; nil where they are computed, are
    /// several, or are of another type than 8 bits.
    mutating func quantization(_ node: ONNXNode, _ index: Int) throws(EdgeError) -> Quantization? {
        guard node.has(input: index), isConstant(node.inputs[index]),
            let scale = try constant(node, index, "scale").data.reals, scale.count == 1, scale[0].isFinite, scale[0] > 0
        else { return nil }
        guard node.has(input: index + 1) else { return Quantization(scale: scale[0], zeroPoint: -128) }
        guard isConstant(node.inputs[index + 1]) else { return nil }
        switch try constant(node, index + 1, "zero point").data {
        case .uint8(let zero) where zero.count == 1:
            return Quantization(scale: scale[0], zeroPoint: Int32(zero[0]) - 128)
        case .int8(let zero) where zero.count == 1: return Quantization(scale: scale[0], zeroPoint: Int32(zero[0]))
        default: return nil
        }
    }

    /// Marks a value as what the file quantizes to 8 bits. One that is marked in another way already gets a successor.
    mutating func prescribed(_ x: Computed, _ quantization: Quantization) throws(EdgeError) -> Computed {
        let known = result.values[x.id].type.quantization
        if known == quantization { return x }
        var value = x
        if known != nil || result.values[x.id].constant != nil {
            value.id = try result.add(Identity(), name: label, inputs: [x.id])
        }
        result.values[value.id].type.quantization = quantization
        return value
    }

    /// A quantized operand as floats: its integers at `index`, their scale and zero point behind it.
    private mutating func real(_ node: ONNXNode, _ index: Int) throws(EdgeError) -> Computed {
        let x = try input(node, index)
        if quantizedNames.contains(node.inputs[index]) { return x }
        guard result.values[x.id].constant != nil else {
            throw EdgeError(.data, at: "", "'\(node.inputs[index])' is not quantized by constants")
        }
        return try realWeights(node, index).value
    }

    /// Constant integers as floats, and the scales that they are multiples of.
    mutating func realWeights(_ node: ONNXNode, _ index: Int) throws(EdgeError) -> (value: Computed, scales: [Float]) {
        let axis = try node.int("axis", default: 0)
        return try realConstant(node, index, axis: axis)
    }

    /// Constant integers at `index`, with one scale or one an index of an axis, and zero points.
    mutating func realConstant(
        _ node: ONNXNode, _ index: Int, axis given: Int
    ) throws(EdgeError) -> (value: Computed, scales: [Float]) {
        let tensor = try constant(node, index, "weights")
        guard let wholes = tensor.data.wholes, let scales = try constant(node, index + 1, "scale").data.reals,
            let first = scales.first
        else { throw EdgeError(.data, at: "", "weights or scale are of no type that can be quantized") }
        let zeros = try optionalConstant(node, index + 2, "zero point")?.data.wholes ?? []
        let axis = scales.count == 1 ? 0 : try node.axis(given, rank: tensor.shape.count)
        guard scales.count == 1 || tensor.shape[axis] == scales.count, zeros.count <= 1 || zeros.count == scales.count
        else { throw EdgeError(.data, at: "", "\(scales.count) scales do not fit \(Shape.text(tensor.shape))") }
        let run = tensor.shape.dropFirst(axis + 1).reduce(1, *)
        let floats = wholes.indices.map { element -> Float in
            let channel = scales.count == 1 ? 0 : element / run % scales.count
            let zero = zeros.isEmpty ? 0 : zeros[zeros.count == 1 ? 0 : channel]
            return Float(wholes[element] - zero) * (scales.count == 1 ? first : scales[channel])
        }
        let id = try addConstant(node.inputs[index], tensor.shape, .float32(floats))
        result.values[id].type.quantization =
            scales.count == 1 ? Quantization(scale: first, zeroPoint: 0) : Quantization(scales: scales, axis: axis)
        return (Computed(id: id, layout: Layout(same: tensor.shape)), scales)
    }

    /// A bias of 32-bit integers, whose scale is that of the input times that of the weights.
    mutating func realBias(
        _ node: ONNXNode, _ index: Int, _ x: Computed, _ scales: [Float]
    ) throws(EdgeError) -> Computed? {
        guard let tensor = try optionalConstant(node, index, "bias") else { return nil }
        guard let wholes = tensor.data.wholes, let scale = result.values[x.id].type.quantization?.scales.first else {
            throw EdgeError(.data, at: "", "a bias of \(tensor.data.elementType.rawValue) or of an unknown scale")
        }
        let floats = wholes.enumerated().map { channel, bias in
            Float(Double(bias) * Double(scale) * Double(scales.count == 1 ? scales[0] : scales[channel % scales.count]))
        }
        let id = try addConstant(node.inputs[index], tensor.shape, .float32(floats))
        return Computed(id: id, layout: Layout(same: tensor.shape))
    }

    /// The node's output is this value, stored by the scale and zero point of inputs `index` and `index + 1`.
    mutating func finish(_ node: ONNXNode, _ value: Computed, scale index: Int) throws(EdgeError) {
        guard let quantization = try quantization(node, index), isInternal(node.outputs[0]) else {
            throw EdgeError(
                .data, at: "", "its output is quantized by computed scales, or read by what takes no quantized values")
        }
        let marked = try prescribed(value, quantization)
        quantizedNames.insert(node.outputs[0])
        try finish(node, marked)
    }

    /// A convolution of a quantized picture by constant weights; false where either is computed.
    mutating func quantizedConvolution(_ node: ONNXNode) throws(EdgeError) -> Bool {
        guard quantizedNames.contains(node.inputs.first ?? ""), node.inputs.count >= 8, isConstant(node.inputs[3]),
            isConstant(node.inputs[4]), try quantization(node, 6) != nil, isInternal(node.outputs[0])
        else { return false }
        let x = try input(node)
        let weights = try realConstant(node, 3, axis: 0)
        let bias = try realBias(node, 8, x, weights.scales)
        try finish(node, try convolution(node, x, weights.value, bias: bias), scale: 6)
        return true
    }
}
