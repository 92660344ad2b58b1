import EdgeFormat
import Tensors

/// Runs a graph one operation at a time, by the operations' own definitions. For quantized values it is
/// docs/arithmetic.md to the bit: what every kernel is compared with. One interpreter may run on several threads at once.
public struct ReferenceInterpreter: Sendable {
    public private(set) var graph: Graph
    /// By node: the layers whose sums are quick; empty where the definition computes them all.
    private var layers: [LinearLayer?]
    /// By each node: the values that no later node and no output reads.
    public let lastReads: [[Graph.ValueID]]

    /// - Parameter arithmetic: how convolutions and dense layers add.
    /// - Throws: `EdgeError` when the graph is not valid, or its sums are to be quick and OpenBLAS is not installed (system).
    public init(_ graph: Graph, _ arithmetic: SumArithmetic = .inOrder) throws(EdgeError) {
        try graph.validate()
        self.graph = graph
        if arithmetic == .quick { try BLAS.load() }
        layers = graph.nodes.map { arithmetic == .quick ? LinearLayer($0, of: graph) : nil }
        lastReads = Self.lastReads(graph)
    }

    /// The same with other elements of a constant.
    public func replacing(_ constant: Graph.ValueID, by data: TensorData) -> ReferenceInterpreter {
        var other = self
        other.graph.values[constant].constant = data
        for index in graph.nodes.indices where layers[index] != nil && graph.nodes[index].inputs[1] == constant {
            other.layers[index] = LinearLayer(graph.nodes[index], of: other.graph)
        }
        return other
    }

    private static func lastReads(_ graph: Graph) -> [[Graph.ValueID]] {
        var isNeeded = graph.values.map { $0.constant != nil }
        for id in graph.results { isNeeded[id] = true }
        var lastReads: [[Graph.ValueID]] = []
        for node in graph.nodes.reversed() {
            let ended = Set(node.inputs + node.outputs).filter { !isNeeded[$0] }
            for id in ended { isNeeded[id] = true }
            lastReads.append(ended.sorted())
        }
        return lastReads.reversed()
    }

    /// The graph's outputs; states are as before the first run.
    /// - Parameters:
    ///   - inputs: one for each of the graph's inputs, in its order.
    ///   - visit: called with each value that is given or computed, in the order of execution.
    public func run(
        _ inputs: [TensorData], visit: (Graph.ValueID, TensorData) throws(EdgeError) -> Void = { _, _ in }
    ) throws(EdgeError) -> [TensorData] {
        var states: [Graph.ValueID: TensorData] = [:]
        return try run(inputs, states: &states, visit: visit)
    }

    /// The graph's outputs.
    /// - Parameters:
    ///   - inputs: one for each of the graph's inputs, in its order.
    ///   - states: what the states are, those of the first run where it says nothing; then what they become.
    ///   - visit: called with each value that is given or computed, in the order of execution.
    public func run(
        _ inputs: [TensorData], states: inout [Graph.ValueID: TensorData],
        visit: (Graph.ValueID, TensorData) throws(EdgeError) -> Void = { _, _ in }
    ) throws(EdgeError) -> [TensorData] {
        var values = try given(inputs)
        for (id, data) in states { values[id] = data }
        for (id, data) in zip(graph.inputs, inputs) { try visit(id, data) }
        for index in graph.nodes.indices {
            try run(index, &values)
            for id in graph.nodes[index].outputs {
                if let data = values[id] { try visit(id, data) }
            }
            for id in lastReads[index] { values[id] = nil }
        }
        for id in graph.states { states[id] = graph.values[id].next.flatMap { values[$0] } }
        return graph.outputs.compactMap { values[$0] }
    }

    /// Every value of the graph by its id; nil for values that no node computes.
    public func runAll(_ inputs: [TensorData]) throws(EdgeError) -> [TensorData?] {
        var values = try given(inputs)
        for index in graph.nodes.indices { try run(index, &values) }
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

    private func run(_ index: Int, _ values: inout [TensorData?]) throws(EdgeError) {
        let node = graph.nodes[index]
        // Validation has seen that every input is given, constant, or computed before.
        let results = try evaluate(index, node.inputs.compactMap { values[$0] })
        for (id, data) in zip(node.outputs, results) { values[id] = data }
    }

    /// The outputs of one node.
    /// - Parameter operands: one for each of its inputs; weights are taken to be the graph's own.
    public func evaluate(_ index: Int, _ operands: [TensorData]) throws(EdgeError) -> [TensorData] {
        let node = graph.nodes[index]
        let inputs = zip(node.inputs, operands).map { (type: graph.values[$0].type, data: $1) }
        let outputs = node.outputs.map { graph.values[$0].type }
        do throws(EdgeError) {
            if let result = try layers[index]?.output(inputs, outputs[0]) { return [result] }
            return try node.operation.evaluate(inputs, outputs: outputs)
        } catch {
            throw error.within("node '\(node.name)'")
        }
    }
}
