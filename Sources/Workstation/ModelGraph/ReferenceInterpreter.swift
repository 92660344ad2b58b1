import EdgeFormat

/// Runs a graph one operation at a time, by the operations' own definitions. For int8 it is docs/arithmetic.md to the
/// bit: what every kernel is compared with. One interpreter may run on several threads at once.
public struct ReferenceInterpreter: Sendable {
    public let graph: Graph

    /// - Throws: `EdgeError` when the graph is not valid.
    public init(_ graph: Graph) throws(EdgeError) {
        try graph.validate()
        self.graph = graph
    }

    /// The graph's outputs.
    /// - Parameter inputs: one for each of the graph's inputs, in its order.
    public func run(_ inputs: [TensorData]) throws(EdgeError) -> [TensorData] {
        let values = try runAll(inputs)
        return graph.outputs.compactMap { values[$0] }
    }

    /// Every value of the graph by its id; nil for values that no node computes.
    public func runAll(_ inputs: [TensorData]) throws(EdgeError) -> [TensorData?] {
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
        for node in graph.nodes {
            // Validation has seen that every input is given, constant, or computed before.
            let operands = node.inputs.compactMap { id in values[id].map { (type: graph.values[id].type, data: $0) } }
            do throws(EdgeError) {
                let results = try node.operation.evaluate(operands, outputs: node.outputs.map { graph.values[$0].type })
                for (id, data) in zip(node.outputs, results) { values[id] = data }
            } catch {
                throw error.within("node '\(node.name)'")
            }
        }
        return values
    }
}
