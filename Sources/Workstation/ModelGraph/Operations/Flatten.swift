import EdgeFormat

/// All axes but the first joined into one, in the order of the elements: N·H·W·C to N·(H·W·C).
public struct Flatten: Operation {
    public static let name = "flatten"

    public init() {}

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        let element = try sameType(inputs, ElementType.allCases)[0].element
        guard let first = inputs[0].shape.first else { throw EdgeError(.data, at: "", "flatten of a scalar") }
        return [TensorType(element, [first, inputs[0].count / first])]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        try expectSameQuantization(inputs[0].type, outputs[0])
        return [inputs[0].data]
    }
}
