import EdgeFormat
import ModelGraph

extension Clip: ONNXExportable {
    func export(_ node: Graph.Node, to exporter: inout ONNXExporter) throws(EdgeError) {
        let bounds = exporter.clipBounds(node.name, minimum, maximum)
        exporter.writeUnary("Clip", node, constants: bounds)
    }
}

extension Identity: ONNXExportable {
    func export(_ node: Graph.Node, to exporter: inout ONNXExporter) throws(EdgeError) {
        exporter.writeUnary("Identity", node)
    }
}

extension Softmax: ONNXExportable {
    func export(_ node: Graph.Node, to exporter: inout ONNXExporter) throws(EdgeError) {
        let axis = exporter.order(of: node.inputs[0]) == .picture ? 1 : -1
        exporter.writeUnary("Softmax", node, [("axis", .int(axis))])
    }
}

extension ONNXExporter {
    /// Writes a node whose output has the order of its input.
    mutating func writeUnary(
        _ type: String, _ node: Graph.Node, constants: [String] = [],
        _ attributes: [(name: String, value: ONNXAttribute)] = []
    ) {
        setOrder(order(of: node.inputs[0]), of: node.outputs[0])
        write(type, node, constants: constants, attributes)
    }
}
