import EdgeFormat
import ModelGraph

extension ONNXImporter {
    /// The sum of two computed values: of one shape, or of a picture and a row of its channels, N·C·1·1.
    mutating func sum(_ node: ONNXNode) throws(EdgeError) {
        let (a, b) = (try value(node.inputs[0]), try value(node.inputs[1]))
        if shape(a) == shape(b), a.order == b.order {
            return try add(Addition(), for: node, [a.id, b.id], order: a.order)
        }
        for (picture, row) in [(a, b), (b, a)] {
            let wanted = shape(picture)
            guard wanted.count == 4, shape(row) == [wanted[0], 1, 1, wanted[3]] else { continue }
            return try add(Addition(), for: node, [picture.id, try self.row(row.id, node)], order: .picture)
        }
        throw EdgeError(
            .data, at: "",
            "\(Shape.text(AxisOrder.fileShape(shape(b)))) cannot be added to \(Shape.text(AxisOrder.fileShape(shape(a))))"
        )
    }

    /// The row N·C that became a picture of one pixel, by an Unsqueeze or whatever made it.
    private mutating func row(_ id: Graph.ValueID, _ node: ONNXNode) throws(EdgeError) -> Graph.ValueID {
        let shape = result.values[id].type.shape
        if let reshape = producer(of: id), reshape.operation is Reshape,
            result.values[reshape.inputs[0]].type.shape == [shape[0], shape[3]]
        {
            return reshape.inputs[0]
        }
        return try result.add(Reshape(shape: [shape[0], shape[3]]), name: node.outputs[0] + ".row", inputs: [id])
    }

    /// Channels side by side, or the last axis of other values; or the two halves of a time embedding.
    mutating func concatenation(_ node: ONNXNode) throws(EdgeError) {
        guard let first = node.inputs.first else { throw EdgeError(.data, at: "", "there is no input") }
        guard node.attributes["axis"] != nil else { throw EdgeError(.data, at: "", "attribute 'axis' is missing") }
        let given = try node.int("axis", default: 1)
        if times[first] != nil { return try timeEmbedding(node, axis: given) }
        var inputs: [Graph.ValueID] = []
        for name in node.inputs { inputs.append(try value(name).id) }
        let x = try value(first)
        let rank = shape(x).count
        let axis = given < 0 ? given + rank : given
        guard x.order == (rank == 4 ? .picture : .same), axis == (rank == 4 ? 1 : rank - 1) else {
            throw EdgeError(
                .data, at: "",
                "concatenation along axis \(given) of \(Shape.text(AxisOrder.fileShape(shape(x)))) "
                    + "is not supported, only of channels or the last axis")
        }
        for name in node.inputs {
            guard try value(name).order == x.order else {
                throw EdgeError(.data, at: "", "a flattened picture cannot be concatenated")
            }
        }
        try add(Concatenation(), for: node, inputs, order: x.order)
    }

    /// Nearest-neighbour up-sampling by whole factors, from `scales` or `sizes`.
    mutating func resize(_ node: ONNXNode) throws(EdgeError) {
        guard opset >= 11 else {
            throw EdgeError(.data, at: "", "Resize of operator set \(opset) is not supported, only from 11 on")
        }
        let x = try input(node)
        let shape = AxisOrder.fileShape(shape(x))
        guard shape.count == 4 else { throw EdgeError(.data, at: "", "only pictures are resized") }
        let mode = try node.string("mode", default: "nearest")
        let place = try node.string("coordinate_transformation_mode", default: "half_pixel")
        let rounding = try node.string("nearest_mode", default: "round_prefer_floor")
        // Both say the same for whole factors.
        guard mode == "nearest",
            place == "asymmetric" && rounding == "floor" || place == "half_pixel" && rounding == "round_prefer_floor"
        else {
            throw EdgeError(
                .data, at: "",
                "resize mode '\(mode)', '\(place)', '\(rounding)' is not supported, only nearest neighbours with "
                    + "'asymmetric' and 'floor' or 'half_pixel' and 'round_prefer_floor'")
        }
        let scales: [Float]
        if try optionalConstant(node, 3, "sizes") != nil {
            let sizes = try integers(node, 3, "sizes")
            guard sizes.count == 4 else { throw EdgeError(.data, at: "", "sizes has \(sizes.count) entries") }
            scales = zip(sizes, shape).map { Float($0) / Float($1) }
        } else {
            scales = try floats(node, 2, "scales").elements
        }
        let factors = scales.map { Int(exactly: $0) ?? 0 }
        guard factors.count == 4, factors[0] == 1, factors[1] == 1, min(factors[2], factors[3]) >= 1 else {
            throw EdgeError(
                .data, at: "",
                "scales \(scales.map { "\($0)" }.joined(separator: ", ")) are not supported, only 1, 1 and whole numbers"
            )
        }
        try add(Upsampling(factor: Extent(factors[2], factors[3])), for: node, [x.id], order: .picture)
    }
}

extension Addition: ONNXExportable {
    func export(_ node: Graph.Node, to exporter: inout ONNXExporter) throws(EdgeError) {
        let (a, b) = (node.inputs[0], node.inputs[1])
        let values = exporter.graph.values
        var names = [exporter.name(of: a), exporter.name(of: b)]
        if values[a].type.shape == values[b].type.shape {
            guard exporter.order(of: a) == exporter.order(of: b) else {
                throw EdgeError(.data, at: "", "a flattened picture and a row in another order cannot be added in ONNX")
            }
            exporter.setOrder(exporter.order(of: a), of: node.outputs[0])
        } else {
            guard exporter.order(of: b) == .same else {
                throw EdgeError(.data, at: "", "a flattened picture cannot be added to pixels in ONNX")
            }
            names[1] = exporter.writeUnsqueeze(node.name + ".row", of: names[1], axes: [2, 3])
        }
        exporter.writer.node("Add", node.name, inputs: names, output: exporter.name(of: node.outputs[0]))
    }
}

extension Concatenation: ONNXExportable {
    func export(_ node: Graph.Node, to exporter: inout ONNXExporter) throws(EdgeError) {
        for id in node.inputs {
            if case .flattened = exporter.order(of: id) {
                throw EdgeError(.data, at: "", "a flattened picture cannot be concatenated in ONNX")
            }
        }
        let rank = exporter.graph.values[node.inputs[0]].type.shape.count
        var names: [String] = []
        for id in node.inputs { names.append(exporter.name(of: id)) }
        exporter.writer.node(
            "Concat", node.name, inputs: names, output: exporter.name(of: node.outputs[0]),
            [("axis", .int(rank == 4 ? 1 : rank - 1))])
    }
}

extension Upsampling: ONNXExportable {
    func export(_ node: Graph.Node, to exporter: inout ONNXExporter) throws(EdgeError) {
        let scales = exporter.unique(node.name + ".scales")
        exporter.writer.constant(scales, [4], [1, 1, Float(factor.height), Float(factor.width)])
        exporter.write(
            "Resize", node, constants: ["", scales],
            [
                ("coordinate_transformation_mode", .string("asymmetric")), ("mode", .string("nearest")),
                ("nearest_mode", .string("floor")),
            ])
    }
}

extension ONNXExporter {
    /// Writes an Unsqueeze and gives the name of its output.
    mutating func writeUnsqueeze(_ node: String, of input: String, axes: [Int64]) -> String {
        let (output, list) = (unique(node), unique(node + ".axes"))
        writer.constant(list, [axes.count], axes)
        writer.node("Unsqueeze", node, inputs: [input, list], output: output)
        return output
    }
}
