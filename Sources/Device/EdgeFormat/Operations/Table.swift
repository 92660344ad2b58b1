/// A function of one 8-bit value: 256 results, for the inputs −128 … 127 in order.
public struct TableParameters: Equatable, Sendable {
    /// Byte offset of the 256 signed bytes in section `tables`.
    public var offset: Int

    public init(offset: Int) { self.offset = offset }

    /// The parameters as `OperationRecord` stores them.
    public var stored: [Int] { [offset] }
    /// Its bytes of section `tables`.
    public var bytes: Range<Int> { offset..<offset + 256 }

    init(_ context: OperationContext) throws(EdgeError) {
        offset = context.parameter(0)
        try context.checkOperands(inputs: 1)
        try context.checkEightBits()
        try context.checkTable(at: offset, bytes: 256)
        guard context.input(0).shape == context.output.shape else { throw context.fail("changes the shape") }
    }
}
