import EdgeFormat
import ModelGraph

extension ONNXImporter {
    mutating func convolution(_ node: ONNXNode) throws(EdgeError) {
        let x = try input(node)
        let weights = try floats(node, 1, "weights")
        guard weights.shape.count == 4, shape(x).count == 4 else {
            throw EdgeError(.data, at: "", "only convolutions of two dimensions are supported")
        }
        let size = Extent(weights.shape[2], weights.shape[3])
        guard try node.extent("kernel_shape", default: size) == size else {
            throw EdgeError(.data, at: "", "kernel_shape differs from the weights' \(Shape.text(weights.shape))")
        }
        var window = Window(
            size: size, strides: try node.extent("strides", default: .one),
            dilations: try node.extent("dilations", default: .one), padding: .none)
        window.padding = try node.padding(window, shape(x))
        let operation = Convolution(
            strides: window.strides, padding: window.padding, dilations: window.dilations,
            groups: try node.int("group", default: 1))
        var inputs = [
            x.id,
            addConstant(
                node.inputs[1], AxisOrder.graphShape(weights.shape),
                swappingAxes(
                    weights.elements, outer: weights.shape[0], first: weights.shape[1],
                    second: size.height * size.width)),
        ]
        if node.inputs.count > 2, !node.inputs[2].isEmpty {
            let bias = try floats(node, 2, "bias")
            inputs.append(addConstant(node.inputs[2], bias.shape, bias.elements))
        }
        try add(operation, for: node, inputs, order: .picture)
    }
}

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
        exporter.write(
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
