import EdgeFormat

/// The input as it is.
public struct Identity: Operation {
    public static let name = "identity"

    public init() {}

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try sameType(inputs, ElementType.allCases)
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        try expectSameQuantization(inputs[0].type, outputs[0])
        return [inputs[0].data]
    }
}
