import EdgeFormat

/// The input as it is.
public struct Identity: Operation {
    public static let name = "identity"

    public init() {}

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] { try sameType(inputs) }
}
