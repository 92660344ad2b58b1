import EdgeFormat

/// The same elements in the same order under another shape.
public struct Reshape: Operation {
    public static let name = "reshape"

    public var shape: [Int]

    public init(shape: [Int]) {
        self.shape = shape
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        let element = try sameType(inputs, ElementType.allCases)[0].element
        guard try Shape.elementCount(shape) == inputs[0].count else {
            throw EdgeError(.data, at: "", "\(Shape.text(inputs[0].shape)) cannot become \(Shape.text(shape))")
        }
        return [TensorType(element, shape)]
    }

    public func batched(from old: Int, to new: Int) -> Reshape {
        shape.first == old ? Reshape(shape: [new] + shape.dropFirst()) : self
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        try expectSameQuantization(inputs[0].type, outputs[0])
        return [inputs[0].data]
    }
}
