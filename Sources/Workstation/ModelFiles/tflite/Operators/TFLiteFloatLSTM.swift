import EdgeFormat
import ModelGraph

/// Where one direction of an LSTM has its operands: weights of the input, forget, cell and output gate, recurrent weights
/// alike, peepholes of input, forget and output gate, four biases, weights and bias of the projection.
struct LSTMOperands {
    /// The first of the weights.
    var first: Int
    /// The first of four vectors that normalized gates are multiplied by; nil where there is no room for them.
    var normalization: Int?
    var isBackwards = false

    static let gates = ["input", "forget", "cell", "output"]
}

/// One direction of an LSTM in floats: what the file gives it, as values of the graph.
struct FloatLSTM {
    var name: String
    var isBackwards: Bool
    /// Cells.
    var units: Int
    /// The gates that there are, in the file's order; without an input gate that is 1 less the forget gate.
    var gates: [Int]
    /// The input's part of all gates, one after the other: (samples · steps) × (gates · units).
    var inputs: Graph.ValueID
    var recurrence: Graph.ValueID
    /// Of the input, forget and output gate.
    var peepholes: [Int: Graph.ValueID]
    /// A factor and a bias of each normalized gate.
    var norms: [Int: [Graph.ValueID]]
    /// Weights, and perhaps a bias.
    var projection: [Graph.ValueID]
    var activation: (any UnaryOperation)?
    var cellClip: Clip?
    var projectionClip: Clip?

    /// What a step leaves to the next one: samples × width.
    struct State {
        var hidden: Graph.ValueID
        var cell: Graph.ValueID
    }
}

extension TFLiteImporter {
    /// Reads a direction.
    mutating func floatLSTM(
        _ node: TFLiteOperator, _ sequence: TFLiteSequence, _ operands: LSTMOperands
    ) throws(EdgeError) -> FloatLSTM {
        let name = label(node.outputs[0]) + (operands.isBackwards ? ".backward" : "")
        let hasInputGate = optionalOperand(node, operands.first) != nil
        let gates = hasInputGate ? [0, 1, 2, 3] : [1, 2, 3]
        let units = try reals(node, operands.first + 3, "weights", [nil, sequence.width]).shape[0]
        let projection = try projection(node, operands.first + 15, units: units, name)
        let width = projection.first.map { shape($0)[0] } ?? units
        let norms = try norms(node, operands, gates, units: units, name)
        let weights = try stacked(node, operands.first, gates, [units, sequence.width], name + ".weights")
        var inputs = [try floatRows(sequence, name), weights]
        // A normalized gate has its bias behind the norm.
        if norms.isEmpty { inputs.append(try stacked(node, operands.first + 11, gates, [units], name + ".bias")) }
        return FloatLSTM(
            name: name, isBackwards: operands.isBackwards, units: units, gates: gates,
            inputs: try compute(Dense(), inputs, name + ".input"),
            recurrence: try stacked(node, operands.first + 4, gates, [units, width], name + ".recurrence"),
            peepholes: try peepholes(node, operands.first + 8, units: units, name), norms: norms,
            projection: projection, activation: try node.recurrentActivation(0), cellClip: try node.clip(1),
            projectionClip: try node.clip(2))
    }

    /// The operands of all gates, one behind the other along the first axis.
    private mutating func stacked(
        _ node: TFLiteOperator, _ first: Int, _ gates: [Int], _ shape: [Int], _ name: String
    ) throws(EdgeError) -> Graph.ValueID {
        var elements: [Float] = []
        for gate in gates {
            let what = "operands of the \(LSTMOperands.gates[gate]) gate"
            elements += try reals(node, first + gate, what, shape).data.floats ?? []
        }
        return result.addConstant(name, [gates.count * shape[0]] + shape[1...], .float32(elements))
    }

    private mutating func peepholes(
        _ node: TFLiteOperator, _ first: Int, units: Int, _ name: String
    ) throws(EdgeError) -> [Int: Graph.ValueID] {
        var result: [Int: Graph.ValueID] = [:]
        for (index, gate) in [0, 1, 3].enumerated() where optionalOperand(node, first + index) != nil {
            let weights = try reals(node, first + index, "peephole weights", [units])
            result[gate] = place(weights, "\(name).peephole.\(LSTMOperands.gates[gate])")
        }
        return result
    }

    private mutating func norms(
        _ node: TFLiteOperator, _ operands: LSTMOperands, _ gates: [Int], units: Int, _ name: String
    ) throws(EdgeError) -> [Int: [Graph.ValueID]] {
        guard let first = operands.normalization, optionalOperand(node, first + 3) != nil else { return [:] }
        var result: [Int: [Graph.ValueID]] = [:]
        for gate in gates {
            let factor = try reals(node, first + gate, "factors of a norm", [units])
            let bias = try reals(node, operands.first + 11 + gate, "biases", [units])
            let name = "\(name).\(LSTMOperands.gates[gate])"
            result[gate] = [place(factor, name + ".factor"), place(bias, name + ".bias")]
        }
        return result
    }

    private mutating func projection(
        _ node: TFLiteOperator, _ first: Int, units: Int, _ name: String
    ) throws(EdgeError) -> [Graph.ValueID] {
        guard optionalOperand(node, first) != nil else { return [] }
        let weights = try reals(node, first, "projection weights", [nil, units])
        var ids = [place(weights, name + ".projection")]
        if optionalOperand(node, first + 1) != nil {
            let bias = try reals(node, first + 1, "projection bias", [weights.shape[0]])
            ids.append(place(bias, name + ".projection.bias"))
        }
        return ids
    }
}

// Steps.
extension TFLiteImporter {
    /// The hidden states of all steps as a sequence.
    mutating func run(_ layer: FloatLSTM, _ sequence: TFLiteSequence) throws(EdgeError) -> Graph.ValueID {
        let first = FloatLSTM.State(
            hidden: state(layer.name + ".state", sequence, width: shape(layer.recurrence)[1]),
            cell: state(layer.name + ".cell", sequence, width: layer.units))
        let states = try unroll(sequence, from: first, backwards: layer.isBackwards) {
            (importer, step, state) throws(EdgeError) in
            var layer = layer
            layer.name += ".\(step)"
            return try importer.advance(layer, rows: sequence.rows(of: step), state)
        }
        let last = layer.isBackwards ? states.first : states.last
        result.values[first.hidden].next = last?.hidden
        result.values[first.cell].next = last?.cell
        return try join(states.map(\.hidden), sequence, layer.name)
    }

    private mutating func advance(
        _ layer: FloatLSTM, rows: [Int], _ state: FloatLSTM.State
    ) throws(EdgeError) -> FloatLSTM.State {
        let name = layer.name
        let own = try part(
            layer.inputs, rows: rows, columns: 0..<layer.gates.count * layer.units, name + ".inputs")
        let product = try compute(Dense(), [state.hidden, layer.recurrence], name + ".recurrent")
        let sums = try compute(Addition(), [own, product], name + ".gates")
        let forget = try gate(layer, 1, sums, Sigmoid(), cell: state.cell)
        let input: Graph.ValueID
        if layer.gates.contains(0) {
            input = try gate(layer, 0, sums, Sigmoid(), cell: state.cell)
        } else {
            input = try compute(Arithmetic(.subtraction), [shared(.float32([1])), forget], name + ".input")
        }
        let candidate = try gate(layer, 2, sums, layer.activation, cell: nil)
        let update = try compute(Arithmetic(.multiplication), [input, candidate], name + ".update")
        let kept = try compute(Arithmetic(.multiplication), [forget, state.cell], name + ".kept")
        var cell = try compute(Addition(), [kept, update], name + ".cell")
        if let clip = layer.cellClip { cell = try compute(clip, [cell], name + ".cell.clipped") }
        let output = try gate(layer, 3, sums, Sigmoid(), cell: cell)
        let shown = try layer.activation.map { (function) throws(EdgeError) in
            try compute(function, [cell], name + ".cell.activated")
        }
        var hidden = try compute(Arithmetic(.multiplication), [output, shown ?? cell], name + ".hidden")
        if !layer.projection.isEmpty {
            hidden = try compute(Dense(), [hidden] + layer.projection, name + ".projected")
            if let clip = layer.projectionClip { hidden = try compute(clip, [hidden], name + ".projected.clipped") }
        }
        return FloatLSTM.State(hidden: hidden, cell: cell)
    }

    /// A gate's values from the sums of all gates.
    /// - Parameter cell: what its peephole looks at.
    private mutating func gate(
        _ layer: FloatLSTM, _ gate: Int, _ sums: Graph.ValueID, _ function: (any UnaryOperation)?,
        cell: Graph.ValueID?
    ) throws(EdgeError) -> Graph.ValueID {
        let name = "\(layer.name).\(LSTMOperands.gates[gate])"
        let first = (layer.gates.firstIndex(of: gate) ?? 0) * layer.units
        var x = try part(sums, columns: first..<first + layer.units, name + ".sums")
        if let peephole = layer.peepholes[gate], let cell {
            let seen = try compute(Arithmetic(.multiplication), [cell, peephole], name + ".seen")
            x = try compute(Addition(), [x, seen], name + ".peephole")
        }
        if let norm = layer.norms[gate] { x = try normalized(x, norm, name) }
        return try function.map { (function) throws(EdgeError) in try compute(function, [x], name) } ?? x
    }

    /// Rows of mean 0 and variance 1, times a factor, plus a bias.
    private mutating func normalized(
        _ x: Graph.ValueID, _ norm: [Graph.ValueID], _ name: String
    ) throws(EdgeError) -> Graph.ValueID {
        let mean = try compute(Reduction(.mean, axes: [1], keepsAxes: true), [x], name + ".mean")
        let difference = try compute(Arithmetic(.subtraction), [x, mean], name + ".difference")
        let square = try compute(Arithmetic(.multiplication), [difference, difference], name + ".square")
        let variance = try compute(Reduction(.mean, axes: [1], keepsAxes: true), [square], name + ".variance")
        let bounded = try compute(Arithmetic(.addition), [variance, shared(.float32([1e-8]))], name + ".bounded")
        let deviation = try compute(SquareRoot(), [bounded], name + ".deviation")
        let unit = try compute(Arithmetic(.division), [difference, deviation], name + ".normalized")
        let scaled = try compute(Arithmetic(.multiplication), [unit, norm[0]], name + ".scaled")
        return try compute(Arithmetic(.addition), [scaled, norm[1]], name + ".shifted")
    }
}

extension TFLiteOperator {
    /// A bound on both sides of 0; nil where there is none.
    fileprivate func clip(_ field: Int) throws(EdgeError) -> Clip? {
        let bound = try float(field)
        return bound > 0 && bound.isFinite ? Clip(minimum: -bound, maximum: bound) : nil
    }
}
