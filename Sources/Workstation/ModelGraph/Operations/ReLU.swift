import EdgeFormat

/// max(x, 0) of each element.
public struct ReLU: Operation {
    public static let name = "relu"

    public init() {}

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] { try sameType(inputs) }
}
