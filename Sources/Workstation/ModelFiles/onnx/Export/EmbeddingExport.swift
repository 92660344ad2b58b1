import EdgeFormat
import ModelGraph

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
