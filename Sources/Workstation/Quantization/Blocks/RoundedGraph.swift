import EdgeFormat
import ModelGraph

/// A float graph whose values are rounded and cut as the integers are that they are to be stored in.
struct RoundedGraph {
    /// A value as integers of 8 or 16 bits.
    struct Form {
        let value: Graph.ValueID
        let isWide: Bool
    }

    /// Scales as they are now.
    var scales: ScaleGroups
    private let exact: ReferenceInterpreter
    private let rounded: ReferenceInterpreter
    /// By node and operand: what it becomes on its way, one after the other.
    private let readings: [[[Form]]]
    /// Outputs that are given as integers.
    private let ends: [Graph.ValueID: Form]

    /// - Parameters:
    ///   - graph: in floats.
    ///   - weights: the same with the weights that the integers stand for.
    init(_ graph: Graph, weights: Graph, _ plan: PrecisionPlan, _ scales: ScaleGroups) throws(EdgeError) {
        exact = try ReferenceInterpreter(graph, .quick)
        rounded = try ReferenceInterpreter(weights, .quick)
        self.scales = scales
        let isInside = graph.nodes.indices.map { graph.functionInside($0, plan) != nil }
        var isStored = graph.values.map { $0.constant == nil && $0.type.element == .float32 }
        var isPart = [Bool](repeating: false, count: graph.values.count)
        for (index, node) in graph.nodes.enumerated() where plan.forms[index] == nil || isInside[index] {
            for id in node.outputs { (isStored[id], isPart[id]) = (false, isInside[index]) }
        }
        readings = graph.nodes.indices.map { index in
            let isInteger = plan.forms[index] != nil
            return graph.nodes[index].inputs.enumerated().map { operand, id in
                let value = graph.values[id]
                // What a norm gives to the function that is computed with it is never stored.
                guard value.constant == nil, value.type.element == .float32, !isPart[id], isStored[id] || isInteger
                else { return [] }
                let stored = Form(value: id, isWide: plan.isWide[id])
                let isNarrowed = isInteger && stored.isWide && !plan.reads[index][operand]
                return isNarrowed ? [stored, Form(value: id, isWide: false)] : [stored]
            }
        }
        let outputs = graph.outputs.filter { isStored[$0] }.map { ($0, Form(value: $0, isWide: plan.isWide[$0])) }
        ends = Dictionary(outputs) { first, _ in first }
    }

    /// The values that a block reads as 8 bits, in the order in which it does.
    func bytes(_ block: Block) -> [Graph.ValueID] {
        readings[block.nodes].flatMap { $0.flatMap { $0 } }.filter { !$0.isWide }.map(\.value)
    }

    /// What a block gives without any rounding.
    /// - Parameter values: what leads into it.
    func exactResults(
        _ block: Block, _ values: [Graph.ValueID: TensorData]
    ) throws(EdgeError) -> [Graph.ValueID: TensorData] {
        try run(block, values, exact) { data, _ in data }
    }

    /// What a block gives when all that it reads is rounded: outputs as they are stored, other values before their own
    /// rounding, which belongs to the block that reads them.
    /// - Parameter values: what leads into it, not yet rounded.
    func results(
        _ block: Block, _ values: [Graph.ValueID: TensorData]
    ) throws(EdgeError) -> [Graph.ValueID: TensorData] {
        var results = try run(block, values, rounded) { data, forms in forms.reduce(data) { rounding($0, $1) } }
        for id in block.results {
            if let end = ends[id], !block.after.contains(id) { results[id] = results[id].map { rounding($0, end) } }
        }
        return results
    }

    private func run(
        _ block: Block, _ values: [Graph.ValueID: TensorData], _ interpreter: ReferenceInterpreter,
        _ operand: (TensorData, [Form]) -> TensorData
    ) throws(EdgeError) -> [Graph.ValueID: TensorData] {
        var values = values
        for index in block.nodes {
            let node = interpreter.graph.nodes[index]
            let operands = node.inputs.enumerated().compactMap { place, id in
                interpreter.graph.values[id].constant ?? values[id].map { operand($0, readings[index][place]) }
            }
            for (id, data) in zip(node.outputs, try interpreter.evaluate(index, operands)) { values[id] = data }
            for id in interpreter.lastReads[index] { values[id] = nil }
        }
        return values
    }

    private func rounding(_ data: TensorData, _ form: Form) -> TensorData {
        guard let elements = data.floats, let quantization = scales.quantization(of: form.value, wide: form.isWide)
        else { return data }
        return .float32(quantization.rounding(elements, isWide: form.isWide))
    }
}

extension Quantization {
    /// The reals that elements stand for as integers of 8 or 16 bits.
    fileprivate func rounding(_ elements: [Float], isWide: Bool) -> [Float] {
        let scale = scales[0]
        let low = Float((isWide ? -32767 : -128) - zeroPoint)
        let high = Float((isWide ? 32767 : 127) - zeroPoint)
        // Added and taken away, it leaves whole numbers, half to even, without a call.
        let whole: Float = 0x1.8p23
        return [Float](unsafeUninitializedCapacity: elements.count) { result, count in
            for (index, element) in elements.enumerated() {
                let steps = element / scale
                let cut = steps > low ? (steps < high ? steps : high) : low
                result.initializeElement(at: index, to: ((cut + whole) - whole) * scale)
            }
            count = elements.count
        }
    }
}
