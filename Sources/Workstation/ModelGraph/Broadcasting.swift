import EdgeFormat

/// NumPy's rule for operands of different shapes: aligned at their last axes, an axis of 1 serves for any size.
public enum Broadcasting {
    /// The shape of the result.
    /// - Throws: `EdgeError` when two axes differ and neither is 1.
    public static func shape(_ shapes: [[Int]]) throws(EdgeError) -> [Int] {
        let rank = shapes.map(\.count).max() ?? 0
        var result = [Int](repeating: 1, count: rank)
        for shape in shapes {
            for (axis, size) in zip(rank - shape.count..<rank, shape) where size != 1 {
                guard result[axis] == 1 || result[axis] == size else {
                    throw EdgeError(
                        .data, at: "",
                        "shapes \(shapes.map { Shape.text($0) }.joined(separator: " and ")) do not fit each other")
                }
                result[axis] = size
            }
        }
        _ = try Shape.elementCount(result)
        return result
    }

    /// For each element of the result the operand's element that stands there; nil where that is the one of its number.
    static func places(_ shape: [Int], to target: [Int]) -> [Int]? {
        if shape == target { return nil }
        var steps = [Int](repeating: 0, count: target.count)
        var step = 1
        for (axis, size) in zip(target.indices, [Int](repeating: 1, count: target.count - shape.count) + shape)
            .reversed()
        {
            steps[axis] = size == 1 ? 0 : step
            step *= size
        }
        return Strides.places(target, steps: steps)
    }
}

/// Row-major arithmetic on indices.
public enum Strides {
    /// Elements from one index of each axis to the next.
    public static func rowMajor(_ shape: [Int]) -> [Int] {
        var steps = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { steps[axis] = steps[axis + 1] * shape[axis + 1] }
        return steps
    }

    /// Σ index·step for every index of a shape, in row-major order.
    static func places(_ shape: [Int], steps: [Int]) -> [Int] {
        var places = [0]
        for (size, step) in zip(shape, steps) {
            places = places.flatMap { place in (0..<size).map { place + $0 * step } }
        }
        return places
    }
}

extension TensorData {
    /// The elements as an operand of this shape gives them to a result of another one.
    func broadcast(from shape: [Int], to target: [Int]) -> TensorData {
        Broadcasting.places(shape, to: target).map { gathered($0) } ?? self
    }
}

extension Operation {
    /// An axis counted from the front; negative ones count from the end.
    /// - Throws: `EdgeError` when there is no such axis.
    func axis(_ axis: Int, of shape: [Int]) throws(EdgeError) -> Int {
        guard axis >= -shape.count, axis < shape.count else {
            throw EdgeError(.data, at: "", "there is no axis \(axis) in \(Shape.text(shape))")
        }
        return axis < 0 ? axis + shape.count : axis
    }
}
