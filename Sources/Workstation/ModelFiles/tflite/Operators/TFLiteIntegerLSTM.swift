import EdgeFormat
import ModelGraph

/// An LSTM of bytes with a cell state of 16 bits, as LiteRT's integers compute it (kernels of LiteRT 2.3, Apache-2.0;
/// formulas only): gates are sums in 2⁻¹², their functions tables of 2⁻¹⁵, and each product is rounded by itself. All of
/// it are operations of whole numbers, so that every byte is LiteRT's.
struct IntegerLSTM {
    var name: String
    /// Cells.
    var units: Int
    /// Input × (4 · units) and units × (4 · units), gates in the file's order.
    var weights: [Int32]
    var recurrence: [Int32]
    /// 4 · units.
    var bias: [Int32]
    /// From sums to 2⁻¹², one a gate.
    var inputFactors: [FixedPointFactor]
    var recurrentFactors: [FixedPointFactor]
    /// Of the cell state: 3 where it counts in 2⁻¹².
    var cellBits: Int
    /// Of the cell state.
    var cellBounds: ClosedRange<Int64>
    /// From 2⁻³⁰ to the hidden state's scale.
    var hiddenFactor: FixedPointFactor
    /// The output's.
    var hidden: Quantization

    /// Reads a node; nil where the file has anything but plain gates of bytes, which is computed in floats.
    init?(_ node: TFLiteOperator, _ importer: inout TFLiteImporter) throws(EdgeError) {
        let optional = [9, 10, 11, 16, 17, 20, 21, 22, 23]
        let x = importer.type(try importer.input(node))
        guard let input = x.quantization, optional.allSatisfy({ importer.optionalOperand(node, $0) == nil }),
            importer.optionalOperand(node, 1) != nil, try node.options?.byte(0) == 4, node.intermediates.count == 5,
            let inner = node.intermediates[4].map({ importer.document.tensors[$0] }),
            let scale = inner.scales.first, let zeroPoint = inner.zeroPoints.first
        else { return nil }
        let output = try importer.outputType(node).activationQuantization
        let state = importer.document.tensors[try importer.operand(node, 18)]
        guard state.scales == [scale], output.scales == [scale], state.zeroPoints == [zeroPoint],
            output.zeroPoint == Int32(clamping: zeroPoint)
        else { return nil }
        let cell = importer.document.tensors[try importer.operand(node, 19)]
        guard cell.type == .int16, let cellScale = cell.scales.first, cellScale.significand == 1,
            (-15...(-9)).contains(cellScale.exponent)
        else {
            throw EdgeError(
                .data, at: "", "the cell state '\(cell.label)' has no 16 bits, or no power of two as its scale")
        }
        (name, hidden) = (importer.label(node.outputs[0]), output)
        cellBits = 15 + Int(cellScale.exponent)
        let clip = try node.float(1)
        let limit = Int64(min(max(clip / cellScale, 0), 32767))
        cellBounds = clip > 0 ? -limit...limit : -32768...32767
        guard let width = x.shape.last, let factor = FixedPointFactor(0x1p-15 / scale * 0x1p-15) else { return nil }
        hiddenFactor = factor
        units = try importer.integerMatrix(node, 4, [nil, width]).shape[0]
        (weights, recurrence, bias, inputFactors, recurrentFactors) = ([], [], [], [], [])
        var (gates, recurrentGates): ([[Int32]], [[Int32]]) = ([], [])
        for gate in 0..<4 {
            let own = try importer.integerMatrix(node, 1 + gate, [units, width])
            let recurrent = try importer.integerMatrix(node, 5 + gate, [units, units])
            gates.append(own.elements)
            recurrentGates.append(recurrent.elements)
            bias += try importer.integerBias(node, 12 + gate, units)
            guard let inputFactor = FixedPointFactor(own.scale * input.scales[0] / 0x1p-12),
                let recurrentFactor = FixedPointFactor(recurrent.scale * scale / 0x1p-12)
            else { return nil }
            inputFactors.append(inputFactor)
            recurrentFactors.append(recurrentFactor)
        }
        weights = Self.columns(gates.flatMap { $0 }, depth: width)
        recurrence = Self.columns(recurrentGates.flatMap { $0 }, depth: units)
    }

    /// Rows as columns.
    private static func columns(_ rows: [Int32], depth: Int) -> [Int32] {
        (0..<depth).flatMap { column in stride(from: column, to: rows.count, by: depth).map { rows[$0] } }
    }
}

extension TFLiteImporter {
    /// Weights of 8 bits with one scale and the zero point 0.
    fileprivate mutating func integerMatrix(
        _ node: TFLiteOperator, _ index: Int, _ shape: [Int?]
    ) throws(EdgeError) -> (elements: [Int32], shape: [Int], scale: Float) {
        let constant = try constant(node, index, "weights")
        guard let bytes = constant.data.bytes, constant.scales.count == 1, constant.zeroPoints == [0] else {
            throw EdgeError(.data, at: "", "weights of an LSTM of bytes are int8 with one scale and the zero point 0")
        }
        let reals = try reals(node, index, "weights", shape)
        return (bytes.map { Int32($0) }, reals.shape, constant.scales[0])
    }

    fileprivate mutating func integerBias(
        _ node: TFLiteOperator, _ index: Int, _ units: Int
    ) throws(EdgeError) -> [Int32] {
        guard optionalOperand(node, index) != nil else { return [Int32](repeating: 0, count: units) }
        let constant = try constant(node, index, "bias")
        guard let bias = constant.data.integers, bias.count == units else {
            throw EdgeError(.data, at: "", "the bias of an LSTM of bytes is int32, one a cell")
        }
        return bias
    }
}
