/// Softmax over the last axis.
public struct SoftmaxParameters: Equatable, Sendable {
    /// Byte offset in section `tables` of 256 Int32: round(2²³·exp(−input scale·d)) for d = 0 … 255.
    public var offset: Int

    public init(offset: Int) { self.offset = offset }

    /// The parameters as `OperationRecord` stores them.
    public var stored: [Int] { [offset] }

    init(_ context: OperationContext) throws(EdgeError) {
        offset = context.parameter(0)
        try context.checkOperands(inputs: 1)
        try context.checkExponentials(at: offset)
        guard context.input(0).shape == context.output.shape, !context.output.shape.isEmpty else {
            throw context.fail("changes the shape")
        }
        guard context.input(0).border.isEmpty, context.output.border.isEmpty else {
            throw context.fail("has an operand with a border")
        }
    }
}
