import EdgeFormat
import ModelGraph

// The operations that an LSTM of bytes becomes.
extension TFLiteImporter {
    /// What the steps have in common, as values of the graph.
    private struct Parts {
        var layer: IntegerLSTM
        /// The input's part of all gates, cut to 16 bits: rows × (4 · units), int64.
        var inputs: Graph.ValueID
        var recurrence: Graph.ValueID
        /// The functions of 65,536 gates each, logistic before tanh, and of as many cells.
        var gateTable: Graph.ValueID
        var cellTable: Graph.ValueID
        /// Where the functions of the gates begin in their table, for the gate 0: one a gate and cell.
        var places: Graph.ValueID
    }

    /// Whole numbers: the hidden state less its zero point, and the cell state; int32, samples × units.
    private struct State {
        var hidden: Graph.ValueID
        var cell: Graph.ValueID
    }

    /// Adds all steps of a layer.
    mutating func add(
        _ layer: IntegerLSTM, _ node: TFLiteOperator, _ sequence: TFLiteSequence
    ) throws(EdgeError) {
        let parts = try parts(layer, sequence)
        let first = State(
            hidden: state(layer.name + ".state", sequence, width: layer.units, .int32),
            cell: state(layer.name + ".cell", sequence, width: layer.units, .int32))
        let states = try unroll(sequence, from: first) { (importer, step, state) throws(EdgeError) in
            try importer.advance(parts, "\(layer.name).\(step)", rows: sequence.rows(of: step), state)
        }
        result.values[first.hidden].next = states.last?.hidden
        result.values[first.cell].next = states.last?.cell
        let whole = try join(states.map(\.hidden), sequence, layer.name)
        // s·(q − z) as a float is within a fraction of a step of that real: it becomes q again.
        let steps = try compute(Conversion(to: .float32), [whole], layer.name + ".steps")
        let scale = shared(.float32(layer.hidden.scales))
        try finish(node, try compute(Arithmetic(.multiplication), [steps, scale], layer.name + ".reals"))
    }

    private mutating func parts(_ layer: IntegerLSTM, _ sequence: TFLiteSequence) throws(EdgeError) -> Parts {
        let (name, units) = (layer.name, layer.units)
        let weights = result.addConstant(name + ".weights", [sequence.width, 4 * units], .int32(layer.weights))
        let bias = result.addConstant(name + ".bias", [4 * units], .int32(layer.bias))
        let x = try wholeRows(sequence, name)
        let products = try compute(MatrixProduct(), [x, weights], name + ".products", .int32)
        let sums = try compute(Arithmetic(.addition), [products, bias], name + ".sums", .int32)
        let scaled = try scaled(sums, layer.inputFactors, name + ".input", units: units)
        // Tables of 2⁻¹⁵ for −32768 … 32767 in 2⁻¹², and for cells.
        let all = (Int(Int16.min)...Int(Int16.max)).map { Int16($0) }
        let logistic = all.map { FixedPointFunction.logistic($0) }
        let tanh = all.map { FixedPointFunction.tanh($0, integerBits: 3) }
        let cells =
            layer.cellBits == 3 ? tanh : all.map { FixedPointFunction.tanh($0, integerBits: layer.cellBits) }
        let places = [0, 0, 1, 0].flatMap { [Int64](repeating: 32768 + 65536 * $0, count: units) }
        return Parts(
            layer: layer, inputs: try clamped(scaled, -32768, 32767, name + ".input", .int64),
            recurrence: result.addConstant(name + ".recurrence", [units, 4 * units], .int32(layer.recurrence)),
            gateTable: shared(.int16(logistic + tanh), [2 * 65536]), cellTable: shared(.int16(cells), [65536]),
            places: shared(.int64(places), [4 * units]))
    }

    /// The sequence's integers less their zero point.
    private mutating func wholeRows(_ sequence: TFLiteSequence, _ name: String) throws(EdgeError) -> Graph.ValueID {
        let scales = try type(sequence.value).activationQuantization.scales
        let steps = try compute(
            Arithmetic(.division), [try floatRows(sequence, name), shared(.float32(scales))], name + ".input.steps")
        let nearest = try compute(NearestInteger(), [steps], name + ".input.nearest")
        return try compute(Conversion(to: .int32), [nearest], name + ".input.whole", .int32)
    }

    private mutating func advance(
        _ parts: Parts, _ name: String, rows: [Int], _ state: State
    ) throws(EdgeError) -> State {
        let layer = parts.layer
        let gates = try gates(parts, name, rows: rows, state)
        let update = try product(gates[0], gates[2], shift: 15 + layer.cellBits, name + ".update")
        let kept = try product(gates[1], state.cell, shift: 15, name + ".kept")
        var cell = try compute(Arithmetic(.addition), [kept, update], name + ".cell", .int32)
        cell = try clamped(cell, layer.cellBounds.lowerBound, layer.cellBounds.upperBound, name + ".cell", .int32)
        let place = try compute(
            Arithmetic(.addition), [cell, shared(.int32([32768]))], name + ".cell.place", .int32)
        let shown = try looked(up: place, in: parts.cellTable, name + ".cell.tanh")
        let raw = try compute(Arithmetic(.multiplication), [gates[3], shown], name + ".raw", .int32)
        let scaled = try scaled(raw, [layer.hiddenFactor], name + ".hidden", units: layer.units)
        let zeroPoint = Int64(layer.hidden.zeroPoint)
        let hidden = try clamped(scaled, -128 - zeroPoint, 127 - zeroPoint, name + ".hidden", .int64)
        return State(
            hidden: try compute(Conversion(to: .int32), [hidden], name + ".hidden.whole", .int32), cell: cell)
    }

    /// Input, forget, cell and output gate of a step, in 2⁻¹⁵.
    private mutating func gates(
        _ parts: Parts, _ name: String, rows: [Int], _ state: State
    ) throws(EdgeError) -> [Graph.ValueID] {
        let units = parts.layer.units
        let own = try part(parts.inputs, rows: rows, columns: 0..<4 * units, name + ".inputs")
        let products = try compute(MatrixProduct(), [state.hidden, parts.recurrence], name + ".products", .int32)
        let scaled = try scaled(products, parts.layer.recurrentFactors, name + ".recurrent", units: units)
        var sums = try compute(Arithmetic(.addition), [own, scaled], name + ".gates", .int64)
        sums = try clamped(sums, -32768, 32767, name + ".gates", .int64)
        let places = try compute(Arithmetic(.addition), [sums, parts.places], name + ".gates.places", .int64)
        let values = try looked(up: places, in: parts.gateTable, name + ".gates.values")
        var gates: [Graph.ValueID] = []
        for gate in LSTMOperands.gates.indices {
            let columns = gate * units..<(gate + 1) * units
            gates.append(try part(values, columns: columns, "\(name).\(LSTMOperands.gates[gate])"))
        }
        return gates
    }

    /// Entries of a table of 16 bits as int32.
    private mutating func looked(
        up places: Graph.ValueID, in table: Graph.ValueID, _ name: String
    ) throws(EdgeError) -> Graph.ValueID {
        let entries = try compute(Gather(axis: 0), [table, places], name + ".entries", .int16)
        return try compute(Conversion(to: .int32), [entries], name, .int32)
    }
}

// Whole numbers: products and quotients rounded as LiteRT rounds them.
extension TFLiteImporter {
    /// a·b / 2^shift, rounded half away from zero; int32.
    private mutating func product(
        _ a: Graph.ValueID, _ b: Graph.ValueID, shift: Int, _ name: String
    ) throws(EdgeError) -> Graph.ValueID {
        let product = try compute(Arithmetic(.multiplication), [a, b], name + ".product", .int32)
        return try quotient(
            product, shared(.int32([1 << (Int32(shift) - 1)])), shared(.int32([Int32(shift)])), mask: nil, name, .int32)
    }

    /// x / 2^bits, rounded half away from zero: (x + half − (1 where x is below 0)) >> bits.
    /// - Parameter mask: 0 where nothing is divided, else −1; nil where everything is.
    private mutating func quotient(
        _ x: Graph.ValueID, _ half: Graph.ValueID, _ bits: Graph.ValueID, mask: Graph.ValueID?, _ name: String,
        _ element: ElementType
    ) throws(EdgeError) -> Graph.ValueID {
        let last = shared(TensorData(element, wholes: [Int64(8 * element.size - 1)]))
        var sign = try compute(Arithmetic(.shiftRight), [x, last], name + ".sign", element)
        if let mask { sign = try compute(Arithmetic(.and), [sign, mask], name + ".sign.masked", element) }
        let raised = try compute(Arithmetic(.addition), [x, half], name + ".raised", element)
        let sum = try compute(Arithmetic(.addition), [raised, sign], name + ".rounded", element)
        return try compute(Arithmetic(.shiftRight), [sum, bits], name + ".quotient", element)
    }

    /// int32 times factors, one for each `units` neighbours or one for all: the high half of twice the product with the
    /// mantissa, rounded half up, then a quotient by what the exponent says. The result is int64.
    private mutating func scaled(
        _ x: Graph.ValueID, _ factors: [FixedPointFactor], _ name: String, units: Int
    ) throws(EdgeError) -> Graph.ValueID {
        func spread(_ value: (FixedPointFactor) -> Int64) -> (TensorData, [Int]) {
            let values = factors.map(value)
            if values.allSatisfy({ $0 == values[0] }) { return (.int64([values[0]]), []) }
            let all = values.flatMap { [Int64](repeating: $0, count: units) }
            return (.int64(all), [all.count])
        }
        func constant(_ importer: inout TFLiteImporter, _ value: (FixedPointFactor) -> Int64) -> Graph.ValueID {
            let (data, shape) = spread(value)
            return importer.shared(data, shape)
        }
        let long = try compute(Conversion(to: .int64), [x], name + ".long", .int64)
        let mantissa = constant(&self) { $0.mantissa << Int64(max($0.exponent, 0)) }
        let product = try compute(Arithmetic(.multiplication), [long, mantissa], name + ".product", .int64)
        let raised = try compute(
            Arithmetic(.addition), [product, shared(.int64([1 << 30]))], name + ".raised", .int64)
        let high = try compute(Arithmetic(.shiftRight), [raised, shared(.int64([31]))], name + ".high", .int64)
        guard factors.contains(where: { $0.exponent < 0 }) else { return high }
        let divides = factors.map { $0.exponent < 0 }
        let mask = divides.contains(false) ? constant(&self) { $0.exponent < 0 ? -1 : 0 } : nil
        let half = constant(&self) { $0.exponent < 0 ? 1 << Int64(-$0.exponent - 1) : 0 }
        let bits = constant(&self) { Int64(max(-$0.exponent, 0)) }
        return try quotient(high, half, bits, mask: mask, name + ".shifted", .int64)
    }

    /// Cut to bounds.
    private mutating func clamped(
        _ x: Graph.ValueID, _ low: Int64, _ high: Int64, _ name: String, _ element: ElementType
    ) throws(EdgeError) -> Graph.ValueID {
        let (least, most) = (shared(TensorData(element, wholes: [low])), shared(TensorData(element, wholes: [high])))
        let raised = try compute(Arithmetic(.maximum), [x, least], name + ".raised", element)
        return try compute(Arithmetic(.minimum), [raised, most], name + ".clamped", element)
    }
}
