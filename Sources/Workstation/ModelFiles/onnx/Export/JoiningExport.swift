import EdgeFormat
import ModelGraph

extension Addition: ONNXExportable {
    func export(_ node: Graph.Node, to exporter: inout ONNXExporter) throws(EdgeError) {
        let (a, b) = (node.inputs[0], node.inputs[1])
        let values = exporter.graph.values
        var names = [exporter.name(of: a), exporter.name(of: b)]
        if values[a].type.shape == values[b].type.shape {
            guard exporter.order(of: a) == exporter.order(of: b) else {
                throw EdgeError(.data, at: "", "a flattened picture and a row in another order cannot be added in ONNX")
            }
            exporter.setOrder(exporter.order(of: a), of: node.outputs[0])
        } else {
            guard exporter.order(of: b) == .same else {
                throw EdgeError(.data, at: "", "a flattened picture cannot be added to pixels in ONNX")
            }
            names[1] = exporter.writeUnsqueeze(node.name + ".row", of: names[1], axes: [2, 3])
        }
        exporter.writer.node("Add", node.name, inputs: names, output: exporter.name(of: node.outputs[0]))
    }
}

extension Concatenation: ONNXExportable {
    func export(_ node: Graph.Node, to exporter: inout ONNXExporter) throws(EdgeError) {
        for id in node.inputs {
            if case .flattened = exporter.order(of: id) {
                throw EdgeError(.data, at: "", "a flattened picture cannot be concatenated in ONNX")
            }
        }
        let rank = exporter.graph.values[node.inputs[0]].type.shape.count
        var names: [String] = []
        for id in node.inputs { names.append(exporter.name(of: id)) }
        exporter.writer.node(
            "Concat", node.name, inputs: names, output: exporter.name(of: node.outputs[0]),
            [("axis", .int(rank == 4 ? 1 : rank - 1))])
    }
}

extension Upsampling: ONNXExportable {
    func export(_ node: Graph.Node, to exporter: inout ONNXExporter) throws(EdgeError) {
        let scales = exporter.unique(node.name + ".scales")
        exporter.writer.constant(scales, [4], [1, 1, Float(factor.height), Float(factor.width)])
        exporter.write(
            "Resize", node, constants: ["", scales],
            [
                ("coordinate_transformation_mode", .string("asymmetric")), ("mode", .string("nearest")),
                ("nearest_mode", .string("floor")),
            ])
    }
}

extension ONNXExporter {
    /// Writes an Unsqueeze and gives the name of its output.
    mutating func writeUnsqueeze(_ node: String, of input: String, axes: [Int64]) -> String {
        let (output, list) = (unique(node), unique(node + ".axes"))
        writer.constant(list, [axes.count], axes)
        writer.node("Unsqueeze", node, inputs: [input, list], output: output)
        return output
    }
}
