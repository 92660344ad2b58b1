import EdgeFormat
import ModelGraph

extension ONNXImporter {
    /// Amounts and value are attributes up to operator set 10, inputs from 11 on.
    mutating func pad(_ node: ONNXNode) throws(EdgeError) {
        let x = try input(node)
        let mode = try node.string("mode", default: "constant")
        guard mode == "constant" else { throw EdgeError(.data, at: "", "pad mode '\(mode)' is not supported") }
        guard x.order == .same || x.order == .picture else {
            throw EdgeError(.data, at: "", "padding a flattened picture is not supported")
        }
        let rank = shape(x).count
        var value: Float = 0
        let pads: [Int]
        if opset < 11 {
            guard let given = try node.ints("pads") else { throw EdgeError(.data, at: "", "pads are missing") }
            pads = given
            value = try node.float("value", default: 0)
        } else {
            pads = try integers(node, 1, "pads")
            guard try optionalConstant(node, 3, "axes") == nil else {
                throw EdgeError(.data, at: "", "pads for chosen axes are not supported")
            }
            if try optionalConstant(node, 2, "value") != nil {
                guard let first = try floats(node, 2, "value").elements.first else { return }
                value = first
            }
        }
        guard pads.count == 2 * rank else {
            throw EdgeError(.data, at: "", "pads has \(pads.count) entries; \(2 * rank) are needed")
        }
        let operation = Pad(
            before: AxisOrder.graphShape(Array(pads[..<rank])), after: AxisOrder.graphShape(Array(pads[rank...])),
            value: value)
        try add(operation, for: node, [x.id], order: x.order)
    }
}

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
