import EdgeFormat
import ModelGraph

// Functions of two values or more, broadcast.
extension ONNXImporter {
    static let arithmeticRules: [String: Rule] = {
        var rules: [String: Rule] = [
            "Add": Rule(["axis", "broadcast"]) { importer, node throws(EdgeError) in try importer.addition(node) },
            "Sub": Rule([]) { importer, node throws(EdgeError) in try importer.subtraction(node) },
            "Mul": Rule([]) { importer, node throws(EdgeError) in try importer.multiplication(node) },
            "Div": Rule([]) { importer, node throws(EdgeError) in try importer.division(node) },
            "Mod": Rule(of: ["fmod"]) { importer, node throws(EdgeError) in
                let kind: Arithmetic.Kind = try node.int("fmod", default: 0) == 0 ? .modulo : .remainder
                return try importer.binary(node, kind)
            },
            "Pow": Rule(of: []) { importer, node throws(EdgeError) in try importer.power(node) },
            "BitShift": Rule(of: ["direction"]) { importer, node throws(EdgeError) in
                let isLeft = try node.string("direction", default: "") == "LEFT"
                return try importer.binary(node, isLeft ? .shiftLeft : .shiftRight)
            },
            "Mean": Rule(of: []) { importer, node throws(EdgeError) in
                let sum = try importer.variadic(node, .addition)
                let count = importer.number(Double(node.inputs.count), importer.element(sum))
                return try importer.compute(.division, sum, count)
            },
            "PRelu": Rule(of: []) { importer, node throws(EdgeError) in try importer.learnedRectifier(node) },
            "Where": Rule(of: []) { importer, node throws(EdgeError) in
                let (condition, a, b) = (
                    try importer.input(node), try importer.input(node, 1), try importer.input(node, 2)
                )
                return try importer.select(condition, a, b)
            },
        ]
        let plain: [(String, Arithmetic.Kind)] = [
            ("And", .and), ("Or", .or), ("Xor", .exclusiveOr), ("BitwiseAnd", .and), ("BitwiseOr", .or),
            ("BitwiseXor", .exclusiveOr), ("Equal", .equal), ("Less", .less), ("LessOrEqual", .lessOrEqual),
            ("Greater", .greater), ("GreaterOrEqual", .greaterOrEqual),
        ]
        for (name, kind) in plain {
            rules[name] = Rule(of: [], decidesType: true) { importer, node throws(EdgeError) in
                try importer.binary(node, kind)
            }
        }
        for (name, kind) in [("Max", Arithmetic.Kind.maximum), ("Min", .minimum), ("Sum", .addition)] {
            rules[name] = Rule(of: []) { importer, node throws(EdgeError) in try importer.variadic(node, kind) }
        }
        return rules
    }()

    private mutating func binary(_ node: ONNXNode, _ kind: Arithmetic.Kind) throws(EdgeError) -> Computed {
        guard node.inputs.count == 2 else { throw EdgeError(.data, at: "", "\(node.type) takes two inputs") }
        return try compute(kind, try input(node), try input(node, 1))
    }

    private mutating func variadic(_ node: ONNXNode, _ kind: Arithmetic.Kind) throws(EdgeError) -> Computed {
        var value = try input(node)
        for index in node.inputs.indices.dropFirst() { value = try compute(kind, value, try input(node, index)) }
        return value
    }

    /// Of other types than its exponent's, in floats.
    private mutating func power(_ node: ONNXNode) throws(EdgeError) -> Computed {
        let (base, exponent) = (try input(node), try input(node, 1))
        let element = element(base)
        if element == self.element(exponent) { return try compute(.power, base, exponent) }
        if !element.isFloat, !self.element(exponent).isFloat {
            return try compute(.power, base, try convert(exponent, to: element))
        }
        let reals = (try convert(base, to: .float32), try convert(exponent, to: .float32))
        return try convert(try compute(.power, reals.0, reals.1), to: element)
    }

    /// One slope for all or one a channel, as a rectifier of its own where it is one number.
    private mutating func learnedRectifier(_ node: ONNXNode) throws(EdgeError) -> Computed {
        let x = try input(node)
        if node.inputs.count == 2, isConstant(node.inputs[1]), element(x) == .float32 {
            let slopes = try floats(node, 1, "slope").elements
            if let first = slopes.first, slopes.allSatisfy({ $0 == first }) {
                return try apply(LeakyReLU(slope: first), x)
            }
        }
        return try compute(.rectification, x, try input(node, 1))
    }
}

// Sums and products, which become part of the layer before them where they can.
extension ONNXImporter {
    private mutating func addition(_ node: ONNXNode) throws(EdgeError) {
        guard node.inputs.count == 2 else { throw EdgeError(.data, at: "", "Add takes two inputs") }
        if try scaled(node, { ([Float](repeating: 1, count: $0.count), $0) }) { return }
        let (a, b) = (try input(node), try input(node, 1))
        for (picture, row) in [(a, b), (b, a)] {
            if let sum = try rowAdded(row, to: picture) { return try finish(node, sum) }
        }
        try finish(node, try compute(.addition, a, b))
    }

    private mutating func subtraction(_ node: ONNXNode) throws(EdgeError) {
        let isShift = node.inputs.count == 2 && isConstant(node.inputs[1])
        if isShift, try scaled(node, { ([Float](repeating: 1, count: $0.count), $0.map { -$0 }) }) { return }
        try finish(node, try binary(node, .subtraction))
    }

    private mutating func multiplication(_ node: ONNXNode) throws(EdgeError) {
        guard node.inputs.count == 2 else { throw EdgeError(.data, at: "", "Mul takes two inputs") }
        if try scaled(node, { ($0, [Float](repeating: 0, count: $0.count)) }) { return }
        let (a, b) = (try input(node), try input(node, 1))
        for (x, gate) in [(a, b), (b, a)] {
            guard let sigmoid = producer(of: gate.id), sigmoid.operation is Sigmoid, sigmoid.inputs == [x.id] else {
                continue
            }
            return try finish(node, try apply(SiLU(), x))
        }
        try finish(node, try compute(.multiplication, a, b))
    }

    private mutating func division(_ node: ONNXNode) throws(EdgeError) {
        let isScale = node.inputs.count == 2 && isConstant(node.inputs[1])
        if isScale, try scaled(node, { ($0.map { 1 / $0 }, [Float](repeating: 0, count: $0.count)) }) { return }
        try finish(node, try binary(node, .division))
    }

    /// The sum of a picture and a row N·C·1·1 of its channels, as the graph adds them.
    private mutating func rowAdded(_ row: Computed, to picture: Computed) throws(EdgeError) -> Computed? {
        let (shape, small) = (fileShape(picture), fileShape(row))
        guard shape.count == 4, small == [shape[0], shape[1], 1, 1], shape[2] * shape[3] > 1,
            element(picture) == .float32, picture.layout.order(self.shape(picture.id)) == [0, 2, 3, 1],
            result.values[row.id].constant == nil
        else { return nil }
        let flat = try reshaped(try inFileOrder(dropping(row, [2, 3])), [shape[0], shape[1]], name: label + ".row")
        return Computed(id: try emit(Addition(), [picture.id, flat], name: label), layout: picture.layout)
    }

    /// A constant as factors and shifts of the layer before, or of a picture's channels.
    /// - Parameter parameters: from the constant's numbers, one a channel.
    /// - Returns: whether it was one.
    private mutating func scaled(
        _ node: ONNXNode, _ parameters: ([Float]) -> (factors: [Float], shifts: [Float])
    ) throws(EdgeError) -> Bool {
        guard node.inputs.count == 2, let index = node.inputs.firstIndex(where: isConstant),
            index == 1 || node.type != "Div",
            !isConstant(node.inputs[1 - index])
        else { return false }
        let name = node.inputs[1 - index]
        let x = try value(name)
        guard element(x) == .float32, let tensor = try optionalConstant(node, index, "constant"),
            let numbers = tensor.data.reals, let (channels, axis) = channels(x, name), numbers.count <= channels
        else { return false }
        let shape = fileShape(x)
        let lead = shape.count - tensor.shape.count
        let isPerChannel =
            lead >= 0 && tensor.shape.indices.allSatisfy { tensor.shape[$0] == 1 || $0 + lead == axis }
        guard isPerChannel, numbers.count == 1 || numbers.count == channels else { return false }
        let all = numbers.count == 1 ? [Float](repeating: numbers[0], count: channels) : numbers
        let (factors, shifts) = parameters(all)
        guard factors.allSatisfy(\.isFinite) else { return false }
        if foldable(name) == nil, numbers.count == 1 || shape.count != 4 { return false }
        try scale(node, name, x, factors, shifts, axis: axis)
        return true
    }

    /// The channels that a value's factors would belong to, of the layer that computes it or of a picture, and along
    /// which axis of the file they run.
    private func channels(_ x: Computed, _ name: String) -> (count: Int, axis: Int)? {
        let shape = shape(x.id)
        guard let order = x.layout.order(shape), let axis = order.last, let count = shape.last,
            foldable(name) != nil || order == [0, 2, 3, 1]
        else { return nil }
        return (count, axis)
    }

    /// y = factor·x + shift for each channel: into the weights of the layer before, where only this node reads it;
    /// else as a convolution of one weight a channel, or as a product and a sum.
    /// - Parameter axis: of the file, along which the channels run; it is the second one where no layer is before.
    mutating func scale(
        _ node: ONNXNode, _ name: String, _ x: Computed, _ factors: [Float], _ shifts: [Float], axis: Int
    ) throws(EdgeError) {
        let channels = factors.count
        let isLast = x.layout.order(shape(x.id))?.last == axis && shape(x.id).last == channels
        if let producer = foldable(name), isLast {
            try fold(into: producer, node, factors, shifts)
            return try alias(node, x)
        }
        guard fileShape(x).count == 4 else {
            let wide = [channels] + [Int](repeating: 1, count: max(fileShape(x).count - 2, 0))
            let (a, b) = (
                Computed(id: addConstant(label + ".factors", wide, factors), layout: Layout(same: wide)),
                Computed(id: addConstant(label + ".shifts", wide, shifts), layout: Layout(same: wide))
            )
            return try finish(node, try compute(.addition, try compute(.multiplication, x, a), b))
        }
        let weights = addConstant(node.outputs[0] + ".factors", [channels, 1, 1, 1], factors)
        let bias = addConstant(node.outputs[0] + ".shifts", [channels], shifts)
        try add(
            Convolution(groups: channels), for: node, [try picture(x), weights, bias], order: .channelsLast(rank: 4))
    }

    /// W' = factor·W and b' = factor·b + shift, for each output channel.
    private mutating func fold(
        into producer: Int, _ node: ONNXNode, _ factors: [Float], _ shifts: [Float]
    ) throws(EdgeError) {
        let inputs = result.nodes[producer].inputs
        let old = result.values[inputs[1]]
        guard var weights = old.constant?.floats, old.type.shape[0] == factors.count else {
            throw EdgeError(.data, at: "", "\(factors.count) channels behind a layer of \(old.type.shape[0])")
        }
        let run = weights.count / factors.count
        if factors.contains(where: { $0 != 1 }) {
            for index in weights.indices { weights[index] *= factors[index / run] }
        }
        var bias = shifts
        if inputs.count > 2, let before = result.values[inputs[2]].constant?.floats {
            for index in bias.indices { bias[index] = factors[index] * before[index] + shifts[index] }
        }
        let name = inputs.count > 2 ? result.values[inputs[2]].name : node.outputs[0] + ".bias"
        refit(
            producer,
            inputs: [
                inputs[0], addConstant(old.name, old.type.shape, weights), addConstant(name, [bias.count], bias),
            ], output: node.outputs[0])
    }
}
