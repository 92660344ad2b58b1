import EdgeFormat
import ModelGraph

// Elements in other places.
extension ONNXImporter {
    static let movementRules: [String: Rule] = [
        "Concat": Rule(of: ["axis"]) { importer, node throws(EdgeError) in try importer.concatenation(node) },
        "DepthToSpace": Rule(of: ["blocksize", "mode"]) { importer, node throws(EdgeError) in
            try importer.depthToSpace(node)
        },
        "Pad": Rule(of: ["mode", "pads", "value", "paddings"]) { importer, node throws(EdgeError) in
            try importer.pad(node)
        },
        "Slice": Rule(of: ["axes", "ends", "starts"]) { importer, node throws(EdgeError) in try importer.slice(node) },
        "SpaceToDepth": Rule(of: ["blocksize", "mode"]) { importer, node throws(EdgeError) in
            try importer.spaceToDepth(node)
        },
        "Split": Rule(["axis", "num_outputs", "split"]) { importer, node throws(EdgeError) in
            try importer.split(node)
        },
        "Tile": Rule(of: []) { importer, node throws(EdgeError) in try importer.tile(node) },
        "Transpose": Rule(["perm"]) { importer, node throws(EdgeError) in
            let x = try importer.input(node)
            let rank = importer.fileShape(x).count
            let order = try node.ints("perm") ?? Array((0..<rank).reversed())
            guard order.sorted() == Array(0..<rank) else {
                throw EdgeError(.data, at: "", "perm \(order) is no order of \(rank) dimensions")
            }
            try importer.alias(node, importer.transposed(x, order))
        },
        "Trilu": Rule(of: ["upper"]) { importer, node throws(EdgeError) in try importer.triangle(node) },
    ]

    private mutating func concatenation(_ node: ONNXNode) throws(EdgeError) -> Computed {
        guard node.attributes["axis"] != nil || opset < 4 else {
            throw EdgeError(.data, at: "", "attribute 'axis' is missing")
        }
        var values: [Computed] = []
        for index in node.inputs.indices {
            let value = try input(node, index)
            // A list without elements adds nothing.
            if fileShape(value) != [0] { values.append(value) }
        }
        if values.isEmpty, !node.inputs.isEmpty { return try input(node) }
        guard let first = values.first else { throw EdgeError(.data, at: "", "there is no input") }
        return try join(values, axis: try node.axis(try node.int("axis", default: 1), rank: fileShape(first).count))
    }

    private mutating func slice(_ node: ONNXNode) throws(EdgeError) -> Computed {
        let x = try input(node)
        let size = fileShape(x)
        guard let starts = try integers(node, attribute: "starts", input: 1),
            let ends = try integers(node, attribute: "ends", input: 2), starts.count == ends.count
        else { throw EdgeError(.data, at: "", "starts and ends are missing or differ in number") }
        let axes = try node.axes(
            try integers(node, attribute: "axes", input: 3) ?? Array(starts.indices), rank: size.count)
        let steps = try optionalIntegers(node, 4, "steps") ?? starts.map { _ in 1 }
        guard axes.count == starts.count, steps.count == starts.count else {
            throw EdgeError(.data, at: "", "axes or steps differ in number from starts")
        }
        var (first, step, count) = (size.map { _ in 0 }, size.map { _ in 1 }, size)
        for (index, axis) in axes.enumerated() {
            let stride = steps[index]
            guard stride != 0, stride.magnitude <= UInt(Int32.max) else {
                throw EdgeError(.data, at: "", "step \(stride) of a slice")
            }
            let limits = stride > 0 ? 0...size[axis] : -1...size[axis] - 1
            let bound = { (place: Int) in
                min(max(place < 0 ? place &+ size[axis] : place, limits.lowerBound), limits.upperBound)
            }
            let (from, to) = (bound(starts[index]), bound(ends[index]))
            let length = stride > 0 ? to - from : from - to
            (first[axis], step[axis]) = (from, stride)
            count[axis] = max(0, (length + abs(stride) - 1) / abs(stride))
        }
        if count == [0], isConstant(node.inputs[0]) { return try integers([0], []) }
        _ = try Shape.elementCount(count)
        return try rearrange(x) { shape, order throws(EdgeError) in
            .slice(
                shape, starts: order.map { first[$0] }, steps: order.map { step[$0] }, counts: order.map { count[$0] })
        }
    }

    private mutating func split(_ node: ONNXNode) throws(EdgeError) {
        let x = try input(node)
        let shape = fileShape(x)
        let axis = try node.axis(try node.int("axis", default: 0), rank: shape.count)
        var sizes: [Int]?
        if try declared(node) != nil {
            sizes = try node.outputs.indices.map { (output) throws(EdgeError) in
                try declared(node, output: output, rank: shape.count)?[axis] ?? 0
            }
        }
        if sizes == nil { sizes = try integers(node, attribute: "split", input: 1) }
        if sizes == nil {
            let count = node.outputs.count
            let size = (shape[axis] + count - 1) / count
            sizes = (0..<count).map { max(min(size, shape[axis] - $0 * size), 0) }
        }
        guard let sizes, sizes.count == node.outputs.count, sizes.allSatisfy({ $0 >= 0 && $0 <= shape[axis] }),
            sizes.reduce(0, +) == shape[axis]
        else { throw EdgeError(.data, at: "", "axis \(axis) of \(Shape.text(shape)) is not split into its parts") }
        var start = 0
        for (index, size) in sizes.enumerated() {
            guard size > 0 else { throw EdgeError(.data, at: "", "part \(index) has no elements") }
            try finish(node, try slice(x, axis: axis, from: start, count: size), output: index)
            start += size
        }
    }

    /// Amounts and value are attributes up to operator set 10, inputs from 11 on.
    private mutating func pad(_ node: ONNXNode) throws(EdgeError) -> Computed {
        let x = try input(node)
        let rank = fileShape(x).count
        var value = Double(try node.float("value", default: 0))
        if opset >= 11, let given = try optionalScalar(node, 2, "value") { value = given }
        let axes = try node.axes(try optionalIntegers(node, 3, "axes") ?? Array(0..<rank), rank: rank)
        guard let pads = try integers(node, attribute: opset < 2 ? "paddings" : "pads", input: 1) else {
            throw EdgeError(.data, at: "", "pads are missing")
        }
        guard pads.count == 2 * axes.count else {
            throw EdgeError(.data, at: "", "pads has \(pads.count) entries; \(2 * axes.count) are needed")
        }
        var (before, after) = ([Int](repeating: 0, count: rank), [Int](repeating: 0, count: rank))
        for (index, axis) in axes.enumerated() { (before[axis], after[axis]) = (pads[index], pads[index + axes.count]) }
        for amount in before + after where amount.magnitude > UInt(Shape.windowLimit) {
            throw EdgeError(.data, at: "", "padding \(amount) is outside ±\(Shape.windowLimit)")
        }
        let name = try node.string("mode", default: "constant")
        guard let mode = Rearrangement.PadMode(rawValue: name), mode != .symmetric else {
            throw EdgeError(.data, at: "", "pad mode '\(name)' is not supported")
        }
        if mode == .constant, element(x) == .float32, (before + after).allSatisfy({ $0 >= 0 }) {
            let (id, order) = try inOrder(x)
            let operation = Pad(before: order.map { before[$0] }, after: order.map { after[$0] }, value: Float(value))
            let padded = try emit(operation, [id], name: label)
            return Computed(id: padded, layout: Layout(order: order, shape(padded)))
        }
        return try rearrange(x) { shape, order throws(EdgeError) in
            .pad(shape, before: order.map { before[$0] }, after: order.map { after[$0] }, mode: mode, fill: value)
        }
    }

    private mutating func tile(_ node: ONNXNode) throws(EdgeError) -> Computed {
        let x = try input(node)
        let shape = fileShape(x)
        var repeats: [Int]
        if let target = try declared(node, rank: shape.count) {
            _ = try Shape.elementCount(shape)
            repeats = zip(target, shape).map { $0 / $1 }
        } else {
            repeats = try integers(node, 1, "repeats")
        }
        guard repeats.count == shape.count, repeats.allSatisfy({ $0 >= 1 && $0 <= Shape.elementLimit }) else {
            throw EdgeError(.data, at: "", "repeats \(repeats) of \(Shape.text(shape))")
        }
        // Neither factor is above the limit of elements, so that no product overflows.
        let target = zip(shape, repeats).map { $0 * $1 }
        _ = try Shape.elementCount(target)
        try charge(bytes: target.reduce(0, +) * 4)
        return try rearrange(x) { shape, order throws(EdgeError) in
            .tiling(shape, repeats: order.map { repeats[$0] })
        }
    }

    /// Channels as the pixels of blocks; `DCR` has the block's place in the slower part of the channels.
    private mutating func depthToSpace(_ node: ONNXNode) throws(EdgeError) -> Computed {
        let (x, shape, block) = try blocks(node)
        guard shape[1] % (block * block) == 0 else {
            throw EdgeError(.data, at: "", "\(shape[1]) channels are not made of blocks of \(block)x\(block)")
        }
        let rest = shape[1] / (block * block)
        let mode = try node.string("mode", default: "DCR")
        guard mode == "DCR" || mode == "CRD" else { throw EdgeError(.data, at: "", "mode '\(mode)' is not supported") }
        let split = try reshaped(
            x,
            mode == "DCR"
                ? [shape[0], block, block, rest, shape[2], shape[3]]
                : [shape[0], rest, block, block, shape[2], shape[3]])
        let order = mode == "DCR" ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3]
        return try pixels(transposed(split, order), [shape[0], rest, shape[2] * block, shape[3] * block])
    }

    private mutating func spaceToDepth(_ node: ONNXNode) throws(EdgeError) -> Computed {
        let (x, shape, block) = try blocks(node)
        guard shape[2] % block == 0, shape[3] % block == 0 else {
            throw EdgeError(.data, at: "", "\(Shape.text(shape)) is not made of blocks of \(block)x\(block)")
        }
        let split = try reshaped(x, [shape[0], shape[1], shape[2] / block, block, shape[3] / block, block])
        return try pixels(
            transposed(split, [0, 3, 5, 1, 2, 4]),
            [shape[0], shape[1] * block * block, shape[2] / block, shape[3] / block])
    }

    private mutating func blocks(_ node: ONNXNode) throws(EdgeError) -> (x: Computed, shape: [Int], block: Int) {
        let x = try input(node)
        let (shape, block) = (fileShape(x), try node.int("blocksize", default: 0))
        guard shape.count == 4, block >= 1, block <= Shape.windowLimit else {
            throw EdgeError(.data, at: "", "blocks of \(block) in \(Shape.text(shape))")
        }
        return (x, shape, block)
    }

    /// A picture whose axes are products, moved so that its pixels lie side by side.
    private mutating func pixels(_ x: Computed, _ shape: [Int]) throws(EdgeError) -> Computed {
        let merged = try reshaped(x, shape)
        let id = try picture(merged)
        return Computed(id: id, layout: Layout(order: .channelsLast(rank: 4), self.shape(id)))
    }

    /// The elements on one side of a diagonal of the last two axes, 0 on the other.
    private mutating func triangle(_ node: ONNXNode) throws(EdgeError) -> Computed {
        let x = try input(node)
        let shape = fileShape(x)
        guard shape.count >= 2 else { throw EdgeError(.data, at: "", "a triangle of \(Shape.text(shape))") }
        let diagonal = try optionalScalar(node, 1, "k").flatMap { Int(exactly: $0) } ?? 0
        let isUpper = try node.int("upper", default: 1) != 0
        let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
        try charge(bytes: try Shape.elementCount([rows, columns]))
        let mask = (0..<rows * columns).map { index in
            let distance = index % columns - index / columns
            return isUpper ? distance >= diagonal : distance <= diagonal
        }
        return try select(try truths([rows, columns], mask), x, number(0, element(x)))
    }
}
