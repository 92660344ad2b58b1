import EdgeFormat
import ModelGraph

extension Convolution: ONNXExportable {
    func export(_ node: Graph.Node, to exporter: inout ONNXExporter) throws(EdgeError) {
        let shape = exporter.graph.values[node.inputs[1]].type.shape
        let weights = exporter.unique(node.name + ".weight")
        let elements = try exporter.constant(node.inputs[1], "weights")
        exporter.writer.constant(
            weights, AxisOrder.fileShape(shape),
            swappingAxes(elements, outer: shape[0], first: shape[1] * shape[2], second: shape[3]))
        var constants = [weights]
        if node.inputs.count > 2 {
            constants.append(exporter.unique(node.name + ".bias"))
            exporter.writer.constant(constants[1], [shape[0]], try exporter.constant(node.inputs[2], "bias"))
        }
        try exporter.write(
            "Conv", node, constants: constants, activation: activation,
            [
                ("dilations", .ints([dilations.height, dilations.width])),
                ("group", .int(groups)),
                ("kernel_shape", .ints([shape[1], shape[2]])),
                ("pads", .ints([padding.top, padding.left, padding.bottom, padding.right])),
                ("strides", .ints([strides.height, strides.width])),
            ])
    }
}
