import EdgeFormat

/// One of two elements by a truth value; all three broadcast. Inputs: truth values, what stands where they hold, and what
/// stands elsewhere.
public struct Selection: Operation {
    public static let name = "selection"

    public init() {}

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try expect(inputs, count: 3...3)
        guard inputs[0].element == .bool, inputs[1].element == inputs[2].element else {
            throw EdgeError(
                .data, at: "", "selection by \(inputs[0].text) of \(inputs[1].text) and \(inputs[2].text)")
        }
        for input in inputs { _ = try Shape.elementCount(input.shape) }
        return [TensorType(inputs[1].element, try Broadcasting.shape(inputs.map(\.shape)))]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        let shape = outputs[0].shape
        let operands = inputs.map { $0.data.broadcast(from: $0.type.shape, to: shape) }
        guard let conditions = operands[0].truths else { throw notComputed(inputs) }
        for input in inputs[1...] { try expectSameQuantization(input.type, outputs[0]) }
        let both = operands[1].followed(by: operands[2])
        return [both.gathered(conditions.indices.map { conditions[$0] ? $0 : $0 + conditions.count })]
    }
}

extension TensorData {
    /// The elements of both, which are of one type.
    func followed(by other: TensorData) -> TensorData {
        switch (self, other) {
        case (.float32(let a), .float32(let b)): .float32(a + b)
        case (.float16(let a), .float16(let b)): .float16(a + b)
        case (.int8(let a), .int8(let b)): .int8(a + b)
        case (.int16(let a), .int16(let b)): .int16(a + b)
        case (.int32(let a), .int32(let b)): .int32(a + b)
        case (.int64(let a), .int64(let b)): .int64(a + b)
        case (.uint8(let a), .uint8(let b)): .uint8(a + b)
        case (.uint16(let a), .uint16(let b)): .uint16(a + b)
        case (.bool(let a), .bool(let b)): .bool(a + b)
        default: self
        }
    }
}
