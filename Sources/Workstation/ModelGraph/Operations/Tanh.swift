import EdgeFormat

/// The hyperbolic tangent of each element.
public struct Tanh: Operation {
    public static let name = "tanh"

    public init() {}

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] { try sameType(inputs) }
}
