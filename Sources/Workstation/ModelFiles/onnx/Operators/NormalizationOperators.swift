import EdgeFormat
import ModelGraph

// Normalizations. Those that the quantizer knows are operations of the graph; the others are computed in parts.
extension ONNXImporter {
    static let normalizationRules: [String: Rule] = [
        "BatchNormalization": Rule(["consumed_inputs", "epsilon", "momentum", "spatial", "training_mode"]) {
            importer, node throws(EdgeError) in try importer.batchNormalization(node)
        },
        "GroupNormalization": Rule(of: ["epsilon", "num_groups", "stash_type"]) { importer, node throws(EdgeError) in
            try importer.groupNormalization(node)
        },
        "InstanceNormalization": Rule(of: ["consumed_inputs", "epsilon"]) { importer, node throws(EdgeError) in
            let x = try importer.input(node)
            let rank = importer.fileShape(x).count
            let normal = try importer.standardized(
                x, axes: Array(2..<max(rank, 2)), epsilon: try node.float("epsilon", default: 1e-5)
            ).value
            return try importer.perChannel(node, normal, axes: rank - 2)
        },
        "LayerNormalization": Rule(["axis", "epsilon", "stash_type"]) { importer, node throws(EdgeError) in
            try importer.layerNormalization(node)
        },
        "LRN": Rule(of: ["alpha", "beta", "bias", "size"]) { importer, node throws(EdgeError) in
            try importer.localResponse(node)
        },
        "LpNormalization": Rule(of: ["axis", "p"]) { importer, node throws(EdgeError) in
            let x = try importer.input(node)
            let axis = try node.axis(try node.int("axis", default: -1), rank: importer.fileShape(x).count)
            let size = try importer.norm(x, axes: [axis], power: try node.int("p", default: 2))
            // Of zeros the result is zeros.
            let isZero = try importer.compute(.equal, size, importer.number(0))
            return try importer.compute(
                .division, x, try importer.select(isZero, importer.number(1), size))
        },
        "MeanVarianceNormalization": Rule(of: ["axes"]) { importer, node throws(EdgeError) in
            let x = try importer.input(node)
            let axes = try node.axes(try node.ints("axes") ?? [0, 2, 3], rank: importer.fileShape(x).count)
            return try importer.standardized(x, axes: axes, epsilon: 1e-9, outside: true).value
        },
        "RMSNormalization": Rule(of: ["axis", "epsilon", "stash_type"]) { importer, node throws(EdgeError) in
            try importer.rootMeanSquare(node)
        },
    ]

    /// y = scale·(x − mean) / √(variance + epsilon) + shift, a channel.
    private mutating func batchNormalization(_ node: ONNXNode) throws(EdgeError) {
        let x = try input(node)
        try node.expect("spatial", 1)
        try node.expect("training_mode", 0)
        guard !node.outputs.dropFirst().contains(where: { !$0.isEmpty }) else {
            throw EdgeError(.data, at: "", "a batch normalization in training mode is not supported")
        }
        let shape = fileShape(x)
        guard shape.count >= 2 else { throw EdgeError(.data, at: "", "batch normalization of \(Shape.text(shape))") }
        guard node.inputs.dropFirst().allSatisfy(isConstant) else {
            return try finish(node, try computedBatchNormalization(node, x))
        }
        var parameters: [[Float]] = []
        for (index, what) in ["scale", "bias", "mean", "variance"].enumerated() {
            let elements = try floats(node, index + 1, what).elements
            guard elements.count == shape[1] else {
                throw EdgeError(.data, at: "", "\(what) has \(elements.count) elements for \(shape[1]) channels")
            }
            parameters.append(elements)
        }
        let epsilon = Double(try node.float("epsilon", default: 1e-5))
        var (factors, shifts): ([Float], [Float]) = ([], [])
        for channel in 0..<shape[1] {
            let factor = Double(parameters[0][channel]) / (Double(parameters[3][channel]) + epsilon).squareRoot()
            factors.append(Float(factor))
            shifts.append(Float(Double(parameters[1][channel]) - Double(parameters[2][channel]) * factor))
        }
        try scale(node, node.inputs[0], x, factors, shifts, axis: 1)
        note(
            node,
            ChannelStatistics(
                means: parameters[1],
                deviations: zip(factors, parameters[3]).map { abs($0) * max($1, 0).squareRoot() }))
    }

    /// Notes what training saw of a norm's result: a mean of its bias, and its variance times the factor.
    private mutating func note(_ node: ONNXNode, _ statistics: ChannelStatistics) {
        guard let id = computed[node.outputs[0]]?.id, result.values[id].type.shape.count == 4,
            result.values[id].type.shape.last == statistics.means.count
        else { return }
        result.values[id].trained = statistics
    }

    private mutating func computedBatchNormalization(_ node: ONNXNode, _ x: Computed) throws(EdgeError) -> Computed {
        let axes = Array(1..<fileShape(x).count - 1)
        let epsilon = number(Double(try node.float("epsilon", default: 1e-5)))
        let deviation = try apply(SquareRoot(), try compute(.addition, try input(node, 4), epsilon))
        let factor = try compute(.division, try input(node, 1), deviation)
        let centred = try compute(.subtraction, x, inserting(try input(node, 3), axes))
        let scaled = try compute(.multiplication, centred, inserting(factor, axes))
        return try compute(.addition, scaled, inserting(try input(node, 2), axes))
    }

    /// Factor and bias, inputs 1 and 2, of the second axis before `axes` others.
    private mutating func perChannel(_ node: ONNXNode, _ x: Computed, axes count: Int) throws(EdgeError) -> Computed {
        let axes = Array(1..<1 + max(count, 0))
        let scaled = try compute(.multiplication, x, inserting(try input(node, 1), axes))
        return try compute(.addition, scaled, inserting(try input(node, 2), axes))
    }

    /// (x − mean) / √(variance + ε) over some axes, or / (√variance + ε).
    mutating func standardized(
        _ x: Computed, axes: [Int], epsilon: Float, outside: Bool = false
    ) throws(EdgeError) -> (value: Computed, mean: Computed, inverse: Computed) {
        let mean = try reduce(.mean, x, axes: axes)
        let centred = try compute(.subtraction, x, mean)
        let variance = try reduce(.mean, try compute(.multiplication, centred, centred), axes: axes)
        let small = number(Double(epsilon))
        let deviation =
            outside
            ? try compute(.addition, try apply(SquareRoot(), variance), small)
            : try apply(SquareRoot(), try compute(.addition, variance, small))
        let inverse = try apply(Reciprocal(), deviation)
        return (try compute(.multiplication, centred, inverse), mean, inverse)
    }

    /// (Σ |x|ᵖ)^(1/p) over some axes, which stay.
    mutating func norm(_ x: Computed, axes: [Int], power: Int) throws(EdgeError) -> Computed {
        switch power {
        case 1: return try reduce(.sumOfMagnitudes, x, axes: axes)
        case 2: return try apply(SquareRoot(), try reduce(.sumOfSquares, x, axes: axes))
        default:
            let powers = try compute(.power, try apply(AbsoluteValue(), x), number(Double(power)))
            return try compute(.power, try reduce(.sum, powers, axes: axes), number(1 / Double(power)))
        }
    }

    private mutating func layerNormalization(_ node: ONNXNode) throws(EdgeError) {
        let x = try input(node)
        let rank = fileShape(x).count
        let axis = try node.axis(try node.int("axis", default: -1), rank: rank)
        let normal = try standardized(
            x, axes: Array(axis..<rank), epsilon: try node.float("epsilon", default: 1e-5))
        var value = try compute(.multiplication, normal.value, try input(node, 1))
        if let bias = try optionalInput(node, 2) { value = try compute(.addition, value, bias) }
        try finish(node, value)
        try finish(node, normal.mean, output: 1)
        try finish(node, normal.inverse, output: 2)
    }

    private mutating func rootMeanSquare(_ node: ONNXNode) throws(EdgeError) -> Computed {
        let x = try input(node)
        let rank = fileShape(x).count
        let axis = try node.axis(try node.int("axis", default: -1), rank: rank)
        let mean = try reduce(.mean, try compute(.multiplication, x, x), axes: Array(axis..<rank))
        let epsilon = number(Double(try node.float("epsilon", default: 1e-5)))
        let inverse = try apply(Reciprocal(), try apply(SquareRoot(), try compute(.addition, mean, epsilon)))
        return try compute(.multiplication, try compute(.multiplication, x, inverse), try input(node, 1))
    }

    /// As an operation of the graph where it is of a picture; up to operator set 20 factor and bias are one a group.
    private mutating func groupNormalization(_ node: ONNXNode) throws(EdgeError) -> Computed {
        let x = try input(node)
        let shape = fileShape(x)
        let groups = try node.int("num_groups", default: 0)
        guard shape.count >= 2, groups >= 1, shape[1] % groups == 0 else {
            let channels = shape.count >= 2 ? "\(shape[1]) channels" : "the channels of \(Shape.text(shape))"
            throw EdgeError(.data, at: "", "\(groups) groups do not divide \(channels)")
        }
        let epsilon = try node.float("epsilon", default: 1e-5)
        var (factor, bias) = (try input(node, 1), try input(node, 2))
        if opset < 21 {
            (factor, bias) = (try perGroup(factor, shape[1]), try perGroup(bias, shape[1]))
        }
        if shape.count == 4, isConstantValue(factor), isConstantValue(bias) {
            let inputs = [try picture(x), try inFileOrder(factor), try inFileOrder(bias)]
            return try emitPicture(GroupNormalization(groups: groups, epsilon: epsilon), inputs, rank: 2)
        }
        let split = try reshaped(x, [shape[0], groups, shape[1...].reduce(1, *) / groups])
        let normal = try reshaped(try standardized(split, axes: [2], epsilon: epsilon).value, shape)
        let axes = Array(1..<1 + shape.count - 2)
        let scaled = try compute(.multiplication, normal, inserting(factor, axes))
        return try compute(.addition, scaled, inserting(bias, axes))
    }

    private func isConstantValue(_ x: Computed) -> Bool { result.values[x.id].constant != nil }

    /// One number a group as one a channel.
    private mutating func perGroup(_ row: Computed, _ channels: Int) throws(EdgeError) -> Computed {
        guard let groups = fileShape(row).first, groups > 0, channels % groups == 0 else {
            throw EdgeError(
                .data, at: "", "\(Shape.text(fileShape(row))) as one number a group of \(channels) channels")
        }
        let id = try emit(
            Rearrangement.expansion([groups, 1], to: [groups, channels / groups]),
            [try inFileOrder(inserting(row, [1]))], name: label)
        return try reshaped(Computed(id: id, layout: Layout(same: shape(id))), [channels])
    }

    /// x / (bias + α/size·Σ x²)^β, the sum over neighbouring channels.
    private mutating func localResponse(_ node: ONNXNode) throws(EdgeError) -> Computed {
        let x = try input(node)
        let shape = fileShape(x)
        let size = try node.int("size", default: 0)
        guard shape.count >= 2, size >= 1, size <= Shape.windowLimit else {
            throw EdgeError(.data, at: "", "size \(size) is outside 1 ... \(Shape.windowLimit)")
        }
        let before = (size - 1) / 2
        // Neighbours as a pool over the channels: rows of channels, columns of pixels.
        let flat = try reshaped(x, [shape[0], shape[1], shape[2...].reduce(1, *), 1])
        let squares = try compute(.multiplication, flat, flat)
        let picture = try inFileOrder(squares)
        let pool = AveragePool(
            window: Extent(size, 1), strides: .one,
            padding: Padding(top: before, left: 0, bottom: size - 1 - before, right: 0), countsPadding: size > 1)
        let mean = Computed(id: try emit(pool, [picture], name: label), layout: Layout(same: fileShape(squares)))
        let alpha = number(Double(try node.float("alpha", default: 0.0001)))
        let base = try compute(
            .addition, try compute(.multiplication, mean, alpha), number(Double(try node.float("bias", default: 1))))
        let power = try compute(.power, base, number(Double(try node.float("beta", default: 0.75))))
        return try compute(.division, x, try reshaped(power, shape))
    }
}
