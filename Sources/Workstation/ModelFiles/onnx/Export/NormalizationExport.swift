import EdgeFormat
import ModelGraph

extension GroupNormalization: ONNXExportable {
    static var needsOperatorSet21: Bool { true }

    func export(_ node: Graph.Node, to exporter: inout ONNXExporter) throws(EdgeError) {
        let names = [exporter.unique(node.name + ".weight"), exporter.unique(node.name + ".bias")]
        for (name, id) in zip(names, node.inputs.dropFirst()) {
            let elements = try exporter.constant(id, "factors and offsets")
            exporter.writer.constant(name, [elements.count], elements)
        }
        let output = exporter.name(of: node.outputs[0])
        let normal = activation == .none ? output : exporter.unique(node.name + ".normal")
        exporter.writer.node(
            "GroupNormalization", node.name, inputs: [exporter.name(of: node.inputs[0])] + names, output: normal,
            [("epsilon", .float(epsilon)), ("num_groups", .int(groups))])
        if activation == .silu { exporter.writeSiLU(node.name, of: normal, output: output) }
    }
}
