public import EdgeFormat
public import ModelGraph

/// Turns a simplified float graph into the same graph in integers: activations of 8 or 16 bits with one scale each,
/// weights of 8 bits with one scale an output channel, biases in units of input scale times weight scale.
public struct Quantizer {
    private let source: Graph
    private let plan: PrecisionPlan
    private let scales: ScaleGroups
    private let ranges: [ValueRange?]
    private let recipe: QuantizationRecipe
    private var result: Graph
    /// For each value of the source the one that stands for it, as it is stored.
    private var stored: [Graph.ValueID?]
    /// For each value of the source the one with its other width, which all who read it so share.
    private var rescaled: [Graph.ValueID?]
    /// For each value of the source the one that has its elements as they are: what operations without an integer form
    /// read and give.
    private var plain: [Graph.ValueID?]

    /// - Parameters:
    ///   - ranges: by value of the graph, as calibration saw them.
    ///   - byteRanges: the same of what 8 bits are to stand for; nil for all of the ranges.
    public init(
        _ graph: Graph, ranges: [ValueRange?], byteRanges: [ValueRange?]? = nil,
        recipe: QuantizationRecipe = QuantizationRecipe()
    ) {
        source = graph
        self.ranges = ranges
        self.recipe = recipe
        plan = PrecisionPlan(graph, names: Set(recipe.sixteenBit), floats: Set(recipe.floats))
        scales = ScaleGroups(graph, plan, ranges: ranges, byteRanges: byteRanges ?? ranges)
        stored = [Graph.ValueID?](repeating: nil, count: graph.values.count)
        rescaled = stored
        plain = stored
        result = Graph(name: graph.name)
        result.metadata = graph.metadata
    }

    /// The quantized graph.
    /// - Throws: `EdgeError` that names every node without an integer form.
    public consuming func quantized() throws(EdgeError) -> Graph {
        for id in source.inputs { try addInput(id) }
        for node in source.nodes.indices {
            do throws(EdgeError) {
                try quantize(node)
            } catch {
                throw error.within("node '\(source.nodes[node].name)'")
            }
        }
        for node in source.nodes where recipe.floats.contains(node.name) { try addOutputs(of: node) }
        result.outputs = source.outputs.compactMap { stored[$0] ?? plain[$0] }
        try rememberStates()
        let graph = result.removingDeadCode()
        try graph.validate()
        return graph
    }

    /// Inputs that count or name something have 32 bits and no scale; other integers and truth values stay as they are.
    private mutating func addInput(_ id: Graph.ValueID) throws(EdgeError) {
        let value = source.values[id]
        if value.type.element == .float32 {
            let type = TensorType(
                plan.isWide[id] ? .int16 : .int8, value.type.shape, quantization: try quantization(of: id))
            stored[id] = result.addInput(value.name, type)
        } else if source.isIndex(id) {
            stored[id] = result.addInput(value.name, TensorType(.int32, value.type.shape))
        } else {
            plain[id] = result.addInput(value.name, value.type)
        }
        if let input = stored[id] ?? plain[id] { result.values[input].sourceAxes = value.sourceAxes }
    }

    /// States keep their elements as they are.
    private mutating func rememberStates() throws(EdgeError) {
        for state in source.states {
            guard let own = plain[state], let next = source.values[state].next else { continue }
            let value = try elements(next)
            result.values[own].next = value
        }
    }

    private mutating func quantize(_ index: Int) throws(EdgeError) {
        let node = source.nodes[index]
        switch plan.forms[index] {
        case .linear: try quantizeLinear(index)
        case .sameScale where node.operation is AveragePool: try add(node.operation, node, [try operand(index, 0)])
        case .sameScale:
            var inputs: [Graph.ValueID] = []
            for operand in node.inputs.indices { inputs.append(try together(index, operand)) }
            try add(node.operation, node, inputs)
        case .function:
            if let norm = normBehind(node) { return try quantizeNorm(norm, function: node) }
            try add(node.operation, node, [try operand(index, 0)])
        case .normalization where source.functionInside(index, plan) != nil: break  // its function computes it
        case .normalization: try add(node.operation, node, [try operand(index, 0)] + constants(node, from: 1))
        case .addition: try add(node.operation, node, [try operand(index, 0), try operand(index, 1)])
        case .arithmetic: try quantizeArithmetic(index)
        case .mean: try quantizeMean(index)
        case .probabilities: try add(node.operation, node, [try operand(index, 0)])
        case .timeEmbedding: try add(node.operation, node, stored(node.inputs[0]))
        case .lookup: try add(node.operation, node, stored(node.inputs[0]) + [try rows(node)])
        case nil: try addPlain(node)
        }
        for id in node.outputs {
            if let value = stored[id] ?? plain[id] { result.values[value].sourceAxes = source.values[id].sourceAxes }
        }
    }

    private func stored(_ id: Graph.ValueID) -> [Graph.ValueID] { [stored[id]].compactMap { $0 } }

    private func quantization(of id: Graph.ValueID, wide: Bool? = nil) throws(EdgeError) -> Quantization {
        guard let quantization = scales.quantization(of: id, wide: wide ?? plan.isWide[id]) else {
            throw EdgeError(
                .data, at: "value '\(source.values[id].name)'",
                source.isPrescribed
                    ? "is not quantized in the model, which is quantized only in part" : "was not calibrated")
        }
        return quantization
    }

    /// Adds the integer form of a node; its output has the name, and the width and scale planned for it.
    private mutating func add(
        _ operation: any Operation, _ node: Graph.Node, name: String? = nil, _ inputs: [Graph.ValueID]
    ) throws(EdgeError) {
        let output = node.outputs[0]
        stored[output] = try result.add(
            operation, name: name ?? node.name, inputs: inputs, output: source.values[output].name,
            quantization: try quantization(of: output), element: plan.isWide[output] ? .int16 : .int8)
    }

    /// A value as it is stored in integers; one that is computed in floats is quantized.
    private mutating func integers(_ id: Graph.ValueID) throws(EdgeError) -> Graph.ValueID {
        if let known = stored[id] { return known }
        let name = source.values[id].name
        guard let real = plain[id] else {
            throw EdgeError(.data, at: "value '\(name)'", "is not computed before it is used")
        }
        let value = try result.add(
            Quantize(), name: name + ".quantized", inputs: [real], quantization: try quantization(of: id),
            element: plan.isWide[id] ? .int16 : .int8)
        stored[id] = value
        return value
    }

    /// A value with its elements as they are; one that is stored in integers is dequantized.
    private mutating func elements(_ id: Graph.ValueID) throws(EdgeError) -> Graph.ValueID {
        if let known = plain[id] { return known }
        let value = source.values[id]
        if let data = value.constant {
            plain[id] = result.addConstant(value.name, value.type.shape, data)
        } else if let integers = stored[id] {
            plain[id] = try result.add(Dequantize(), name: value.name + ".dequantized", inputs: [integers])
        }
        guard let known = plain[id] else {
            throw EdgeError(.data, at: "value '\(value.name)'", "is not computed before it is used")
        }
        return known
    }

    /// A node that computes with elements as they are, floats among them.
    private mutating func addPlain(_ node: Graph.Node) throws(EdgeError) {
        var inputs: [Graph.ValueID] = []
        for id in node.inputs { inputs.append(try elements(id)) }
        let names = node.outputs.map { source.values[$0].name }
        let ids = try result.addAll(node.operation, name: node.name, inputs: inputs, outputs: names)
        for (output, id) in zip(node.outputs, ids) { plain[output] = id }
        for (output, id) in zip(node.outputs, ids) {
            result.values[id].rowCount = source.values[output].rowCount.flatMap { plain[$0] }
        }
    }

    /// Outputs of the graph that a layer computes in floats because the recipe says so: given in integers all the same, as
    /// without that.
    private mutating func addOutputs(of node: Graph.Node) throws(EdgeError) {
        for id in node.outputs where source.outputs.contains(id) {
            let output = try integers(id)
            if let real = plain[id] { result.values[real].name += ".float" }
            result.values[output].name = source.values[id].name
        }
    }

    /// An operand with the width that the node reads: as it is stored, or rescaled.
    private mutating func operand(_ node: Int, _ operand: Int) throws(EdgeError) -> Graph.ValueID {
        let id = source.nodes[node].inputs[operand]
        let wide = plan.reads[node][operand]
        let stored = try integers(id)
        guard wide != (result.values[stored].type.element == .int16) else { return stored }
        if let known = rescaled[id] { return known }
        let name = source.values[id].name + (wide ? ".int16" : ".int8")
        let other = try result.add(
            Rescale(), name: name, inputs: [stored], quantization: try quantization(of: id, wide: wide),
            element: wide ? .int16 : .int8)
        rescaled[id] = other
        return other
    }

    /// An operand of an operation that leaves scale and zero point as they are.
    private mutating func together(_ node: Int, _ index: Int) throws(EdgeError) -> Graph.ValueID {
        let operand = try operand(node, index)
        let wanted = try quantization(of: source.nodes[node].outputs[0], wide: plan.reads[node][index])
        guard result.values[operand].type.quantization != wanted else { return operand }
        // Two whose scales are prescribed meet.
        return try result.add(
            Rescale(), name: "\(source.nodes[node].name).\(index).rescaled", inputs: [operand], quantization: wanted,
            element: result.values[operand].type.element)
    }

    /// Weights, bias, addend and output of a convolution or dense layer.
    private mutating func quantizeLinear(_ index: Int) throws(EdgeError) {
        let node = source.nodes[index]
        let input = try operand(index, 0)
        let output = try quantization(of: node.outputs[0])
        let weightValue = source.values[node.inputs[1]]
        guard let weights = weightValue.constant?.floats else {
            throw EdgeError(.data, at: "", "has weights that are no constant floats")
        }
        let quantized = try QuantizedWeights(
            weights, channels: weightValue.type.shape[0],
            bias: node.inputs.count > 2 ? source.values[node.inputs[2]].constant?.floats : nil,
            input: result.values[input].type, output: output.scales[0],
            prescribed: weightValue.type.quantization?.scales, recipe.weightRanges)
        // A value of its own for each layer: shared weights may meet different input scales.
        let weightID = result.addConstant(
            weightValue.name, weightValue.type.shape, .int8(quantized.weights),
            quantization: Quantization(scales: quantized.scales, axis: 0))
        let biasID = result.addConstant(node.name + ".bias", [quantized.bias.count], .int32(quantized.bias))
        var inputs = [input, weightID, biasID]
        if node.operation is ConvolutionAddition { inputs.append(try operand(index, 3)) }
        try add(node.operation, node, inputs)
    }

    /// Arithmetic whose constants are quantized; a quotient by a constant is a product.
    private mutating func quantizeArithmetic(_ index: Int) throws(EdgeError) {
        let node = source.nodes[index]
        let kind = (node.operation as? Arithmetic)?.kind ?? .addition
        var inputs: [Graph.ValueID] = []
        for (number, id) in node.inputs.enumerated() {
            let value = source.values[id]
            guard let numbers = value.constant?.floats else {
                inputs.append(try operand(index, number))
                continue
            }
            let constant =
                kind == .division
                ? QuantizedConstant(numbers.map { 1 / $0 }, prescribed: nil)
                : QuantizedConstant(numbers, prescribed: value.type.quantization)
            inputs.append(
                result.addConstant(
                    value.name, value.type.shape, .int8(constant.elements), quantization: constant.quantization))
        }
        // A row of each picture's channels is added to all its pixels.
        let shapes = inputs.map { result.values[$0].type.shape }
        if node.operation is Addition, shapes[0].count == 4, shapes[1].count == 2 {
            inputs[1] = try result.add(
                Reshape(shape: [shapes[1][0], 1, 1, shapes[1][1]]), name: node.name + ".row", inputs: [inputs[1]],
                quantization: result.values[inputs[1]].type.quantization)
        }
        try add(Arithmetic(kind == .division ? .multiplication : kind), node, inputs)
    }

    /// The mean of each channel as a pool over the whole picture.
    private mutating func quantizeMean(_ index: Int) throws(EdgeError) {
        let node = source.nodes[index]
        let (input, shape) = (try operand(index, 0), source.values[node.outputs[0]].type.shape)
        let size = source.values[node.inputs[0]].type.shape
        let pool = AveragePool(window: Extent(size[1], size[2]), strides: .one)
        guard shape.count == 2 else { return try add(pool, node, [input]) }
        let picture = try result.add(
            pool, name: node.name + ".picture", inputs: [input], quantization: try quantization(of: node.outputs[0]))
        try add(Reshape(shape: shape), node, [picture])
    }

    /// The rows of an embedding as words.
    private mutating func rows(_ node: Graph.Node) throws(EdgeError) -> Graph.ValueID {
        let table = source.values[node.inputs[1]]
        guard let rows = table.constant?.floats, rows.allSatisfy(\.isFinite) else {
            throw EdgeError(.data, at: "", "has rows that are no constant finite floats")
        }
        let quantization = try quantization(of: node.outputs[0])
        return result.addConstant(
            table.name, table.type.shape, .int16(rows.map { quantization.quantize(word: $0) }),
            quantization: quantization)
    }

    private mutating func constants(_ node: Graph.Node, from first: Int) throws(EdgeError) -> [Graph.ValueID] {
        var ids: [Graph.ValueID] = []
        for id in node.inputs[first...] {
            guard let data = source.values[id].constant, data.floats?.allSatisfy(\.isFinite) == true else {
                throw EdgeError(.data, at: "", "has factors or offsets that are no constant finite floats")
            }
            ids.append(result.addConstant(source.values[id].name, source.values[id].type.shape, data))
        }
        return ids
    }
}

// A group norm with a function behind it, in 8 bits: one operation, which looks the function up in a table.
extension Quantizer {
    /// The norm that a function is part of.
    private func normBehind(_ function: Graph.Node) -> Int? {
        guard let index = source.producer(of: function.inputs[0]),
            source.functionInside(index, plan)?.outputs == function.outputs
        else { return nil }
        return index
    }

    private mutating func quantizeNorm(_ index: Int, function: Graph.Node) throws(EdgeError) {
        let node = source.nodes[index]
        guard var norm = node.operation as? GroupNormalization else { return }
        norm.activation = .silu
        norm.activationScale = try argumentScale(function)
        let inputs = [try operand(index, 0)] + (try constants(node, from: 1))
        try add(norm, function, name: node.name, inputs)
    }

    /// A step of the function's argument: 2,047 cover the range of the norms' results, of all of them whose functions'
    /// results stand together, so that one table serves them.
    private func argumentScale(_ function: Graph.Node) throws(EdgeError) -> Float {
        var largest: Float = 0
        for other in source.nodes where other.operation is SiLU {
            guard scales.areTogether(other.outputs[0], function.outputs[0]), normBehind(other) != nil else { continue }
            guard let range = ranges[other.inputs[0]] else {
                throw EdgeError(.data, at: "value '\(source.values[other.inputs[0]].name)'", "was not calibrated")
            }
            largest = max(largest, abs(range.minimum), abs(range.maximum))
        }
        let scale = largest / 2047
        return scale.isNormal ? scale : 1 / 2048
    }
}

extension Graph {
    /// The SiLU that a norm computes by a table: it alone reads the norm, and its result has 8 bits.
    func functionInside(_ index: Int, _ plan: PrecisionPlan) -> Node? {
        let norm = nodes[index]
        guard norm.operation is GroupNormalization, plan.forms[index] != nil, !results.contains(norm.outputs[0]) else {
            return nil
        }
        let users = users(of: norm.outputs[0])
        guard users.count == 1, nodes[users[0]].operation is SiLU, !plan.isWide[nodes[users[0]].outputs[0]],
            plan.forms[users[0]] != nil
        else { return nil }
        return nodes[users[0]]
    }
}
