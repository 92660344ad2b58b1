import EdgeFormat

/// 1 / (1 + exp(−x)) of each element.
public struct Sigmoid: Operation {
    public static let name = "sigmoid"

    public init() {}

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] { try sameType(inputs) }
}
