import EdgeFormat
import ModelGraph

/// An operation that ONNX has an operator for.
protocol ONNXExportable: Operation {
    /// Whether operator set 13 does not have it as we write it.
    static var needsOperatorSet21: Bool { get }

    func export(_ node: Graph.Node, to exporter: inout ONNXExporter) throws(EdgeError)
}

extension ONNXExportable {
    static var needsOperatorSet21: Bool { false }
}

/// Writes a float graph. Names of values become unique names of the file; a value that is a flattened picture keeps
/// its order in mind, so that the dense layer behind it is written with its weights in the file's order.
struct ONNXExporter {
    let graph: Graph
    let writer: ONNXWriter
    private var names: [Graph.ValueID: String] = [:]
    private var taken: Set<String> = []
    private var orders: [Graph.ValueID: AxisOrder] = [:]

    init(_ graph: Graph) throws(EdgeError) {
        self.graph = graph
        writer = try ONNXWriter(
            graph: graph.name,
            needsOperatorSet21: graph.nodes.contains { node in
                (node.operation as? any ONNXExportable).map { type(of: $0).needsOperatorSet21 } ?? false
            })
    }

    mutating func bytes() throws(EdgeError) -> [UInt8] {
        // Inputs and outputs first: they keep their names whatever else is called so.
        for id in graph.inputs + graph.outputs { _ = name(of: id) }
        for key in graph.metadata.keys.sorted() { writer.metadata(key, graph.metadata[key] ?? "") }
        for id in graph.inputs {
            let type = graph.values[id].type
            let isList = type.element == .int64 && type.shape.count == 1
            if !isList { try expectFloat(id) }
            writer.input(name(of: id), AxisOrder.fileShape(type.shape), integers: isList)
        }
        for node in graph.nodes {
            do throws(EdgeError) {
                guard let operation = node.operation as? any ONNXExportable else {
                    throw EdgeError(.data, at: "", "ONNX has no operator for \(type(of: node.operation).name)")
                }
                for id in node.outputs { try expectFloat(id) }
                try operation.export(node, to: &self)
            } catch {
                throw error.within("node '\(node.name)'")
            }
        }
        for id in graph.outputs {
            guard order(of: id) == .same || order(of: id) == .picture else {
                throw EdgeError(
                    .data, at: "output '\(graph.values[id].name)'", "a flattened picture cannot be an output")
            }
            writer.output(name(of: id), AxisOrder.fileShape(graph.values[id].type.shape))
        }
        return try writer.bytes()
    }

    private func expectFloat(_ id: Graph.ValueID) throws(EdgeError) {
        guard graph.values[id].type.element == .float32 else {
            throw EdgeError(.data, at: "value '\(graph.values[id].name)'", "only float graphs are written as ONNX")
        }
    }

    /// The value's name in the file.
    mutating func name(of id: Graph.ValueID) -> String {
        if let name = names[id] { return name }
        let name = unique(graph.values[id].name.isEmpty ? "value" : graph.values[id].name)
        names[id] = name
        return name
    }

    /// `name`, or with a number where it is taken.
    mutating func unique(_ name: String) -> String {
        var (candidate, number) = (name, 2)
        while !taken.insert(candidate).inserted {
            candidate = "\(name)_\(number)"
            number += 1
        }
        return candidate
    }

    func order(of id: Graph.ValueID) -> AxisOrder {
        orders[id] ?? (graph.values[id].type.shape.count == 4 ? .picture : .same)
    }

    mutating func setOrder(_ order: AxisOrder, of id: Graph.ValueID) { orders[id] = order }

    /// The elements of a constant input.
    func constant(_ id: Graph.ValueID, _ what: String) throws(EdgeError) -> [Float] {
        guard let floats = graph.values[id].constant?.floats else {
            throw EdgeError(.data, at: "", "\(what) must be a float constant")
        }
        return floats
    }

    /// Writes a node with the graph node's name and, as its inputs, the first input and constants by name.
    mutating func write(
        _ type: String, _ node: Graph.Node, constants: [String] = [],
        _ attributes: [(name: String, value: ONNXAttribute)] = []
    ) {
        writer.node(
            type, node.name, inputs: [name(of: node.inputs[0])] + constants, output: name(of: node.outputs[0]),
            attributes)
    }

    /// Writes a node and, behind it, the activation that is fused into it here.
    /// - Throws: `EdgeError` for an activation that ONNX has no operator for.
    mutating func write(
        _ type: String, _ node: Graph.Node, constants: [String], activation: Activation,
        _ attributes: [(name: String, value: ONNXAttribute)]
    ) throws(EdgeError) {
        if case .channelClip = activation {
            throw EdgeError(.data, at: "", "ONNX has no operator for a clip by channel")
        }
        guard activation != .none else { return write(type, node, constants: constants, attributes) }
        let (output, sum) = (name(of: node.outputs[0]), unique(node.name + ".sum"))
        writer.node(type, node.name, inputs: [name(of: node.inputs[0])] + constants, output: sum, attributes)
        if case .clip(let minimum, let maximum) = activation {
            let bounds = clipBounds(node.name, minimum, maximum)
            writer.node("Clip", node.name + ".activation", inputs: [sum] + bounds, output: output)
        } else {
            writer.node("Relu", node.name + ".activation", inputs: [sum], output: output)
        }
    }

    /// The names of a Clip's bounds as constants.
    mutating func clipBounds(_ node: String, _ minimum: Float, _ maximum: Float) -> [String] {
        let names = [unique(node + ".minimum"), unique(node + ".maximum")]
        writer.constant(names[0], [], [minimum])
        writer.constant(names[1], [], [maximum])
        return names
    }
}
