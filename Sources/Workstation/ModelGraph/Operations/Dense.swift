import EdgeFormat

/// y = W·x + b for the last axis of x, then a clamp.
///
/// Inputs: x …·I, weights O·I, and optionally a bias of O. Output: …·O.
public struct Dense: Operation {
    public static let name = "dense"

    public var activation: Activation

    public init(activation: Activation = .none) {
        self.activation = activation
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try expect(inputs, count: 2...3)
        for input in inputs { _ = try Shape.elementCount(input.shape) }
        guard inputs[1].shape.count == 2 else {
            throw EdgeError(
                .data, at: "", "weights have shape \(Shape.text(inputs[1].shape)); two dimensions are needed")
        }
        try expectLinear(inputs, outputs: inputs[1].shape[0])
        guard inputs[0].shape.count >= 2, inputs[0].shape.last == inputs[1].shape[1] else {
            throw EdgeError(
                .data, at: "",
                "weights take \(inputs[1].shape[1]) values, the input has shape \(Shape.text(inputs[0].shape))")
        }
        let shape = Array(inputs[0].shape.dropLast()) + [inputs[1].shape[0]]
        _ = try Shape.elementCount(shape)
        return [TensorType(inputs[0].element, shape)]
    }
}
