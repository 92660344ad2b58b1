import EdgeFormat
import ModelGraph

// Recurrent layers, unrolled: each step of the sequence by operations of its own, all with the same weights. States begin
// at zero in every run.
extension TFLiteImporter {
    static var recurrentRules: [String: Rule] {
        [
            "BIDIRECTIONAL_SEQUENCE_LSTM": Rule(69) { importer, node throws(EdgeError) in
                try importer.bidirectionalLSTM(node)
            },
            "BIDIRECTIONAL_SEQUENCE_RNN": Rule(70) { importer, node throws(EdgeError) in
                try importer.bidirectionalRNN(node)
            },
            "UNIDIRECTIONAL_SEQUENCE_LSTM": Rule(71) { importer, node throws(EdgeError) in
                try importer.unidirectionalLSTM(node)
            },
            "UNIDIRECTIONAL_SEQUENCE_RNN": Rule(31) { importer, node throws(EdgeError) in
                try importer.unidirectionalRNN(node)
            },
        ]
    }

    // Options of LSTMs: fused activation, clips of cell and projection; whether two directions become one output; whether
    // steps come before samples.

    private mutating func unidirectionalLSTM(_ node: TFLiteOperator) throws(EdgeError) {
        let sequence = try sequence(node, isTimeMajor: try node.flag(3))
        guard try !node.flag(5) else {
            throw EdgeError(.data, at: "", "diagonal recurrent weights are not supported")
        }
        if let layer = try IntegerLSTM(node, &self) { return try add(layer, node, sequence) }
        let layer = try floatLSTM(node, sequence, LSTMOperands(first: 1, normalization: 20))
        try finish(node, try run(layer, sequence))
    }

    private mutating func bidirectionalLSTM(_ node: TFLiteOperator) throws(EdgeError) {
        let sequence = try sequence(node, isTimeMajor: try node.flag(4, default: true))
        try refuseAuxiliaryInput(node, 39)
        var directions: [Graph.ValueID] = []
        for (index, first) in [1, 18].enumerated() {
            let layer = try floatLSTM(node, sequence, LSTMOperands(first: first, isBackwards: index == 1))
            directions.append(try run(layer, sequence))
        }
        try finish(node, directions, merges: try node.flag(3))
    }

    // Options of plain layers: whether steps come before samples; fused activation; whether two directions become one
    // output.

    private mutating func unidirectionalRNN(_ node: TFLiteOperator) throws(EdgeError) {
        let sequence = try sequence(node, isTimeMajor: try node.flag(0))
        try finish(node, try rnn(node, firstOperand: 1, sequence, isBackwards: false))
    }

    private mutating func bidirectionalRNN(_ node: TFLiteOperator) throws(EdgeError) {
        let sequence = try sequence(node, isTimeMajor: try node.flag(0))
        try refuseAuxiliaryInput(node, 9)
        var directions: [Graph.ValueID] = []
        for (index, first) in [1, 5].enumerated() {
            directions.append(try rnn(node, firstOperand: first, sequence, isBackwards: index == 1))
        }
        try finish(node, directions, merges: try node.flag(2))
    }

    private func refuseAuxiliaryInput(_ node: TFLiteOperator, _ operand: Int) throws(EdgeError) {
        guard optionalOperand(node, operand) == nil else {
            throw EdgeError(.data, at: "", "an auxiliary input is not supported")
        }
    }

    /// Two directions: outputs of their own, or the backward one's values behind the forward one's.
    private mutating func finish(
        _ node: TFLiteOperator, _ directions: [Graph.ValueID], merges: Bool
    ) throws(EdgeError) {
        guard !merges else {
            return try finish(node, try compute(Concatenation(), directions, label(node.outputs[0]) + ".merged"))
        }
        for (output, direction) in directions.enumerated() { try finish(node, direction, output: output) }
    }

    /// h = f(W·x + b + R·h) at each step; operands are W, R and b.
    private mutating func rnn(
        _ node: TFLiteOperator, firstOperand first: Int, _ sequence: TFLiteSequence, isBackwards: Bool
    ) throws(EdgeError) -> Graph.ValueID {
        let name = label(node.outputs[0]) + (isBackwards ? ".backward" : "")
        let function = try node.recurrentActivation(1)
        let weights = try reals(node, first, "weights", [nil, sequence.width])
        let units = weights.shape[0]
        let recurrence = try reals(node, first + 1, "recurrent weights", [units, units])
        let bias = try reals(node, first + 2, "bias", [units])
        let operands = [
            try floatRows(sequence, name), place(weights, name + ".weights"), place(bias, name + ".bias"),
        ]
        let inputs = try compute(Dense(), operands, name + ".input")
        let matrix = place(recurrence, name + ".recurrence")
        let first = state(name + ".state", sequence, width: units)
        let steps = try unroll(sequence, from: first, backwards: isBackwards) {
            (importer, step, state) throws(EdgeError) in
            let name = "\(name).\(step)"
            let own = try importer.part(
                inputs, rows: sequence.rows(of: step), columns: 0..<units, name + ".input")
            let product = try importer.compute(Dense(), [state, matrix], name + ".recurrent")
            let sum = try importer.compute(Addition(), [own, product], name + ".sum")
            guard let function else { return sum }
            return try importer.compute(function, [sum], name + ".output")
        }
        result.values[first].next = isBackwards ? steps.first : steps.last
        return try join(steps, sequence, name)
    }

    /// A constant as a value of the graph.
    mutating func place(_ constant: TFLiteConstant, _ name: String) -> Graph.ValueID {
        result.addConstant(name, constant.shape, constant.data)
    }
}
