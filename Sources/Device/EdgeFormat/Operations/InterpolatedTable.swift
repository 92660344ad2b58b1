/// A function of one 16-bit value: 1,025 results for −32768, −32704, … 32768, between which it is interpolated.
public struct InterpolatedTableParameters: Equatable, Sendable {
    /// Byte offset of the 1,025 Int16 in section `tables`, a multiple of 4.
    public var offset: Int

    /// Entries of the table.
    public static let entryCount = 1025

    public init(offset: Int) { self.offset = offset }

    /// The parameters as `OperationRecord` stores them.
    public var stored: [Int] { [offset] }
    /// Its bytes of section `tables`.
    public var bytes: Range<Int> { offset..<offset + 2 * Self.entryCount }

    init(_ context: OperationContext) throws(EdgeError) {
        offset = context.parameter(0)
        try context.checkOperands(inputs: 1)
        try context.checkTable(at: offset, bytes: 2 * Self.entryCount, alignment: 4)
        let input = context.input(0)
        guard input.isQuantized, input.element == .int16, context.output.isQuantized, context.output.element == .int16
        else {
            throw context.fail("computes with int16 alone")
        }
        guard input.shape == context.output.shape else { throw context.fail("changes the shape") }
        guard input.border.isEmpty, context.output.border.isEmpty else {
            throw context.fail("has an operand with a border")
        }
    }
}
