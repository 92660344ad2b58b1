import EdgeFormat
import ModelGraph

extension Dense: ONNXExportable {
    func export(_ node: Graph.Node, to exporter: inout ONNXExporter) throws(EdgeError) {
        let values = exporter.graph.values
        guard values[node.inputs[0]].type.shape.count == 2 else {
            throw EdgeError(.data, at: "", "only a dense layer of flat inputs is written as ONNX")
        }
        let shape = values[node.inputs[1]].type.shape
        var elements = try exporter.constant(node.inputs[1], "weights")
        if case .flattened(let height, let width, let channels) = exporter.order(of: node.inputs[0]) {
            elements = swappingAxes(elements, outer: shape[0], first: height * width, second: channels)
        }
        let weights = exporter.unique(node.name + ".weight")
        exporter.writer.constant(weights, shape, elements)
        var constants = [weights]
        if node.inputs.count > 2 {
            constants.append(exporter.unique(node.name + ".bias"))
            exporter.writer.constant(constants[1], [shape[0]], try exporter.constant(node.inputs[2], "bias"))
        }
        try exporter.write("Gemm", node, constants: constants, activation: activation, [("transB", .int(1))])
    }
}
