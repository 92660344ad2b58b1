import EdgeFormat

/// The product of matrices of computed values: a …·M·K and b …·K·N to …·M·N. The axes before broadcast as in NumPy.
/// Integers below 64 bits give int32, which wraps.
public struct MatrixProduct: Operation {
    public static let name = "matrix-product"

    public init() {}

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try expect(inputs, count: 2...2)
        let (a, b) = (inputs[0], inputs[1])
        guard a.shape.count >= 2, b.shape.count >= 2, a.shape[a.shape.count - 1] == b.shape[b.shape.count - 2],
            a.element == b.element, a.element != .bool
        else {
            throw EdgeError(.data, at: "", "there is no product of \(a.text) and \(b.text)")
        }
        let batch = try Broadcasting.shape([a.shape.dropLast(2), b.shape.dropLast(2)].map { Array($0) })
        let shape = batch + [a.shape[a.shape.count - 2], b.shape[b.shape.count - 1]]
        _ = try Shape.elementCount(shape)
        return [TensorType(a.element.isFloat || a.element == .int64 ? a.element : .int32, shape)]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        guard inputs.allSatisfy({ $0.type.isPlain }) else { throw notComputed(inputs) }
        let shapes = (inputs[0].type.shape, inputs[1].type.shape)
        if let a = inputs[0].data.reals, let b = inputs[1].data.reals {
            let y = products(a.map { Double($0) }, b.map { Double($0) }, shapes, outputs[0].shape) { $0 += $1 * $2 }
            return [TensorData(outputs[0].element, reals: y.map { Float($0) })]
        }
        guard let a = inputs[0].data.wholes, let b = inputs[1].data.wholes else { throw notComputed(inputs) }
        let y = products(a, b, shapes, outputs[0].shape) { $0 &+= $1 &* $2 }
        return [TensorData(outputs[0].element, wholes: y)]
    }

    /// Every row of a against every column of b, of all matrices.
    @inline(__always)
    private func products<Element: Numeric>(
        _ a: [Element], _ b: [Element], _ shapes: (a: [Int], b: [Int]), _ output: [Int],
        _ add: (inout Element, Element, Element) -> Void
    ) -> [Element] {
        let batch = Array(output.dropLast(2))
        let (rows, width) = (output[output.count - 2], output[output.count - 1])
        let depth = shapes.a[shapes.a.count - 1]
        let all = Array(0..<batch.reduce(1, *))
        let lefts = Broadcasting.places(Array(shapes.a.dropLast(2)), to: batch) ?? all
        let rights = Broadcasting.places(Array(shapes.b.dropLast(2)), to: batch) ?? all
        var y = [Element](repeating: 0, count: all.count * rows * width)
        for (matrix, (left, right)) in zip(lefts, rights).enumerated() {
            for row in 0..<rows {
                let target = (matrix * rows + row) * width
                for k in 0..<depth {
                    let factor = a[(left * rows + row) * depth + k]
                    let source = (right * depth + k) * width
                    for column in 0..<width { add(&y[target + column], factor, b[source + column]) }
                }
            }
        }
        return y
    }
}
