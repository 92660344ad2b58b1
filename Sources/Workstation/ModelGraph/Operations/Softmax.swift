import EdgeFormat

/// exp(x) / Σ exp(x) along the last axis.
public struct Softmax: Operation {
    public static let name = "softmax"

    public init() {}

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        let types = try sameType(inputs)
        guard !inputs[0].shape.isEmpty else { throw EdgeError(.data, at: "", "softmax of a scalar") }
        return types
    }
}
