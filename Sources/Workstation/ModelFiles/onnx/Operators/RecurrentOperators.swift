import EdgeFormat
import ModelGraph

// Recurrent layers, unrolled: each step of the sequence by operations of its own, all with the same weights.
extension ONNXImporter {
    static let recurrentRules: [String: Rule] = [
        "GRU": Rule(recurrentAttributes.union(["linear_before_reset"])) { importer, node throws(EdgeError) in
            let resetsLast = try node.int("linear_before_reset", default: 0) != 0
            try importer.recurrent(node, gates: 3) { importer, step throws(EdgeError) in
                try importer.gru(step, resetsLast: resetsLast)
            }
        },
        "LSTM": Rule(recurrentAttributes.union(["input_forget"])) { importer, node throws(EdgeError) in
            try node.expect("input_forget", 0)
            try importer.recurrent(node, gates: 4) { importer, step throws(EdgeError) in try importer.lstm(step) }
        },
        "RNN": Rule(recurrentAttributes) { importer, node throws(EdgeError) in
            try importer.recurrent(node, gates: 1) { importer, step throws(EdgeError) in
                let sum = try importer.compute(.addition, step.input, try importer.recurrentPart(step))
                return (try importer.activate(step, 0, sum), nil)
            }
        },
    ]

    private static let recurrentAttributes: Set<String> = [
        "activation_alpha", "activation_beta", "activations", "clip", "direction", "hidden_size", "layout",
        "output_sequence",
    ]

    /// The parameters of one direction: weights gates·hidden × input, recurrence gates·hidden × hidden, biases.
    private struct Direction {
        var recurrence: Computed
        var recurrenceBias: Computed?
        var peepholes: Computed?
        var activations: [ONNXNode.GateFunction]
        var clip: Double?
        var hidden: Int
    }

    /// One step of one direction.
    private struct Step {
        /// The input's part of all gates, with its bias: batch × gates·hidden.
        var input: Computed
        /// batch × hidden.
        var hidden: Computed
        var cell: Computed?
        var direction: Direction
    }

    private mutating func recurrent(
        _ node: ONNXNode, gates: Int,
        _ advance: (inout ONNXImporter, Step) throws(EdgeError) -> (hidden: Computed, cell: Computed?)
    ) throws(EdgeError) {
        let isBatchFirst = try node.int("layout", default: 0) != 0
        var x = try input(node)
        guard fileShape(x).count == 3 else { throw EdgeError(.data, at: "", "a sequence has three dimensions") }
        if isBatchFirst { x = transposed(x, [1, 0, 2]) }
        try expectRanks(node)
        let (length, batch) = (fileShape(x)[0], fileShape(x)[1])
        try expectWholeSequences(node, length)
        let names = try directions(node)
        let hidden = try inputShape(node, 2).last ?? 0
        guard length <= 4096, hidden >= 1, try inputShape(node, 1).first == names.count else {
            throw EdgeError(
                .data, at: "", "a sequence of \(length) steps, at most 4096 are supported, or weights that do not fit")
        }
        var (sequences, lastHidden, lastCells): ([[Computed]], [Computed], [Computed]) = ([], [], [])
        for (index, isReverse) in names.enumerated() {
            let direction = try self.direction(node, index, gates: gates, hidden: hidden)
            let inputs = try inputPart(node, x, index, gates: gates, hidden: hidden)
            var state = try initial(node, 5, index, batch, hidden, isBatchFirst)
            var cell = gates == 4 ? try initial(node, 6, index, batch, hidden, isBatchFirst) : nil
            var outputs: [Computed] = []
            for step in 0..<length {
                let place = isReverse ? length - 1 - step : step
                let part = dropping(try slice(inputs, axis: 0, from: place, count: 1), [0])
                let next = try advance(
                    &self, Step(input: part, hidden: state, cell: cell, direction: direction))
                (state, cell) = (next.hidden, next.cell)
                outputs.append(state)
            }
            sequences.append(isReverse ? outputs.reversed() : outputs)
            lastHidden.append(state)
            if let cell { lastCells.append(cell) }
        }
        try finish(node, sequences, lastHidden, lastCells, isBatchFirst)
    }

    /// Sequence × directions × batch × hidden, and the last states, directions × batch × hidden.
    private mutating func finish(
        _ node: ONNXNode, _ sequences: [[Computed]], _ hidden: [Computed], _ cells: [Computed], _ isBatchFirst: Bool
    ) throws(EdgeError) {
        if node.has(output: 0) {
            var directions: [Computed] = []
            for outputs in sequences {
                directions.append(inserting(try join(outputs.map { inserting($0, [0]) }, axis: 0), [1]))
            }
            let all = try join(directions, axis: 1)
            try finish(node, isBatchFirst ? transposed(all, [2, 0, 1, 3]) : all)
        }
        for (index, states) in [hidden, cells].enumerated() where node.has(output: index + 1) {
            let all = try join(states.map { inserting($0, [0]) }, axis: 0)
            try finish(node, isBatchFirst ? transposed(all, [1, 0, 2]) : all, output: index + 1)
        }
    }

    /// Weights, recurrence and states have an axis of directions before their two; biases and peepholes before their one.
    private mutating func expectRanks(_ node: ONNXNode) throws(EdgeError) {
        for (index, rank) in [(1, 3), (2, 3), (3, 2), (5, 3), (6, 3), (7, 2)] {
            guard let value = try optionalInput(node, index), fileShape(value).count != rank else { continue }
            throw EdgeError(
                .data, at: "", "input \(index) has shape \(Shape.text(fileShape(value))); \(rank) dimensions are needed"
            )
        }
    }

    private mutating func expectWholeSequences(_ node: ONNXNode, _ length: Int) throws(EdgeError) {
        guard let lengths = try optionalIntegers(node, 4, "sequence_lens") else { return }
        guard lengths.allSatisfy({ $0 == length }) else {
            throw EdgeError(.data, at: "", "sequences shorter than \(length) steps are not supported")
        }
    }

    /// Whether each direction goes backwards.
    private func directions(_ node: ONNXNode) throws(EdgeError) -> [Bool] {
        switch try node.string("direction", default: "forward") {
        case "forward": return [false]
        case "reverse": return [true]
        case "bidirectional": return [false, true]
        case let other: throw EdgeError(.data, at: "", "direction '\(other)' is not supported")
        }
    }

    private mutating func direction(
        _ node: ONNXNode, _ index: Int, gates: Int, hidden: Int
    ) throws(EdgeError) -> Direction {
        let recurrence = dropping(try slice(try input(node, 2), axis: 0, from: index, count: 1), [0])
        var bias: Computed?
        if let all = try optionalInput(node, 3) {
            let own = dropping(try slice(all, axis: 0, from: index, count: 1), [0])
            bias = try slice(own, axis: 0, from: gates * hidden, count: gates * hidden)
        }
        var peepholes: Computed?
        if gates == 4, let all = try optionalInput(node, 7) {
            peepholes = dropping(try slice(all, axis: 0, from: index, count: 1), [0])
        }
        let clip = try node.float("clip", default: 0)
        return Direction(
            recurrence: transposed(recurrence, [1, 0]), recurrenceBias: bias, peepholes: peepholes,
            activations: try node.gateFunctions(direction: index, gates: gates), clip: clip > 0 ? Double(clip) : nil,
            hidden: hidden)
    }

    /// The products of all inputs with a direction's weights, and their bias: sequence × batch × gates·hidden.
    private mutating func inputPart(
        _ node: ONNXNode, _ x: Computed, _ index: Int, gates: Int, hidden: Int
    ) throws(EdgeError) -> Computed {
        let weights = dropping(try slice(try input(node, 1), axis: 0, from: index, count: 1), [0])
        let product = try matrixProduct(node, x, transposed(weights, [1, 0]))
        guard let all = try optionalInput(node, 3) else { return product }
        let own = dropping(try slice(all, axis: 0, from: index, count: 1), [0])
        return try compute(.addition, product, try slice(own, axis: 0, from: 0, count: gates * hidden))
    }

    private mutating func initial(
        _ node: ONNXNode, _ input: Int, _ index: Int, _ batch: Int, _ hidden: Int, _ isBatchFirst: Bool
    ) throws(EdgeError) -> Computed {
        guard var state = try optionalInput(node, input) else {
            let count = try Shape.elementCount([batch, hidden])
            try charge(bytes: count * 8)
            let id = addConstant(label + ".zeros", [batch, hidden], [Float](repeating: 0, count: count))
            return Computed(id: id, layout: Layout(same: [batch, hidden]))
        }
        if isBatchFirst { state = transposed(state, [1, 0, 2]) }
        return dropping(try slice(state, axis: 0, from: index, count: 1), [0])
    }

    /// The hidden state's part of all gates.
    private mutating func recurrentPart(_ step: Step) throws(EdgeError) -> Computed {
        let node = ONNXNode.none
        let product = try matrixProduct(node, step.hidden, step.direction.recurrence)
        guard let bias = step.direction.recurrenceBias else { return product }
        return try compute(.addition, product, bias)
    }

    private mutating func gate(_ gates: Computed, _ index: Int, _ step: Step) throws(EdgeError) -> Computed {
        try slice(gates, axis: 1, from: index * step.direction.hidden, count: step.direction.hidden)
    }

    private mutating func activate(_ step: Step, _ index: Int, _ x: Computed) throws(EdgeError) -> Computed {
        let function = step.direction.activations[index]
        let bounded = try step.direction.clip.map { (clip) throws(EdgeError) in
            try apply(Clip(minimum: Float(-clip), maximum: Float(clip)), x)
        }
        if case .affine(let factor, let offset) = function {
            let scaled = try compute(.multiplication, bounded ?? x, number(factor))
            return try compute(.addition, scaled, number(offset))
        }
        return try apply(function.operation, bounded ?? x)
    }

    /// Gates input, output, forget, cell; f, g, h are functions 0, 1, 2.
    private mutating func lstm(_ step: Step) throws(EdgeError) -> (hidden: Computed, cell: Computed?) {
        guard let cell = step.cell else { throw EdgeError(.data, at: "", "there is no cell state") }
        let gates = try compute(.addition, step.input, try recurrentPart(step))
        let peephole = {
            (importer: inout ONNXImporter, x: Computed, state: Computed, index: Int) throws(EdgeError) -> Computed in
            guard let all = step.direction.peepholes else { return x }
            let own = try importer.slice(
                all, axis: 0, from: index * step.direction.hidden, count: step.direction.hidden)
            return try importer.compute(.addition, x, try importer.compute(.multiplication, own, state))
        }
        let input = try activate(step, 0, try peephole(&self, try gate(gates, 0, step), cell, 0))
        let forget = try activate(step, 0, try peephole(&self, try gate(gates, 2, step), cell, 2))
        let candidate = try activate(step, 1, try gate(gates, 3, step))
        let next = try compute(
            .addition, try compute(.multiplication, forget, cell), try compute(.multiplication, input, candidate))
        let output = try activate(step, 0, try peephole(&self, try gate(gates, 1, step), next, 1))
        var unbounded = step
        unbounded.direction.clip = nil
        return (try compute(.multiplication, output, try activate(unbounded, 2, next)), next)
    }

    /// Gates update, reset, hidden; f and g are functions 0 and 1.
    private mutating func gru(_ step: Step, resetsLast: Bool) throws(EdgeError) -> (hidden: Computed, cell: Computed?) {
        let recurrent = try recurrentPart(step)
        let update = try activate(
            step, 0, try compute(.addition, try gate(step.input, 0, step), try gate(recurrent, 0, step)))
        let reset = try activate(
            step, 0, try compute(.addition, try gate(step.input, 1, step), try gate(recurrent, 1, step)))
        let part: Computed
        if resetsLast {
            part = try compute(.multiplication, reset, try gate(recurrent, 2, step))
        } else {
            var scaled = step
            scaled.hidden = try compute(.multiplication, reset, step.hidden)
            part = try gate(try recurrentPart(scaled), 2, step)
        }
        let candidate = try activate(step, 1, try compute(.addition, try gate(step.input, 2, step), part))
        // (1 − z)·h̃ + z·h = h̃ + z·(h − h̃)
        let difference = try compute(.subtraction, step.hidden, candidate)
        return (try compute(.addition, candidate, try compute(.multiplication, update, difference)), nil)
    }
}

extension ONNXNode {
    /// A node that nothing is known of.
    fileprivate static let none = ONNXNode(
        number: 0, name: "", type: "", domain: "", inputs: [], outputs: [], attributes: [:])

    /// A function of a gate.
    enum GateFunction {
        case unary(any UnaryOperation)
        case affine(Double, Double)

        var operation: any Operation {
            if case .unary(let operation) = self { return operation }
            return Identity()
        }
    }

    /// The functions of one direction's gates, the standard's where the node names none.
    fileprivate func gateFunctions(direction: Int, gates: Int) throws(EdgeError) -> [GateFunction] {
        let count = gates == 4 ? 3 : gates == 3 ? 2 : 1
        let usual = gates == 4 ? ["Sigmoid", "Tanh", "Tanh"] : gates == 3 ? ["Sigmoid", "Tanh"] : ["Tanh"]
        let given = try strings("activations")
        // Those of the directions before take their parameters first.
        let names = given.map { Array($0.prefix((direction + 1) * count)) } ?? usual
        guard names.count == (given == nil ? count : (direction + 1) * count) else {
            throw EdgeError(.data, at: "", "activations has \(given?.count ?? 0) names")
        }
        var (alphas, betas) = (try floats("activation_alpha") ?? [], try floats("activation_beta") ?? [])
        var functions: [GateFunction] = []
        for name in names {
            let alpha = { (usual: Float) in alphas.isEmpty ? usual : alphas.removeFirst() }
            let beta = { (usual: Float) in betas.isEmpty ? usual : betas.removeFirst() }
            switch name.lowercased() {
            case "sigmoid": functions.append(.unary(Sigmoid()))
            case "tanh": functions.append(.unary(Tanh()))
            case "relu": functions.append(.unary(ReLU()))
            case "softplus": functions.append(.unary(Softplus()))
            case "softsign": functions.append(.unary(Softsign()))
            case "elu": functions.append(.unary(ELU(alpha: alpha(1))))
            case "leakyrelu": functions.append(.unary(LeakyReLU(slope: alpha(0.01))))
            case "thresholdedrelu": functions.append(.unary(ThresholdedReLU(threshold: alpha(1))))
            case "hardsigmoid": functions.append(.unary(HardSigmoid(slope: alpha(0.2), offset: beta(0.5))))
            case "affine": functions.append(.affine(Double(alpha(1)), Double(beta(0))))
            default: throw EdgeError(.data, at: "", "activation '\(name)' is not supported")
            }
        }
        return functions.suffix(count)
    }
}
