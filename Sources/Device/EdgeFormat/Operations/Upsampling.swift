/// Each pixel of N·H·W·C repeated, to N·(H·factorY)·(W·factorX)·C.
public struct UpsamplingParameters: Equatable, Sendable {
    /// 1 … 16 each.
    public var factorY: Int
    public var factorX: Int

    public init(factorY: Int, factorX: Int) {
        self.factorY = factorY
        self.factorX = factorX
    }

    /// The parameters as `OperationRecord` stores them.
    public var stored: [Int] { [factorY, factorX] }

    init(_ context: OperationContext) throws(EdgeError) {
        factorY = context.parameter(0)
        factorX = context.parameter(1)
        try context.checkOperands(inputs: 1)
        try context.checkActivations()
        let input = context.input(0)
        let output = context.output
        guard (1...16).contains(factorY), (1...16).contains(factorX) else {
            throw context.fail("has a factor outside 1 … 16")
        }
        guard input.isPicture, output.isPicture, output.pictures == input.pictures,
            output.height == input.height * factorY, output.width == input.width * factorX,
            output.channels == input.channels
        else { throw context.fail("has an output shape that does not follow from its input") }
        try context.checkSameValues(input)
    }
}
