import EdgeFormat
import ModelGraph

// Operators that only move elements.
extension TFLiteImporter {
    mutating func transpose(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try input(node)
        let order = try integers(node, 1, "the order of axes")
        guard order.sorted() == Array(shape(x).indices) else {
            throw EdgeError(.data, at: "", "\(order) is no order of \(shape(x).count) axes")
        }
        try move(Rearrangement.transpose(shape(x), order), for: node, [x])
    }

    /// A size of −1 reaches to the end.
    mutating func slice(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try input(node)
        let shape = shape(x)
        let (starts, sizes) = (try integers(node, 1, "the first places"), try integers(node, 2, "the sizes"))
        guard starts.count == shape.count, sizes.count == shape.count else {
            throw EdgeError(.data, at: "", "\(starts.count) places and \(sizes.count) sizes for \(shape.count) axes")
        }
        var counts = sizes
        for axis in shape.indices {
            guard (0..<shape[axis]).contains(starts[axis]) else {
                throw EdgeError(.data, at: "", "place \(starts[axis]) is outside axis \(axis) of \(Shape.text(shape))")
            }
            if sizes[axis] == -1 { counts[axis] = shape[axis] - starts[axis] }
            guard counts[axis] >= 1, counts[axis] <= shape[axis] - starts[axis] else {
                throw EdgeError(.data, at: "", "\(sizes[axis]) places from \(starts[axis]) on in \(Shape.text(shape))")
            }
        }
        let steps = [Int](repeating: 1, count: shape.count)
        try move(Rearrangement.slice(shape, starts: starts, steps: steps, counts: counts), for: node, [x])
    }

    /// Parts of one size along an axis, which is the first operand.
    mutating func split(_ node: TFLiteOperator) throws(EdgeError) {
        let given = try integers(node, 0, "its axis")
        let x = try input(node, 1)
        guard given.count == 1 else { throw EdgeError(.data, at: "", "\(given.count) axes where one is needed") }
        let axis = try axis(given[0], rank: shape(x).count)
        let count = try node.int(0)
        guard count >= 1, count == node.outputs.count, shape(x)[axis] % count == 0 else {
            throw EdgeError(
                .data, at: "", "\(count) parts of \(shape(x)[axis]) elements, \(node.outputs.count) outputs")
        }
        try split(node, x, axis, sizes: [Int](repeating: shape(x)[axis] / count, count: count))
    }

    /// Parts of the sizes given; one of −1 is the rest.
    mutating func splitBySizes(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try input(node, 0)
        var sizes = try integers(node, 1, "the sizes")
        let given = try integers(node, 2, "its axis")
        guard given.count == 1 else { throw EdgeError(.data, at: "", "\(given.count) axes where one is needed") }
        let axis = try axis(given[0], rank: shape(x).count)
        let total = shape(x)[axis]
        guard sizes.count == node.outputs.count, sizes.allSatisfy({ $0 >= -1 && $0 <= total }),
            sizes.filter({ $0 == -1 }).count <= 1
        else { throw EdgeError(.data, at: "", "parts of \(sizes) elements for \(node.outputs.count) outputs") }
        if let rest = sizes.firstIndex(of: -1) { sizes[rest] = total - sizes.filter { $0 > 0 }.reduce(0, +) }
        guard sizes.allSatisfy({ $0 >= 1 }), sizes.reduce(0, +) == total else {
            throw EdgeError(.data, at: "", "parts of \(sizes) elements do not make \(total)")
        }
        try split(node, x, axis, sizes: sizes)
    }

    private mutating func split(
        _ node: TFLiteOperator, _ x: Graph.ValueID, _ axis: Int, sizes: [Int]
    ) throws(EdgeError) {
        let shape = shape(x)
        var (starts, counts) = ([Int](repeating: 0, count: shape.count), shape)
        let steps = [Int](repeating: 1, count: shape.count)
        for (output, size) in sizes.enumerated() {
            counts[axis] = size
            try move(
                Rearrangement.slice(shape, starts: starts, steps: steps, counts: counts), for: node, output: output, [x]
            )
            starts[axis] += size
        }
    }

    /// Tensors of one shape side by side along a new axis.
    mutating func pack(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try input(node)
        let axis = try axis(try node.int(1), rank: shape(x).count + 1)
        var target = shape(x)
        target.insert(1, at: axis)
        var parts: [Graph.ValueID] = []
        for index in node.inputs.indices {
            let part = try input(node, index)
            guard shape(part) == shape(x) else {
                throw EdgeError(.data, at: "", "\(Shape.text(shape(part))) cannot stand beside \(Shape.text(shape(x)))")
            }
            parts.append(try reshaped(part, target, name: "\(label(node.outputs[0])).\(index)"))
        }
        try move(Concatenation(axis: axis), for: node, parts)
    }

    /// The tensors that stand side by side along an axis.
    mutating func unpack(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try input(node)
        let shape = shape(x)
        let axis = try axis(try node.int(1), rank: shape.count)
        guard node.outputs.count == shape[axis] else {
            throw EdgeError(.data, at: "", "\(node.outputs.count) outputs for \(shape[axis]) elements of axis \(axis)")
        }
        var places = shape.map { Array(0..<$0) }
        for output in node.outputs.indices {
            places[axis] = [output]
            let part = try add(
                Rearrangement.selection("slice", shape, places: places),
                name: "\(label(node.outputs[output])).slice", [x], type(x))
            var rest = shape
            rest.remove(at: axis)
            try move(Reshape(shape: rest), for: node, output: output, [part])
        }
    }

    /// The same elements under another shape; a constant stays one.
    private mutating func reshaped(
        _ id: Graph.ValueID, _ shape: [Int], name: String
    ) throws(EdgeError) -> Graph.ValueID {
        if let constant = result.values[id].constant, type(id).quantization == nil {
            return result.addConstant(name, shape, constant)
        }
        return try add(Reshape(shape: shape), name: name, [id], type(id))
    }

    mutating func tile(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try input(node)
        let repeats = try integers(node, 1, "the numbers of repetitions")
        guard repeats.count == shape(x).count, repeats.allSatisfy({ (1...Shape.windowLimit).contains($0) }) else {
            throw EdgeError(.data, at: "", "\(repeats) repetitions of \(Shape.text(shape(x)))")
        }
        _ = try Shape.elementCount(zip(shape(x), repeats).map { $0 * $1 })
        try move(Rearrangement.tiling(shape(x), repeats: repeats), for: node, [x])
    }

    mutating func broadcast(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try input(node)
        let target = try integers(node, 1, "the new shape")
        guard try Broadcasting.shape([shape(x), target]) == target else {
            throw EdgeError(.data, at: "", "\(Shape.text(shape(x))) does not fit \(Shape.text(target))")
        }
        try move(Rearrangement.expansion(shape(x), to: target), for: node, [x])
    }

    /// A border of what lies inside, with the edge (kind 1) or without.
    mutating func mirrorPad(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try input(node)
        let shape = shape(x)
        let amounts = try padAmounts(node, rank: shape.count)
        let symmetric = try node.options?.byte(0) ?? 0 == 1
        for axis in shape.indices {
            guard max(amounts.before[axis], amounts.after[axis]) <= shape[axis] - (symmetric ? 0 : 1) else {
                throw EdgeError(.data, at: "", "a mirrored border is wider than \(Shape.text(shape))")
            }
        }
        _ = try Shape.elementCount(shape.indices.map { amounts.before[$0] + shape[$0] + amounts.after[$0] })
        let operation = Rearrangement.pad(
            shape, before: amounts.before, after: amounts.after, mode: symmetric ? .symmetric : .reflect)
        try move(operation, for: node, [x])
    }

    /// A constant: the shape of what may not be known.
    mutating func shapeOf(_ node: TFLiteOperator) throws(EdgeError) {
        let shape = shape(try input(node))
        let wanted = try outputType(node)
        define(
            node,
            constant: TFLiteConstant(
                shape: [shape.count], data: TensorData(wanted.element, wholes: shape.map { Int64($0) })))
    }

    /// Slices along an axis by constant or computed indices.
    mutating func gather(_ node: TFLiteOperator) throws(EdgeError) {
        let (x, indices) = (try input(node, 0), try input(node, 1))
        guard try node.int(1) == 0 else { throw EdgeError(.data, at: "", "batch_dims is not supported") }
        let axis = try axis(try node.int(0), rank: shape(x).count)
        if let constant = result.values[indices].constant?.wholes {
            for index in constant where index < 0 || index >= shape(x)[axis] {
                throw EdgeError(.data, at: "", "index \(index) is outside axis \(axis) of \(Shape.text(shape(x)))")
            }
        }
        try move(Gather(axis: axis), for: node, [x, indices], from: 0, to: 1)
    }
}
