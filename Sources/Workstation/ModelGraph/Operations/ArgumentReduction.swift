import EdgeFormat

/// The index of the largest or smallest element along an axis, as int64; of equal ones the first or the last.
public struct ArgumentReduction: Operation {
    public static let name = "argument-reduction"

    public enum Kind: String, CaseIterable, Sendable {
        case maximum, minimum
    }

    public var kind: Kind
    /// From 0.
    public var axis: Int
    /// Whether the axis stays, with the size 1.
    public var keepsAxis: Bool
    public var selectsLast: Bool

    public init(_ kind: Kind, axis: Int, keepsAxis: Bool, selectsLast: Bool = false) {
        self.kind = kind
        self.axis = axis
        self.keepsAxis = keepsAxis
        self.selectsLast = selectsLast
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        var shape = try sameType(inputs, ElementType.allCases)[0].shape
        guard shape.indices.contains(axis) else {
            throw EdgeError(.data, at: "", "there is no axis \(axis) in \(Shape.text(shape))")
        }
        if keepsAxis { shape[axis] = 1 } else { shape.remove(at: axis) }
        return [TensorType(.int64, shape)]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        let shape = inputs[0].type.shape
        if let x = inputs[0].data.reals { return [.int64(indices(x, shape))] }
        guard let x = inputs[0].data.wholes else { throw notComputed(inputs) }
        return [.int64(indices(x, shape))]
    }

    private func indices<Element: Comparable>(_ x: [Element], _ shape: [Int]) -> [Int64] {
        let inner = shape[(axis + 1)...].reduce(1, *)
        let size = shape[axis]
        return (0..<x.count / size).map { result in
            let start = result / inner * size * inner + result % inner
            var best = 0
            for index in 1..<max(size, 1) {
                let (a, b) = (x[start + index * inner], x[start + best * inner])
                if kind == .maximum ? a > b : a < b { best = index } else if selectsLast, a == b { best = index }
            }
            return Int64(best)
        }
    }
}
