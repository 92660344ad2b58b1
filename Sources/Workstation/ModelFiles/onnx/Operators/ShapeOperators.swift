import EdgeFormat
import ModelGraph

extension ONNXImporter {
    mutating func flatten(_ node: ONNXNode) throws(EdgeError) {
        let shape = try fileShape(node)
        let axis = try node.int("axis", default: 1)
        guard axis == 1 || axis == 1 - shape.count, !shape.isEmpty else {
            throw EdgeError(.data, at: "", "flatten at axis \(axis) is not supported, only at 1")
        }
        try reshape(node, to: [shape[0], shape.dropFirst().reduce(1, *)])
    }

    /// 0 keeps a dimension, −1 is what the others leave.
    mutating func reshape(_ node: ONNXNode) throws(EdgeError) {
        let shape = try fileShape(node)
        try node.expect("allowzero", 0)
        var target = try integers(node, 1, "shape")
        var inferred: Int?
        for (axis, dimension) in target.enumerated() {
            if dimension == 0 {
                guard axis < shape.count else {
                    throw EdgeError(.data, at: "", "there is no dimension \(axis) to keep")
                }
                target[axis] = shape[axis]
            } else if dimension == -1 {
                guard inferred == nil else { throw EdgeError(.data, at: "", "two dimensions of the shape are -1") }
                inferred = axis
                target[axis] = 1
            }
        }
        let known = try Shape.elementCount(target)
        if let inferred { target[inferred] = max(1, shape.reduce(1, *) / known) }
        try reshape(node, to: target)
    }

    mutating func squeeze(_ node: ONNXNode) throws(EdgeError) {
        let shape = try fileShape(node)
        let given = try axes(node)
        var removed = Set(shape.indices.filter { shape[$0] == 1 })
        if let given { removed = try normalized(given, rank: shape.count) }
        guard removed.allSatisfy({ shape[$0] == 1 }) else {
            throw EdgeError(.data, at: "", "squeeze of a dimension that is not 1, in \(Shape.text(shape))")
        }
        try reshape(node, to: shape.indices.filter { !removed.contains($0) }.map { shape[$0] })
    }

    mutating func unsqueeze(_ node: ONNXNode) throws(EdgeError) {
        guard let given = try axes(node) else { throw EdgeError(.data, at: "", "axes are missing") }
        if let name = node.inputs.first, let time = times[name] {
            return try unsqueezeTime(node, time, axes: given)
        }
        let shape = try fileShape(node)
        let added = try normalized(given, rank: shape.count + given.count)
        var rest = shape.makeIterator()
        try reshape(node, to: (0..<shape.count + added.count).map { added.contains($0) ? 1 : rest.next() ?? 1 })
    }

    /// The axes of a squeeze: an attribute up to operator set 12, then an input.
    private func axes(_ node: ONNXNode) throws(EdgeError) -> [Int]? {
        if let axes = try node.ints("axes") { return axes }
        return try optionalConstant(node, 1, "axes") == nil ? nil : try integers(node, 1, "axes")
    }

    private func normalized(_ axes: [Int], rank: Int) throws(EdgeError) -> Set<Int> {
        var result: Set<Int> = []
        for axis in axes {
            guard axis >= -rank, axis < rank, result.insert(axis < 0 ? axis + rank : axis).inserted else {
                throw EdgeError(.data, at: "", "axis \(axis) is outside \(rank) dimensions, or given twice")
            }
        }
        return result
    }

    /// A constant list of integers.
    func integers(_ node: ONNXNode, _ index: Int, _ what: String) throws(EdgeError) -> [Int] {
        let tensor = try constant(node, index, what)
        guard tensor.shape.count <= 1 else { throw EdgeError(.data, at: "", "\(what) is no list") }
        switch tensor.data {
        case .int64(let values): return values.map { Int($0) }
        case .int32(let values): return values.map { Int($0) }
        default: throw EdgeError(.data, at: "", "\(what) is \(tensor.data.elementType.rawValue), not int64")
        }
    }

    /// The shape, as in the file, of a node's first input, constant or computed.
    private func fileShape(_ node: ONNXNode) throws(EdgeError) -> [Int] {
        if let name = node.inputs.first, isConstant(name) { return try constant(node, 0, "input").shape }
        return AxisOrder.fileShape(shape(try input(node)))
    }

    /// Gives the first input another shape, both as in the file. Nothing is ever moved: where the orders of elements
    /// differ, only a flattening and its undoing are possible.
    private mutating func reshape(_ node: ONNXNode, to target: [Int]) throws(EdgeError) {
        if let name = node.inputs.first, isConstant(name) {
            let tensor = try constant(node, 0, "input")
            guard try Shape.elementCount(target) == tensor.data.count else {
                throw EdgeError(.data, at: "", "\(Shape.text(tensor.shape)) cannot become \(Shape.text(target))")
            }
            return try define(node.outputs[0], constant: ONNXTensor(shape: target, data: tensor.data))
        }
        let x = try input(node)
        let (shape, graphTarget) = (shape(x), AxisOrder.graphShape(target))
        if shape == graphTarget, shape.count != 4 || x.order == .picture { return try alias(node, x) }
        let elements = try Shape.elementCount(target)
        let flat = target.count == 2 && target[0] == shape.first && elements == result.values[x.id].type.count
        switch x.order {
        case .picture where flat:
            return try add(Flatten(), for: node, [x.id], order: .flattening(shape))
        case .flattened(let height, let width, let channels) where graphTarget == [shape[0], height, width, channels]:
            return try add(Reshape(shape: graphTarget), for: node, [x.id], order: .picture)
        case .picture where AxisOrder.flattening(shape) != .same, .flattened:
            throw EdgeError(
                .data, at: "",
                "\(Shape.text(AxisOrder.fileShape(shape))) to \(Shape.text(target)) would mix channels and pixels")
        default:
            break
        }
        if graphTarget.count == 4 {
            guard elements == result.values[x.id].type.count, AxisOrder.flattening(graphTarget) == .same else {
                throw EdgeError(
                    .data, at: "", "\(Shape.text(shape)) to the picture \(Shape.text(target)) is not supported")
            }
        }
        try add(
            flat ? Flatten() : Reshape(shape: graphTarget), for: node, [x.id],
            order: graphTarget.count == 4 ? .picture : .same)
    }
}

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
