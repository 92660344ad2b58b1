import EdgeFormat
import ModelGraph

extension Pad: ONNXExportable {
    func export(_ node: Graph.Node, to exporter: inout ONNXExporter) throws(EdgeError) {
        let order = exporter.order(of: node.inputs[0])
        guard order == .same || order == .picture else {
            throw EdgeError(.data, at: "", "padding a flattened picture cannot be written as ONNX")
        }
        let names = [exporter.unique(node.name + ".pads"), exporter.unique(node.name + ".value")]
        let pads = AxisOrder.fileShape(before) + AxisOrder.fileShape(after)
        exporter.writer.constant(names[0], [pads.count], pads.map { Int64($0) })
        exporter.writer.constant(names[1], [], [value])
        exporter.write("Pad", node, constants: names)
    }
}
