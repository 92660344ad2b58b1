import ModelGraph

/// Which values of a graph have 8 bits and which 16, and with how many each operand is read.
///
/// 8 bits are the rule: what convolutions and dense layers read. 16 bits have
/// - what a group norm, a sum or difference of two computed values, or an addend reads: rounding errors there pass straight
///   on to everything behind;
/// - everything that follows from time step and label alone, which is little and steers every block;
/// - what a graph with such inputs, a denoiser, reads and gives: the loop around it repeats their errors at each step;
/// - the inputs of layers that the recipe names.
///
/// What the model's source quantized to 8 bits has 8. Layers that the recipe names are computed in floats.
struct PrecisionPlan {
    /// By value: whether it is stored in 16 bits.
    private(set) var isWide: [Bool]
    /// By node: for each operand whether it is read in 16 bits.
    private(set) var reads: [[Bool]]
    /// By node: how it is computed in integers; nil where it stays in floats.
    let forms: [IntegerForm?]

    /// - Parameters:
    ///   - names: layers whose input is kept in 16 bits.
    ///   - floats: layers that are computed in floats.
    init(_ graph: Graph, names: Set<String>, floats: Set<String> = []) {
        let steering = Self.steering(graph)
        forms = graph.integerForms(without: floats)
        let isDenoiser = graph.inputs.contains { graph.values[$0].type.element == .int64 }
        isWide = [Bool](repeating: false, count: graph.values.count)
        reads = graph.nodes.map { [Bool](repeating: false, count: $0.inputs.count) }
        for id in graph.outputs where isDenoiser { isWide[id] = true }
        for (index, node) in graph.nodes.enumerated().reversed() {
            for id in node.outputs { isWide[id] = (isWide[id] || steering[id]) && node.operation.givesWords }
            let givesWords = node.outputs.contains { isWide[$0] }
            let isEnd = (node.inputs + node.outputs).contains {
                graph.inputs.contains($0) || graph.outputs.contains($0)
            }
            let isNamed = names.contains(node.name) || (isDenoiser && isEnd)
            let isSum = graph.isSum(node) && forms[index] != nil
            for (operand, id) in node.inputs.enumerated() where graph.values[id].constant == nil {
                let isChosen = graph.values[id].type.quantization == nil && !floats.contains(node.name)
                let wide =
                    isChosen
                    && (steering[id] || isSum
                        || node.operation.readsWords(operand, named: isNamed, givesWords: givesWords))
                reads[index][operand] = wide
                if wide { isWide[id] = true }
            }
        }
    }

    /// By value: whether it follows from integer inputs alone.
    private static func steering(_ graph: Graph) -> [Bool] {
        var steering = graph.values.indices.map { graph.isConstant($0) || graph.values[$0].type.element == .int64 }
        for node in graph.nodes where node.inputs.allSatisfy({ steering[$0] }) {
            for id in node.outputs { steering[id] = true }
        }
        return steering
    }
}

extension Graph {
    /// Whether a node is a sum or a difference of two computed values.
    fileprivate func isSum(_ node: Node) -> Bool {
        let kind = (node.operation as? Arithmetic)?.kind
        return (kind == .addition || kind == .subtraction) && node.inputs.allSatisfy { values[$0].constant == nil }
    }
}

extension Operation {
    /// Whether an operand that is no constant is read in 16 bits.
    fileprivate func readsWords(_ operand: Int, named isNamed: Bool, givesWords: Bool) -> Bool {
        switch integerForm {
        case .linear: operand == 0 ? isNamed : true
        case .normalization, .addition: true
        case .function, .arithmetic: givesWords
        case .sameScale: givesWords
        default: false
        }
    }
}

extension Graph {
    /// Names of the layers whose input gains by 16 bits: an operation that gives 16 computes it, and neither the graph's inputs
    /// nor its outputs become wider by it.
    public var layersForWords: [String] {
        let forms = integerForms()
        return zip(nodes, forms).filter { node, form in
            guard form == .linear else { return false }
            let plan = PrecisionPlan(self, names: [node.name])
            var id = node.inputs[0]
            while plan.isWide[id], let source = producer(of: id), nodes[source].inputs.count == 1,
                forms[source] == .sameScale
            {
                id = nodes[source].inputs[0]
            }
            return plan.isWide[id] && !(inputs + outputs).contains { plan.isWide[$0] }
        }.map(\.0.name)
    }

    /// Names of the layers that compute in integers where the recipe leaves them to.
    public var layersForFloats: [String] {
        zip(nodes, integerForms()).filter { _, form in
            form == .linear || form == .function || form == .addition || form == .normalization
        }.map(\.0.name)
    }
}
