import EdgeFormat
import ModelGraph

// Elements chosen by computed indices, and what chooses them.
extension ONNXImporter {
    static let gatherRules: [String: Rule] = [
        "CumSum": Rule(of: ["exclusive", "reverse"]) { importer, node throws(EdgeError) in
            try importer.runningSum(node)
        },
        "Gather": Rule(of: ["axis"]) { importer, node throws(EdgeError) in try importer.gather(node) },
        "GatherElements": Rule(of: ["axis"]) { importer, node throws(EdgeError) in
            let (data, indices) = (try importer.input(node), try importer.input(node, 1))
            let axis = try node.axis(try node.int("axis", default: 0), rank: importer.fileShape(data).count)
            return try importer.direct(GatherElements(axis: axis), [data, indices])
        },
        "GatherND": Rule(of: ["batch_dims"]) { importer, node throws(EdgeError) in
            let operation = GatherND(batchAxes: try node.int("batch_dims", default: 0))
            return try importer.direct(operation, [try importer.input(node), try importer.input(node, 1)])
        },
        "NonMaxSuppression": Rule(["center_point_box"]) { importer, node throws(EdgeError) in
            try importer.nonMaximumSuppression(node)
        },
        "OneHot": Rule(of: ["axis"], decidesType: true) { importer, node throws(EdgeError) in
            try importer.oneHot(node)
        },
        "Scatter": scatterElements, "ScatterElements": scatterElements,
        "ScatterND": Rule(of: ["reduction"]) { importer, node throws(EdgeError) in
            let operation = ScatterND(reduction: try node.reduction())
            return try importer.direct(
                operation, [try importer.input(node), try importer.input(node, 1), try importer.input(node, 2)])
        },
        "TopK": Rule(["axis", "k", "largest", "sorted"]) { importer, node throws(EdgeError) in
            try importer.topK(node)
        },
    ]

    private static let scatterElements = Rule(of: ["axis", "reduction"]) { importer, node throws(EdgeError) in
        let values = [try importer.input(node), try importer.input(node, 1), try importer.input(node, 2)]
        let axis = try node.axis(try node.int("axis", default: 0), rank: importer.fileShape(values[0]).count)
        return try importer.direct(ScatterElements(axis: axis, reduction: try node.reduction()), values)
    }

    /// An operation on values as the file has them.
    private mutating func direct(_ operation: any Operation, _ values: [Computed]) throws(EdgeError) -> Computed {
        var ids: [Graph.ValueID] = []
        for value in values { ids.append(try inFileOrder(value)) }
        let id = try emit(operation, ids, name: label)
        return Computed(id: id, layout: Layout(same: shape(id)))
    }

    /// By constant indices a movement; rows of a constant table by a list of numbers an embedding.
    private mutating func gather(_ node: ONNXNode) throws(EdgeError) -> Computed {
        let (data, indices) = (try input(node), try input(node, 1))
        let shape = fileShape(data)
        let axis = try node.axis(try node.int("axis", default: 0), rank: shape.count)
        let count = fileShape(indices).count
        if isConstant(node.inputs[1]), count <= 1, let places = result.values[indices.id].constant?.wholes {
            for place in places where place < -Int64(shape[axis]) || place >= Int64(shape[axis]) {
                throw EdgeError(.data, at: "", "index \(place) is outside axis \(axis) of \(Shape.text(shape))")
            }
            let chosen = try rearrange(data) { sizes, order throws(EdgeError) in
                Rearrangement.selection(
                    "gather", sizes,
                    places: order.indices.map { k in
                        order[k] == axis
                            ? places.map { Int($0) + ($0 < 0 ? shape[axis] : 0) } : Array(0..<sizes[k])
                    })
            }
            return count == 0 ? dropping(chosen, [axis]) : chosen
        }
        let isTable = axis == 0 && shape.count == 2 && count == 1 && result.values[data.id].constant?.floats != nil
        guard isTable else { return try direct(Gather(axis: axis), [data, indices]) }
        return try direct(Embedding(), [indices, data])
    }

    /// Sums of all elements up to each one: a product with a triangle of ones.
    private mutating func runningSum(_ node: ONNXNode) throws(EdgeError) -> Computed {
        let x = try input(node)
        let shape = fileShape(x)
        guard let given = try optionalScalar(node, 1, "axis").flatMap({ Int(exactly: $0) }) else {
            throw EdgeError(.data, at: "", "axis is missing")
        }
        let axis = try node.axis(given, rank: shape.count)
        let (isReverse, isExclusive) = (
            try node.int("reverse", default: 0) != 0, try node.int("exclusive", default: 0) != 0
        )
        let size = shape[axis]
        try charge(bytes: try Shape.elementCount([size, size]) * 32)
        let ones = (0..<size * size).map { index -> Int64 in
            let (from, to) = isReverse ? (index % size, index / size) : (index / size, index % size)
            return from < to || from == to && !isExclusive ? 1 : 0
        }
        let element = element(x)
        let triangle = try addConstant(label + ".triangle", [size, size], TensorData(element, wholes: ones))
        let (id, order) = try lastAxis(axis, x)
        let rows = try reshaped(id, [self.shape(id).dropLast().reduce(1, *), size], name: label + ".rows")
        let sums = try emit(MatrixProduct(), [rows, triangle], name: label)
        let back = try reshaped(sums, self.shape(id), name: label)
        return try convert(Computed(id: back, layout: Layout(order: order, self.shape(id))), to: element)
    }

    private mutating func oneHot(_ node: ONNXNode) throws(EdgeError) -> Computed {
        let indices = try convert(try input(node), to: .int64)
        let rank = fileShape(indices).count
        let axis = try node.axis(try node.int("axis", default: -1), rank: rank + 1)
        let depth: Int
        if let shape = try declared(node, rank: rank + 1) {
            depth = shape[axis]
        } else {
            depth = try optionalScalar(node, 1, "depth").flatMap { Int(exactly: $0) } ?? 0
        }
        guard depth >= 1, depth <= Shape.elementLimit else { throw EdgeError(.data, at: "", "depth \(depth)") }
        // Negative indices count from the end.
        let zero = number(0, .int64)
        let shifted = try compute(.addition, indices, number(Double(depth), .int64))
        let places = try select(try compute(.less, indices, zero), shifted, indices)
        let all = inserting(try self.indices(depth), Array(axis + 1..<rank + 1))
        let chosen = try compute(.equal, inserting(places, [axis]), all)
        let values = try input(node, 2)
        let off = dropping(try slice(values, axis: 0, from: 0, count: 1), [0])
        let on = dropping(try slice(values, axis: 0, from: 1, count: 1), [0])
        return try select(chosen, on, off)
    }

    private mutating func topK(_ node: ONNXNode) throws(EdgeError) {
        let x = try input(node)
        let shape = fileShape(x)
        let axis = try node.axis(try node.int("axis", default: -1), rank: shape.count)
        var count = try node.int("k", default: 0)
        if let shape = try declared(node, rank: shape.count) {
            count = shape[axis]
        } else if count == 0 {
            count = try integers(node, 1, "k").first ?? 0
        }
        let (id, order) = try lastAxis(axis, x)
        let operation = TopK(count: count, largest: try node.int("largest", default: 1) != 0)
        let ids = try emitAll(operation, [id], name: label, outputs: [label + ".values", label + ".indices"])
        for (index, id) in ids.enumerated() {
            try finish(node, Computed(id: id, layout: Layout(order: order, self.shape(id))), output: index)
        }
    }

    private mutating func nonMaximumSuppression(_ node: ONNXNode) throws(EdgeError) {
        let (boxes, scores) = (try input(node), try input(node, 1))
        let limit = try optionalScalar(node, 2, "max_output_boxes_per_class") ?? 0
        let operation = NonMaximumSuppression(
            limit: min(Int(exactly: max(limit, 0).rounded(.down)) ?? 0, Shape.elementLimit),
            overlapThreshold: Float(try optionalScalar(node, 3, "iou_threshold") ?? 0),
            scoreThreshold: try optionalScalar(node, 4, "score_threshold").map { Float($0) },
            format: try node.int("center_point_box", default: 0) == 0 ? .corners : .centers)
        guard readers[node.outputs[0]] == 1, document.outputs.contains(where: { $0.name == node.outputs[0] }) else {
            throw EdgeError(.data, at: "", "boxes that other nodes read are not supported: their number is not known")
        }
        let ids = try emitAll(
            operation, [try inFileOrder(boxes), try inFileOrder(scores)], name: label,
            outputs: [node.outputs[0], node.outputs[0] + ".count"])
        result.values[ids[0]].rowCount = ids[1]
        try define(node.outputs[0], Computed(id: ids[0], layout: Layout(same: shape(ids[0]))))
    }
}

extension ONNXNode {
    fileprivate func reduction() throws(EdgeError) -> ModelGraph.ScatterReduction {
        let name = try string("reduction", default: "none")
        switch name {
        case "none": return .none
        case "add": return .addition
        case "mul": return .multiplication
        case "max": return .maximum
        case "min": return .minimum
        default: throw EdgeError(.data, at: "", "reduction '\(name)' is not supported")
        }
    }
}
