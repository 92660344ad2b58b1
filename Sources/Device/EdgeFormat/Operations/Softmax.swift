/// Softmax over the last axis.
public struct SoftmaxParameters: Equatable, Sendable {
    /// Byte offset in section `tables` of 256 Int32: round(2²³·exp(−input scale·d)) for d = 0 … 255.
    public var offset: Int

    public init(offset: Int) { self.offset = offset }

    /// The parameters as `OperationRecord` stores them.
    public var stored: [Int] { [offset] }
    /// Its bytes of section `tables`.
    public var bytes: Range<Int> { offset..<offset + 1024 }

    init(_ context: OperationContext) throws(EdgeError) {
        offset = context.parameter(0)
        try context.checkOperands(inputs: 1)
        try context.checkEightBits()
        try context.checkExponentials(at: offset)
        guard context.input(0).shape == context.output.shape, !context.output.shape.isEmpty else {
            throw context.fail("changes the shape")
        }
        // Results are at most 1 / scale: above 32 bits processors would differ.
        guard context.output.scales[0] >= 0x1p-30 else { throw context.fail("has an output scale below 2^-30") }
        guard context.input(0).border.isEmpty, context.output.border.isEmpty else {
            throw context.fail("has an operand with a border")
        }
    }
}
