import EdgeFormat
import ModelGraph

extension ONNXImporter {
    mutating func unary(_ node: ONNXNode, _ operation: any Operation) throws(EdgeError) {
        let x = try input(node)
        try add(operation, for: node, [x.id], order: x.order)
    }

    /// The bounds are attributes up to operator set 10, inputs from 11 on.
    mutating func clip(_ node: ONNXNode) throws(EdgeError) {
        var (minimum, maximum) = (-Float.infinity, Float.infinity)
        if opset < 11 {
            minimum = try node.float("min", default: minimum)
            maximum = try node.float("max", default: maximum)
        } else {
            minimum = try bound(node, 1, "minimum") ?? minimum
            maximum = try bound(node, 2, "maximum") ?? maximum
        }
        try unary(node, Clip(minimum: minimum, maximum: maximum))
    }

    private func bound(_ node: ONNXNode, _ index: Int, _ what: String) throws(EdgeError) -> Float? {
        guard let tensor = try optionalConstant(node, index, what) else { return nil }
        guard let floats = tensor.data.floats, floats.count == 1 else {
            throw EdgeError(.data, at: "", "\(what) is not one float")
        }
        return floats[0]
    }

    mutating func identity(_ node: ONNXNode) throws(EdgeError) {
        if let name = node.inputs.first, isConstant(name) {
            return try define(node.outputs[0], constant: try constant(node, 0, "input"))
        }
        try alias(node, try input(node))
    }

    /// Outside training a dropout does nothing.
    mutating func dropout(_ node: ONNXNode) throws(EdgeError) {
        if let training = try optionalConstant(node, 2, "training_mode"), training.data != .int32([0]) {
            throw EdgeError(.data, at: "", "a dropout in training mode is not supported")
        }
        try alias(node, try input(node))
    }

    /// Along the channels of a picture, or along the last axis. Up to operator set 12 the axis begins a run of axes
    /// that count as one.
    mutating func softmax(_ node: ONNXNode) throws(EdgeError) {
        let x = try input(node)
        let shape = AxisOrder.fileShape(shape(x))
        let given = try node.int("axis", default: opset < 13 ? 1 : -1)
        guard given >= -shape.count, given < shape.count else {
            throw EdgeError(.data, at: "", "axis \(given) of \(shape.count) dimensions")
        }
        let axis = given < 0 ? given + shape.count : given
        // What the softmax runs over, besides axes of size 1: the same elements in any order.
        let run = opset < 13 ? Set((axis..<shape.count).filter { shape[$0] > 1 }) : shape[axis] > 1 ? [axis] : []
        let last = x.order == .picture ? 1 : shape.count - 1
        guard run.isSubset(of: [last]), shape[last] == 1 || !run.isEmpty else {
            throw EdgeError(.data, at: "", "softmax along axis \(given) of \(Shape.text(shape)) is not supported")
        }
        try add(Softmax(), for: node, [x.id], order: x.order)
    }
}

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
