/// Sines and cosines of N time steps, in integers: the output is N·D of 16 bits with the scale 2⁻¹⁵.
public struct TimeEmbeddingParameters: Equatable, Sendable {
    /// Byte offset in section `tables`, a multiple of 4, of D/2 UInt32, the phases of one step, and 1,025 Int32, a sine.
    public var offset: Int

    /// Entries of the sine's table.
    public static let sineCount = 1025
    /// D at most.
    public static let widthLimit = 4096

    public init(offset: Int) { self.offset = offset }

    /// The parameters as `OperationRecord` stores them.
    public var stored: [Int] { [offset] }
    /// Its bytes of section `tables`.
    /// - Parameter width: D.
    public func bytes(width: Int) -> Range<Int> { offset..<offset + 4 * (width / 2 + Self.sineCount) }

    init(_ context: OperationContext) throws(EdgeError) {
        offset = context.parameter(0)
        try context.checkOperands(inputs: 1)
        let steps = context.input(0)
        let output = context.output
        guard steps.isIndex, output.isQuantized, output.element == .int16, output.scales[0] == 0x1p-15 else {
            throw context.fail("needs int32 time steps and gives int16 with the scale 2^-15")
        }
        guard output.shape.count == 2, output.shape[0] == steps.count, output.shape[1] % 2 == 0,
            output.shape[1] <= Self.widthLimit
        else { throw context.fail("has an output that is not an even number of values, at most 4096, a step") }
        let width = output.shape[1]
        try context.checkTable(at: offset, bytes: bytes(width: width).count, alignment: 4)
        for index in 0..<Self.sineCount {
            guard (-(1 << 30)...1 << 30).contains(context.tableEntry(at: offset + 4 * (width / 2 + index))) else {
                throw context.fail("has a table that is no sine")
            }
        }
    }
}
