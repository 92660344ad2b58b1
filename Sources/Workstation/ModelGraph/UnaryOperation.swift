import EdgeFormat

/// An operation that computes each element from one element. In 8 bits it is a table.
public protocol UnaryOperation: Operation {
    func callAsFunction(_ x: Float) -> Float
}

extension UnaryOperation {
    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] { try sameType(inputs) }

    /// The table of this function between two quantizations, each entry rounded half to even.
    public func table(from input: Quantization, to output: Quantization) -> Table {
        Table(
            function: Self.name,
            entries: (-128...127).map { output.quantize(self(input.dequantize(Int8($0)))) })
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        switch inputs[0].data {
        case .float32(let x):
            return [.float32(x.map { self($0) })]
        case .int8(let x):
            let table = table(
                from: try inputs[0].type.activationQuantization, to: try outputs[0].activationQuantization)
            return [.int8(table.apply(x))]
        default:
            throw notComputed(inputs)
        }
    }
}
