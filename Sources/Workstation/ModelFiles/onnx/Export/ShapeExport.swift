import EdgeFormat
import ModelGraph

extension Flatten: ONNXExportable {
    func export(_ node: Graph.Node, to exporter: inout ONNXExporter) throws(EdgeError) {
        let (order, shape) = (exporter.order(of: node.inputs[0]), exporter.graph.values[node.inputs[0]].type.shape)
        exporter.setOrder(order == .picture ? .flattening(shape) : order, of: node.outputs[0])
        exporter.write("Flatten", node, [("axis", .int(1))])
    }
}

extension Reshape: ONNXExportable {
    func export(_ node: Graph.Node, to exporter: inout ONNXExporter) throws(EdgeError) {
        let (order, input) = (exporter.order(of: node.inputs[0]), exporter.graph.values[node.inputs[0]].type.shape)
        let flattened = order == .picture ? AxisOrder.flattening(input) : order
        if shape.count == 4 {
            guard AxisOrder.flattening(shape) == flattened else {
                throw EdgeError(.data, at: "", "a reshape that mixes channels and pixels cannot be written as ONNX")
            }
        } else {
            guard flattened == .same || shape == [input[0], input.dropFirst().reduce(1, *)] else {
                throw EdgeError(.data, at: "", "a reshape that mixes channels and pixels cannot be written as ONNX")
            }
            exporter.setOrder(flattened, of: node.outputs[0])
        }
        let target = exporter.unique(node.name + ".shape")
        exporter.writer.constant(target, [shape.count], AxisOrder.fileShape(shape).map { Int64($0) })
        exporter.write("Reshape", node, constants: [target])
    }
}
