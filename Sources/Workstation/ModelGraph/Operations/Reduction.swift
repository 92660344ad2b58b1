import EdgeFormat

/// One number of all elements along some axes.
public struct Reduction: Operation {
    public static let name = "reduction"

    public enum Kind: String, CaseIterable, Sendable {
        case sum, mean, maximum, minimum, product, sumOfSquares, sumOfMagnitudes
    }

    public var kind: Kind
    /// From 0, in ascending order.
    public var axes: [Int]
    /// Whether the axes stay, with the size 1.
    public var keepsAxes: Bool

    public init(_ kind: Kind, axes: [Int], keepsAxes: Bool) {
        self.kind = kind
        self.axes = axes
        self.keepsAxes = keepsAxes
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        let type = try sameType(inputs, ElementType.allCases)[0]
        guard axes.allSatisfy(type.shape.indices.contains), zip(axes, axes.dropFirst()).allSatisfy(<) else {
            throw EdgeError(.data, at: "", "axes \(axes) of \(Shape.text(type.shape))")
        }
        let shape = type.shape.indices.compactMap { axis in
            axes.contains(axis) ? (keepsAxes ? 1 : nil) : type.shape[axis]
        }
        return [TensorType(type.element, shape)]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        guard inputs[0].type.isPlain else { throw notComputed(inputs) }
        let runs = Self.runs(inputs[0].type.shape, axes)
        if let x = inputs[0].data.reals {
            let reduce = { (places: [Int]) in reals(places.lazy.map { x[$0] }) }
            return [TensorData(outputs[0].element, reals: runs.starts.map { s in reduce(runs.offsets.map { s + $0 }) })]
        }
        guard let x = inputs[0].data.wholes else { throw notComputed(inputs) }
        return [
            TensorData(
                outputs[0].element,
                wholes: runs.starts.map { start in wholes(runs.offsets.lazy.map { x[start + $0] }) })
        ]
    }
}

extension Reduction {
    /// The first element of each result, and the places of all its elements from there.
    private static func runs(_ shape: [Int], _ axes: [Int]) -> (starts: [Int], offsets: [Int]) {
        let steps = Strides.rowMajor(shape)
        let kept = shape.indices.filter { !axes.contains($0) }
        return (
            Strides.places(kept.map { shape[$0] }, steps: kept.map { steps[$0] }),
            Strides.places(axes.map { shape[$0] }, steps: axes.map { steps[$0] })
        )
    }

    private func reals(_ x: some Collection<Float>) -> Float {
        switch kind {
        case .sum: Float(x.reduce(0.0) { $0 + Double($1) })
        case .mean: Float(x.reduce(0.0) { $0 + Double($1) } / Double(x.count))
        case .maximum: x.reduce(-.infinity) { $1.isNaN || $0.isNaN ? .nan : max($0, $1) }
        case .minimum: x.reduce(.infinity) { $1.isNaN || $0.isNaN ? .nan : min($0, $1) }
        case .product: Float(x.reduce(1.0) { $0 * Double($1) })
        case .sumOfSquares: Float(x.reduce(0.0) { $0 + Double($1) * Double($1) })
        case .sumOfMagnitudes: Float(x.reduce(0.0) { $0 + Double(abs($1)) })
        }
    }

    private func wholes(_ x: some Collection<Int64>) -> Int64 {
        switch kind {
        case .sum: x.reduce(0, &+)
        case .mean: x.reduce(0, &+) / Int64(x.count)
        case .maximum: x.reduce(.min, max)
        case .minimum: x.reduce(.max, min)
        case .product: x.reduce(1, &*)
        case .sumOfSquares: x.reduce(0) { $0 &+ $1 &* $1 }
        case .sumOfMagnitudes: x.reduce(0) { $0 &+ ($1 < 0 ? 0 &- $1 : $1) }
        }
    }
}
