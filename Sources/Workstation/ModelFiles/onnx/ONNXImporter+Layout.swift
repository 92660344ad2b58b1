import EdgeFormat
import ModelGraph

// How values come to lie as an operation needs them.
extension ONNXImporter {
    /// A value with its axes in an order: axis k of the result is axis `order[k]` in the file.
    mutating func arranged(_ x: Computed, _ order: [Int]) throws(EdgeError) -> Graph.ValueID {
        let file = fileShape(x)
        let (axes, target) = (order.flatMap { x.layout.axes[$0] }, order.map { file[$0] })
        if axes == axes.sorted(), target == shape(x.id) { return x.id }
        return try moved(x.id, axes: axes, shape: target, name: name(of: x))
    }

    /// What the file calls a value in this layout: a name of its own, of several the first by the alphabet, so that the same
    /// file always gives the same graph; nil where it has that of the graph's value alone.
    private func name(of x: Computed) -> String? {
        let own = result.values[x.id].name
        return computed.lazy.filter { $0.value == x && $0.key != own }.map(\.key).min()
    }

    /// A value as the file has it.
    mutating func inFileOrder(_ x: Computed) throws(EdgeError) -> Graph.ValueID {
        try arranged(x, Array(x.layout.axes.indices))
    }

    /// A value with one axis of the graph for each of the file's, in the order that moves nothing: axis k is axis
    /// `order[k]` in the file. Where an axis is a product of several, in the order that comes nearest.
    mutating func inOrder(_ x: Computed) throws(EdgeError) -> (id: Graph.ValueID, order: [Int]) {
        let order = x.layout.order(shape(x.id)) ?? x.layout.nearestOrder
        return (try arranged(x, order), order)
    }

    /// A picture N·C·H·W of the file as N·H·W·C.
    mutating func picture(_ x: Computed) throws(EdgeError) -> Graph.ValueID {
        let rank = x.layout.axes.count
        guard rank == 4 else {
            throw EdgeError(.data, at: "", "only pictures, of four dimensions, are supported, not \(rank)")
        }
        return try arranged(x, .channelsLast(rank: 4))
    }

    /// The value with its axes of more than one element in another order, under a shape.
    /// - Parameter given: what the result is called; by default after the value, as which a constant stays.
    mutating func moved(
        _ id: Graph.ValueID, axes: [Int], shape target: [Int], name given: String? = nil
    ) throws(EdgeError) -> Graph.ValueID {
        let move = Move(id: id, axes: axes, shape: target)
        if let known = moved[move] { return known }
        var result = id
        let shape = shape(id)
        let value = self.result.values[id]
        let name = { (suffix: String) in given ?? (value.constant == nil ? value.name + suffix : value.name) }
        if axes != axes.sorted() {
            let order = shape.indices.filter { !axes.contains($0) } + axes
            result = try emit(Rearrangement.transpose(shape, order), [id], name: name(".transposed"))
        }
        result = try reshaped(result, target, name: name(".reshaped"))
        moved[move] = result
        return result
    }

    /// The value under another shape, its elements in their order.
    mutating func reshaped(_ id: Graph.ValueID, _ target: [Int], name: String) throws(EdgeError) -> Graph.ValueID {
        let shape = shape(id)
        if shape == target { return id }
        let isFlat = target.count == 2 && shape.count > 2 && target[0] == shape[0]
        return try emit(isFlat ? Flatten() : Reshape(shape: target), [id], name: name)
    }

    /// A value in the layout of another one, of the same size on each axis of the file, or 1.
    mutating func arranged(_ x: Computed, like other: Computed) throws(EdgeError) -> Graph.ValueID {
        if x == other || x.layout == other.layout && shape(x.id) == shape(other.id) { return x.id }
        let (file, target, shape) = (fileShape(x), fileShape(other), shape(other.id))
        let lead = target.count - file.count
        // The graph's axes of the other value one by one, in the file's order, then in the graph's.
        var split: [Int] = []
        var sizes: [Int] = []
        for (axis, parts) in other.layout.axes.enumerated() {
            split += parts
            sizes += parts.map { axis < lead || file[axis - lead] == 1 ? 1 : shape[$0] }
        }
        var aligned = [Int](repeating: 1, count: shape.count)
        for (axis, size) in zip(split, sizes) { aligned[axis] = size }
        let kept = split.indices.filter { sizes[$0] > 1 }
        let order = kept.sorted { split[$0] < split[$1] }
        if let own = x.layout.order(self.shape(x.id)), own.allSatisfy({ x.layout.axes[$0].count <= 1 }),
            other.layout.axes.allSatisfy({ $0.count <= 1 })
        {
            // Axis by axis: what already lies so is not moved.
            let wanted = order.flatMap { index -> [Int] in
                let axis = other.layout.axes.firstIndex { $0.contains(split[index]) } ?? 0
                return x.layout.axes[axis - lead]
            }
            return try moved(x.id, axes: wanted, shape: aligned)
        }
        let plain = try reshaped(try inFileOrder(x), sizes, name: result.values[x.id].name + ".split")
        return try moved(plain, axes: order, shape: aligned)
    }

    /// The layout of a value under another shape in the file, with the axes of the graph split where that needs it; nil
    /// where elements would have to move.
    mutating func regrouped(_ x: Computed, _ target: [Int]) throws(EdgeError) -> Computed? {
        let shape = shape(x.id)
        // Pieces of the graph's axes, in the file's order: which axis, and how many elements.
        var pieces = x.layout.axes.flatMap { $0 }.map { (axis: $0, size: shape[$0]) }
        var groups: [[(axis: Int, size: Int)]] = []
        for size in target {
            var (group, rest) = ([(axis: Int, size: Int)](), size)
            while rest > 1 {
                guard let piece = pieces.first else { return nil }
                if rest % piece.size == 0 {
                    group.append(piece)
                    rest /= piece.size
                    pieces.removeFirst()
                } else {
                    guard piece.size % rest == 0 else { return nil }
                    group.append((piece.axis, rest))
                    pieces[0].size = piece.size / rest
                    rest = 1
                }
            }
            groups.append(group)
        }
        guard pieces.isEmpty else { return nil }
        // Each axis of the graph becomes its pieces, the first of which is the slowest.
        let all = groups.flatMap { $0 }
        var split: [Int] = []
        var places: [[Int]] = groups.map { [Int](repeating: 0, count: $0.count) }
        for axis in shape.indices {
            let own = all.filter { $0.axis == axis }.map(\.size)
            for (group, parts) in groups.enumerated() {
                for (part, piece) in parts.enumerated() where piece.axis == axis {
                    places[group][part] = split.count
                    split.append(piece.size)
                }
            }
            if own.isEmpty { split.append(1) }
        }
        guard split.count <= Shape.rankLimit else { return nil }
        let changes = all.count != x.layout.axes.joined().count
        let id = changes ? try reshaped(x.id, split, name: result.values[x.id].name + ".split") : x.id
        return Computed(id: id, layout: changes ? Layout(axes: places) : Layout(axes: groups.map { $0.map(\.axis) }))
    }

    /// Gives a value another shape, as in the file.
    mutating func reshape(_ node: ONNXNode, _ x: Computed, to target: [Int]) throws(EdgeError) {
        guard try Shape.elementCount(target) == result.values[x.id].type.count else {
            throw EdgeError(.data, at: "", "\(Shape.text(fileShape(x))) cannot become \(Shape.text(target))")
        }
        if let value = try regrouped(x, target) { return try alias(node, value) }
        let plain = try inFileOrder(x)
        let id = try emit(Reshape(shape: target), [plain], name: node.label, output: node.outputs[0])
        try define(node.outputs[0], Computed(id: id, layout: Layout(same: target)))
    }
}
