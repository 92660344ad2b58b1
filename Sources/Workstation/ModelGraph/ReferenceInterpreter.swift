import EdgeFormat
import Tensors

/// Runs a graph one operation at a time, by the operations' own definitions. For quantized values it is
/// docs/arithmetic.md to the bit: what every kernel is compared with. One interpreter may run on several threads at once.
public struct ReferenceInterpreter: Sendable {
    public let graph: Graph
    /// Constant weights for the quick sums; empty where the definition computes them all. Nobody writes to them.
    private let weights: [Graph.ValueID: Tensor]
    /// By each node: the values that no later node and no output reads.
    private let lastReads: [[Graph.ValueID]]

    /// - Parameter floats: how float convolutions and dense layers add.
    /// - Throws: `EdgeError` when the graph is not valid, or its sums are to be quick and OpenBLAS is not installed (system).
    public init(_ graph: Graph, floats: FloatArithmetic = .inOrder) throws(EdgeError) {
        try graph.validate()
        self.graph = graph
        var weights: [Graph.ValueID: Tensor] = [:]
        if floats == .quick {
            try BLAS.load()
            for node in graph.nodes where node.operation is any QuickOperation {
                let value = graph.values[node.inputs[1]]
                guard case .float32(let elements) = value.constant else { continue }
                weights[node.inputs[1]] = Tensor(value.type.shape, elements)
            }
        }
        self.weights = weights
        lastReads = Self.lastReads(graph)
    }

    private static func lastReads(_ graph: Graph) -> [[Graph.ValueID]] {
        var isNeeded = graph.values.map { $0.constant != nil }
        for id in graph.outputs { isNeeded[id] = true }
        var lastReads: [[Graph.ValueID]] = []
        for node in graph.nodes.reversed() {
            let ended = Set(node.inputs + node.outputs).filter { !isNeeded[$0] }
            for id in ended { isNeeded[id] = true }
            lastReads.append(ended.sorted())
        }
        return lastReads.reversed()
    }

    /// The graph's outputs.
    /// - Parameter inputs: one for each of the graph's inputs, in its order.
    public func run(_ inputs: [TensorData]) throws(EdgeError) -> [TensorData] {
        var values = try given(inputs)
        for (index, node) in graph.nodes.enumerated() {
            try run(node, &values)
            for id in lastReads[index] { values[id] = nil }
        }
        return graph.outputs.compactMap { values[$0] }
    }

    /// Every value of the graph by its id; nil for values that no node computes.
    public func runAll(_ inputs: [TensorData]) throws(EdgeError) -> [TensorData?] {
        var values = try given(inputs)
        for node in graph.nodes { try run(node, &values) }
        return values
    }

    /// The graph's constants and the inputs given.
    private func given(_ inputs: [TensorData]) throws(EdgeError) -> [TensorData?] {
        guard inputs.count == graph.inputs.count else {
            throw EdgeError(
                .data, at: "graph '\(graph.name)'", "\(inputs.count) inputs given; \(graph.inputs.count) are needed")
        }
        var values = graph.values.map(\.constant)
        for (id, data) in zip(graph.inputs, inputs) {
            let type = graph.values[id].type
            guard data.elementType == type.element, data.count == type.count else {
                throw EdgeError(
                    .data, at: "input '\(graph.values[id].name)'",
                    "\(data.count) \(data.elementType.rawValue) elements given; \(type.text) is needed")
            }
            values[id] = data
        }
        return values
    }

    private func run(_ node: Graph.Node, _ values: inout [TensorData?]) throws(EdgeError) {
        // Validation has seen that every input is given, constant, or computed before.
        let operands = node.inputs.compactMap { id in values[id].map { (type: graph.values[id].type, data: $0) } }
        let outputs = node.outputs.map { graph.values[$0].type }
        if let operation = node.operation as? any QuickOperation, let weights = weights[node.inputs[1]],
            let result = operation.quickly(operands, weights: weights, output: outputs[0])
        {
            values[node.outputs[0]] = result
            return
        }
        do throws(EdgeError) {
            let results = try node.operation.evaluate(operands, outputs: outputs)
            for (id, data) in zip(node.outputs, results) { values[id] = data }
        } catch {
            throw error.within("node '\(node.name)'")
        }
    }
}
