import EdgeFormat

/// A linear combination of neighbours along one axis, other weights for each result: resizing by linear, cubic or
/// antialiased interpolation, one axis after the other.
public struct Resampling: Operation {
    public static let name = "resampling"

    /// What an output index is computed from.
    public struct Taps: Equatable, Sendable {
        /// The first input index; −1 where the result is `fill`.
        public var first: Int
        public var weights: [Float]

        public init(first: Int, weights: [Float]) {
            self.first = first
            self.weights = weights
        }
    }

    /// From 0.
    public var axis: Int
    /// One an output index.
    public var taps: [Taps]
    public var fill: Float

    public init(axis: Int, taps: [Taps], fill: Float = 0) {
        self.axis = axis
        self.taps = taps
        self.fill = fill
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        let type = try sameType(inputs, [.float32])[0]
        var shape = type.shape
        guard shape.indices.contains(axis) else {
            throw EdgeError(.data, at: "", "there is no axis \(axis) in \(Shape.text(shape))")
        }
        for tap in taps where tap.first != -1 {
            guard tap.first >= 0, !tap.weights.isEmpty, tap.first + tap.weights.count <= shape[axis] else {
                throw EdgeError(.data, at: "", "an interpolation reads outside \(shape[axis]) elements")
            }
        }
        shape[axis] = taps.count
        _ = try Shape.elementCount(shape)
        return [TensorType(type.element, shape)]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        guard case .float32(let x) = inputs[0].data else { throw notComputed(inputs) }
        let shape = inputs[0].type.shape
        let inner = shape[(axis + 1)...].reduce(1, *)
        var y: [Float] = []
        y.reserveCapacity(outputs[0].count)
        for start in stride(from: 0, to: x.count, by: shape[axis] * inner) {
            for tap in taps {
                for element in 0..<inner {
                    var sum: Float = tap.first < 0 ? fill : 0
                    for (k, weight) in tap.weights.enumerated() where tap.first >= 0 {
                        sum += weight * x[start + (tap.first + k) * inner + element]
                    }
                    y.append(sum)
                }
            }
        }
        return [.float32(y)]
    }
}
