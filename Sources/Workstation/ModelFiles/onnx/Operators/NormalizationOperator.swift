import EdgeFormat
import ModelGraph

extension ONNXImporter {
    /// Factors and offsets are one a channel from operator set 21 on, before that one a group.
    mutating func groupNormalization(_ node: ONNXNode) throws(EdgeError) {
        guard opset >= 21 else {
            throw EdgeError(
                .data, at: "", "GroupNormalization of operator set \(opset) is not supported, only from 21 on")
        }
        let x = try input(node)
        guard shape(x).count == 4 else {
            throw EdgeError(.data, at: "", "only group normalizations of pictures are supported")
        }
        try node.expect("stash_type", 1)
        var inputs = [x.id]
        for (index, what) in ["scale", "bias"].enumerated() {
            let row = try floats(node, index + 1, what)
            inputs.append(addConstant(node.inputs[index + 1], row.shape, row.elements))
        }
        let norm = GroupNormalization(
            groups: try node.int("num_groups", default: 0), epsilon: try node.float("epsilon", default: 1e-5))
        try add(norm, for: node, inputs, order: .picture)
    }
}

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
