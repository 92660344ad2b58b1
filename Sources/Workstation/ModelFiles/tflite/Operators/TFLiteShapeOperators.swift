import EdgeFormat
import ModelGraph

// Operators that give the same elements another shape.
extension TFLiteImporter {
    /// One dimension may be −1: what the others leave. The shape is an operand or, without one, an option.
    mutating func reshape(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try input(node)
        var target: [Int]
        if optionalOperand(node, 1) != nil {
            target = try integers(node, 1, "the new shape")
        } else {
            target = try (node.options?.integers(0, Int32.self, "the new shape") ?? []).map { Int($0) }
        }
        let open = target.indices.filter { target[$0] == -1 }
        guard open.count <= 1 else { throw EdgeError(.data, at: "", "two dimensions of the new shape are -1") }
        if let axis = open.first {
            target[axis] = 1
            target[axis] = max(1, type(x).count / (try Shape.elementCount(target)))
        }
        try reshape(node, x, to: target)
    }

    /// Without axes every axis of 1 goes.
    mutating func squeeze(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try input(node)
        let given = try (node.options?.integers(0, Int32.self, "its axes") ?? []).map { Int($0) }
        let shape = shape(x)
        var removed = try axes(given, rank: shape.count)
        if given.isEmpty { removed = shape.indices.filter { shape[$0] == 1 } }
        guard removed.allSatisfy({ shape[$0] == 1 }) else {
            throw EdgeError(.data, at: "", "squeeze of a dimension that is not 1, in \(Shape.text(shape))")
        }
        try reshape(node, x, to: shape.indices.filter { !removed.contains($0) }.map { shape[$0] })
    }

    mutating func expandDimensions(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try input(node)
        let given = try integers(node, 1, "its axis")
        guard given.count == 1 else { throw EdgeError(.data, at: "", "\(given.count) axes where one is needed") }
        var shape = shape(x)
        shape.insert(1, at: try axis(given[0], rank: shape.count + 1))
        try reshape(node, x, to: shape)
    }

    mutating func reshape(_ node: TFLiteOperator, _ x: Graph.ValueID, to shape: [Int]) throws(EdgeError) {
        guard try Shape.elementCount(shape) == type(x).count else {
            throw EdgeError(.data, at: "", "\(Shape.text(self.shape(x))) cannot become \(Shape.text(shape))")
        }
        // A list of integers, mostly a part of a shape, is no value of a network.
        if let constant = result.values[x].constant, type(x).quantization == nil {
            return define(node, constant: TFLiteConstant(shape: shape, data: constant))
        }
        try move(Reshape(shape: shape), for: node, [x])
    }

    mutating func pad(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try input(node)
        let amounts = try padAmounts(node, rank: shape(x).count)
        var value: Float = 0
        if optionalOperand(node, 2) != nil {
            let constant = try constant(node, 2, "the value of the border")
            guard let reals = constant.reals, reals.count == 1 else {
                throw EdgeError(.data, at: "", "the value of the border is no single number")
            }
            value = reals[0]
        }
        try move(Pad(before: amounts.before, after: amounts.after, value: value), for: node, [x])
    }

    /// Elements before and after each axis: a list of pairs.
    mutating func padAmounts(
        _ node: TFLiteOperator, rank: Int
    ) throws(EdgeError) -> (before: [Int], after: [Int]) {
        let amounts = try integers(node, 1, "the width of the border")
        guard amounts.count == 2 * rank else {
            throw EdgeError(.data, at: "", "\(amounts.count) widths of the border for \(rank) axes")
        }
        for amount in amounts where amount < 0 || amount > Shape.windowLimit {
            throw EdgeError(.data, at: "", "padding \(amount) is outside 0 ... \(Shape.windowLimit)")
        }
        return ((0..<rank).map { amounts[2 * $0] }, (0..<rank).map { amounts[2 * $0 + 1] })
    }
}
