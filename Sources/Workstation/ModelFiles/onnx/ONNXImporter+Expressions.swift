import EdgeFormat
import ModelGraph

// What operators are written with that are computed from simpler ones: each takes and gives values as the file sees them.
extension ONNXImporter {
    /// The node's output is this value; a value that has no name of the file yet gets its.
    mutating func finish(_ node: ONNXNode, _ value: Computed, output index: Int = 0) throws(EdgeError) {
        guard node.has(output: index) else { return }
        let name = node.outputs[index]
        let isOwn = producers[value.id] != nil && !named.contains(value.id)
        if isOwn { result.values[value.id].name = name }
        let isRead = node.inputs.contains { computed[$0]?.id == value.id && readers[$0] != 1 }
        if isRead { share(value.id) }
        try define(name, value)
    }

    /// A function of each element.
    mutating func apply(_ operation: any Operation, _ x: Computed) throws(EdgeError) -> Computed {
        Computed(id: try emit(operation, [x.id], name: label), layout: x.layout)
    }

    /// A number as a constant of the element type of a value.
    mutating func number(_ value: Double, _ element: ElementType = .float32) -> Computed {
        let data =
            element.isFloat
            ? TensorData(element, reals: [Float(value)])
            : TensorData(element, wholes: [Int64(exactly: value.rounded(.towardZero)) ?? 0])
        let id = result.addConstant("\(label).\(value)", [], data)
        return Computed(id: id, layout: Layout(same: []))
    }

    mutating func integers(_ shape: [Int], _ elements: [Int]) throws(EdgeError) -> Computed {
        let id = try addConstant(label + ".constant", shape, .int64(elements.map { Int64($0) }))
        return Computed(id: id, layout: Layout(same: shape))
    }

    /// 0, 1, …, one less than `count`.
    mutating func indices(_ count: Int) throws(EdgeError) -> Computed {
        try charge(bytes: count * 64)
        return try integers([count], Array(0..<count))
    }

    mutating func truths(_ shape: [Int], _ elements: [Bool]) throws(EdgeError) -> Computed {
        try charge(bytes: elements.count)
        let id = try addConstant(label + ".mask", shape, .bool(elements))
        return Computed(id: id, layout: Layout(same: shape))
    }

    /// A function of two elements, broadcast as in the file.
    mutating func compute(_ kind: Arithmetic.Kind, _ a: Computed, _ b: Computed) throws(EdgeError) -> Computed {
        let (ids, layout) = try together([a, b])
        let areAdded = kind == .addition && element(a) == .float32 && shape(ids[0]) == shape(ids[1])
        return Computed(id: try emit(areAdded ? Addition() : Arithmetic(kind), ids, name: label), layout: layout)
    }

    /// `a` where the condition holds, else `b`.
    mutating func select(_ condition: Computed, _ a: Computed, _ b: Computed) throws(EdgeError) -> Computed {
        let (ids, layout) = try together([condition, a, b])
        return Computed(id: try emit(Selection(), ids, name: label), layout: layout)
    }

    /// Operands of one elementwise operation, so that the graph's broadcasting pairs what the file's does; and the
    /// layout of the result.
    mutating func together(_ values: [Computed]) throws(EdgeError) -> (ids: [Graph.ValueID], layout: Layout) {
        let shapes = values.map(fileShape)
        let target = try Broadcasting.shape(shapes)
        let whole = values.indices.filter { shapes[$0] == target }
        // The one that lies as pictures do is not moved.
        let leader = whole.first { result.values[values[$0].id].constant == nil } ?? whole.first
        var ids: [Graph.ValueID] = []
        guard let leader else {
            for value in values { ids.append(try inFileOrder(value)) }
            return (ids, Layout(same: target))
        }
        for (index, value) in values.enumerated() {
            ids.append(index == leader ? value.id : try arranged(value, like: values[leader]))
        }
        return (ids, values[leader].layout)
    }

    mutating func convert(_ x: Computed, to element: ElementType) throws(EdgeError) -> Computed {
        self.element(x) == element ? x : try apply(Conversion(to: element), x)
    }

    /// One number of all elements along axes of the file; all axes where none are given.
    mutating func reduce(
        _ kind: Reduction.Kind, _ x: Computed, axes: [Int], keeps: Bool = true
    ) throws(EdgeError) -> Computed {
        let (id, order) = try inOrder(x)
        let places = axes.compactMap { order.firstIndex(of: $0) }.sorted()
        let sum = try emit(Reduction(kind, axes: places, keepsAxes: true), [id], name: label)
        let whole = Computed(id: sum, layout: Layout(order: order, shape(sum)))
        return keeps ? whole : dropping(whole, axes)
    }

    /// The value without some of its axes, which are of size 1.
    func dropping(_ x: Computed, _ axes: [Int]) -> Computed {
        Computed(
            id: x.id,
            layout: Layout(axes: x.layout.axes.indices.filter { !axes.contains($0) }.map { x.layout.axes[$0] }))
    }

    /// The value with axes of size 1 inserted, so that they have these places in the result.
    func inserting(_ x: Computed, _ axes: [Int]) -> Computed {
        var rest = x.layout.axes.makeIterator()
        return Computed(
            id: x.id,
            layout: Layout(
                axes: (0..<x.layout.axes.count + axes.count).map { axes.contains($0) ? [] : rest.next() ?? [] }))
    }

    /// Axis k of the result is axis `order[k]` of the value. Moves nothing.
    func transposed(_ x: Computed, _ order: [Int]) -> Computed {
        Computed(id: x.id, layout: Layout(axes: order.map { x.layout.axes[$0] }))
    }

    mutating func reshaped(_ x: Computed, _ target: [Int]) throws(EdgeError) -> Computed {
        guard try Shape.elementCount(target) == result.values[x.id].type.count else {
            throw EdgeError(.data, at: "", "\(Shape.text(fileShape(x))) cannot become \(Shape.text(target))")
        }
        if let value = try regrouped(x, target) { return value }
        let id = try emit(Reshape(shape: target), [try inFileOrder(x)], name: label)
        return Computed(id: id, layout: Layout(same: target))
    }

    /// Elements in other places, each axis by itself.
    /// - Parameter make: gives the operation for the shape and, by axis of the graph, the file's axis.
    mutating func rearrange(
        _ x: Computed, _ make: (_ shape: [Int], _ order: [Int]) throws(EdgeError) -> Rearrangement
    ) throws(EdgeError) -> Computed {
        _ = try Shape.elementCount(fileShape(x))
        let (id, order) = try inOrder(x)
        let operation = try make(shape(id), order)
        let isSame = operation.tables == Rearrangement.slice(shape(id)).tables
        let moved = isSame ? id : try emit(operation, [id], name: label)
        return Computed(id: moved, layout: Layout(order: order, shape(moved)))
    }

    /// `count` elements of one axis, from `start` on.
    mutating func slice(_ x: Computed, axis: Int, from start: Int, count: Int, step: Int = 1) throws(EdgeError)
        -> Computed
    {
        try rearrange(x) { shape, order throws(EdgeError) in
            guard let place = order.firstIndex(of: axis), count >= 1, start >= 0,
                start + (count - 1) * step < shape[place]
            else {
                let size = order.firstIndex(of: axis).map { shape[$0] } ?? 0
                throw EdgeError(.data, at: "", "\(count) elements from \(start) on of axis \(axis), which has \(size)")
            }
            return .slice(shape, axis: place, from: start, count: count, step: step)
        }
    }

    /// Values side by side along an axis of the file.
    mutating func join(_ values: [Computed], axis: Int) throws(EdgeError) -> Computed {
        guard let leader = values.first(where: { result.values[$0.id].constant == nil }) ?? values.first else {
            throw EdgeError(.data, at: "", "there is no input")
        }
        if values.count == 1 { return leader }
        let (_, order) = try inOrder(leader)
        guard let place = order.firstIndex(of: axis) else {
            throw EdgeError(.data, at: "", "there is no axis \(axis) in \(Shape.text(fileShape(leader)))")
        }
        var ids: [Graph.ValueID] = []
        for value in values {
            guard value.layout.axes.count == order.count else {
                throw EdgeError(
                    .data, at: "",
                    "\(Shape.text(fileShape(value))) cannot stand beside \(Shape.text(fileShape(leader)))")
            }
            ids.append(try arranged(value, order))
        }
        let isLast = place == order.count - 1
        let id = try emit(isLast ? Concatenation() : Concatenation(axis: place), ids, name: label)
        return Computed(id: id, layout: Layout(order: order, shape(id)))
    }

    /// The product of matrices in the last two axes of the file.
    mutating func multiply(_ a: Computed, _ b: Computed) throws(EdgeError) -> Computed {
        let id = try emit(MatrixProduct(), [try inFileOrder(a), try inFileOrder(b)], name: label)
        return Computed(id: id, layout: Layout(same: shape(id)))
    }

    /// An operation along an axis of the file, on values that have it last.
    mutating func along(
        _ axis: Int, _ x: Computed, _ operation: any Operation
    ) throws(EdgeError) -> Computed {
        let (id, order) = try lastAxis(axis, x)
        let result = try emit(operation, [id], name: label)
        return Computed(id: result, layout: Layout(order: order, shape(result)))
    }

    /// The value with an axis of the file as the graph's last one.
    mutating func lastAxis(_ axis: Int, _ x: Computed) throws(EdgeError) -> (id: Graph.ValueID, order: [Int]) {
        let given = x.layout.order(shape(x.id)) ?? Array(x.layout.axes.indices)
        let order = given.filter { $0 != axis } + [axis]
        return (try arranged(x, order), order)
    }
}

extension Rearrangement {
    /// Everything where it is.
    static func slice(_ shape: [Int]) -> Rearrangement {
        .slice(shape, starts: shape.map { _ in 0 }, steps: shape.map { _ in 1 }, counts: shape)
    }

    /// A run of one axis.
    static func slice(_ shape: [Int], axis: Int, from start: Int, count: Int, step: Int = 1) -> Rearrangement {
        var (starts, steps, counts) = (shape.map { _ in 0 }, shape.map { _ in 1 }, shape)
        (starts[axis], steps[axis], counts[axis]) = (start, step, count)
        return .slice(shape, starts: starts, steps: steps, counts: counts)
    }
}
