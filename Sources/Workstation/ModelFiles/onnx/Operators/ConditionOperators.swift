import EdgeFormat
import ModelGraph

/// How far the chain of a time embedding has come: Cast, Unsqueeze, Mul, Sin and Cos, Concat. A graph has one operation
/// for all of it, so what lies between is known here alone.
enum TimeChain: Equatable {
    /// The time steps as floats, N.
    case steps(Graph.ValueID)
    /// N·1.
    case column(Graph.ValueID)
    /// Times frequencies, N·h.
    case phases(Graph.ValueID, [Float])
    case sines(Graph.ValueID, [Float])
    case cosines(Graph.ValueID, [Float])
}

// What a prediction is made under: a time step and a label, both integers; and products, which begin one or are a SiLU.
extension ONNXImporter {
    /// Integers to floats, as the start of a time embedding; floats to floats.
    mutating func cast(_ node: ONNXNode) throws(EdgeError) {
        let x = try input(node)
        try node.expect("to", 1, default: 0)
        switch result.values[x.id].type.element {
        case .float32: try alias(node, x)
        case .int64: try define(node.outputs[0], time: .steps(x.id))
        default: throw EdgeError(.data, at: "", "only float32 and int64 are cast")
        }
    }

    /// The product of a time and its frequencies, or of a value and its sigmoid.
    mutating func product(_ node: ONNXNode) throws(EdgeError) {
        guard node.inputs.count == 2 else { throw EdgeError(.data, at: "", "Mul takes two inputs") }
        for (index, name) in node.inputs.enumerated() {
            guard let time = times[name] else { continue }
            guard case .column(let id) = time else { throw unfinished(name) }
            let factors = try floats(node, 1 - index, "frequencies")
            guard factors.shape.last == factors.elements.count, factors.shape.count <= 2 else {
                throw EdgeError(.data, at: "", "frequencies of shape \(Shape.text(factors.shape)); a list is needed")
            }
            return try define(node.outputs[0], time: .phases(id, factors.elements))
        }
        guard !node.inputs.contains(where: isConstant) else {
            throw EdgeError(.data, at: "", "a product with a constant is not supported")
        }
        for (x, gate) in [(node.inputs[0], node.inputs[1]), (node.inputs[1], node.inputs[0])] {
            let (x, gate) = (try value(x), try value(gate))
            guard let sigmoid = producer(of: gate.id), sigmoid.operation is Sigmoid, sigmoid.inputs == [x.id] else {
                continue
            }
            return try add(SiLU(), for: node, [x.id], order: x.order)
        }
        throw EdgeError(.data, at: "", "only the product of a value and its sigmoid is supported")
    }

    mutating func sine(_ node: ONNXNode) throws(EdgeError) {
        guard let (id, frequencies) = try phases(node) else { return try unary(node, Sine()) }
        try define(node.outputs[0], time: .sines(id, frequencies))
    }

    mutating func cosine(_ node: ONNXNode) throws(EdgeError) {
        guard let (id, frequencies) = try phases(node) else { return try unary(node, Cosine()) }
        try define(node.outputs[0], time: .cosines(id, frequencies))
    }

    /// The phases of a time embedding that the node reads; nil where it reads something else.
    private func phases(_ node: ONNXNode) throws(EdgeError) -> (Graph.ValueID, [Float])? {
        guard let name = node.inputs.first, let time = times[name] else { return nil }
        guard case .phases(let id, let frequencies) = time else { throw unfinished(name) }
        return (id, frequencies)
    }

    /// The sines beside the cosines of the same phases.
    mutating func timeEmbedding(_ node: ONNXNode, axis: Int) throws(EdgeError) {
        guard node.inputs.count == 2, axis == 1 || axis == -1,
            case .sines(let id, let frequencies) = times[node.inputs[0]],
            times[node.inputs[1]] == .cosines(id, frequencies)
        else {
            throw EdgeError(.data, at: "", "a time embedding is the sines, then the cosines, of the same phases")
        }
        try add(Sinusoid(frequencies: frequencies), for: node, [id], order: .same)
    }

    /// N to N·1 on the way to a time embedding.
    mutating func unsqueezeTime(_ node: ONNXNode, _ time: TimeChain, axes: [Int]) throws(EdgeError) {
        guard case .steps(let id) = time, axes == [1] || axes == [-1], result.values[id].type.shape.count == 1 else {
            throw EdgeError(.data, at: "", "a time embedding begins with Cast, and Unsqueeze at axis 1")
        }
        try define(node.outputs[0], time: .column(id))
    }

    /// Rows of a constant table by computed numbers.
    mutating func gather(_ node: ONNXNode) throws(EdgeError) {
        try node.expect("axis", 0)
        guard node.inputs.count == 2 else { throw EdgeError(.data, at: "", "Gather takes two inputs") }
        let table = try floats(node, 0, "table")
        let indices = try value(node.inputs[1])
        let id = addConstant(node.inputs[0], table.shape, table.elements)
        try add(Embedding(), for: node, [indices.id, id], order: .same)
    }
}

extension SiLU: ONNXExportable {
    func export(_ node: Graph.Node, to exporter: inout ONNXExporter) throws(EdgeError) {
        exporter.setOrder(exporter.order(of: node.inputs[0]), of: node.outputs[0])
        let (input, output) = (exporter.name(of: node.inputs[0]), exporter.name(of: node.outputs[0]))
        exporter.writeSiLU(node.name, of: input, output: output)
    }
}

extension Embedding: ONNXExportable {
    func export(_ node: Graph.Node, to exporter: inout ONNXExporter) throws(EdgeError) {
        let table = exporter.unique(node.name + ".weight")
        exporter.writer.constant(
            table, exporter.graph.values[node.inputs[1]].type.shape, try exporter.constant(node.inputs[1], "the table"))
        exporter.writer.node(
            "Gather", node.name, inputs: [table, exporter.name(of: node.inputs[0])],
            output: exporter.name(of: node.outputs[0]), [("axis", .int(0))])
    }
}

extension Sinusoid: ONNXExportable {
    func export(_ node: Graph.Node, to exporter: inout ONNXExporter) throws(EdgeError) {
        let names = ["float", "phases", "sin", "cos"].map { exporter.unique(node.name + "." + $0) }
        let factors = exporter.unique(node.name + ".frequencies")
        let writer = exporter.writer
        writer.constant(factors, [frequencies.count], frequencies)
        writer.node("Cast", names[0], inputs: [exporter.name(of: node.inputs[0])], output: names[0], [("to", .int(1))])
        let column = exporter.writeUnsqueeze(node.name + ".column", of: names[0], axes: [1])
        writer.node("Mul", names[1], inputs: [column, factors], output: names[1])
        writer.node("Sin", names[2], inputs: [names[1]], output: names[2])
        writer.node("Cos", names[3], inputs: [names[1]], output: names[3])
        writer.node(
            "Concat", node.name, inputs: [names[2], names[3]], output: exporter.name(of: node.outputs[0]),
            [("axis", .int(1))])
    }
}

extension ONNXExporter {
    /// Writes x · Sigmoid(x).
    mutating func writeSiLU(_ node: String, of input: String, output: String) {
        let gate = unique(node + ".sigmoid")
        writer.node("Sigmoid", gate, inputs: [input], output: gate)
        writer.node("Mul", node, inputs: [input, gate], output: output)
    }
}
