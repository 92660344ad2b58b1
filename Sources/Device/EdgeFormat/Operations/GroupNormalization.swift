/// A group norm over pictures N·H·W·C with factors γ and offsets β of C Float each. The channels fall into `groups` of
/// neighbours; each picture is on its own.
public struct GroupNormalizationParameters: Equatable, Sendable {
    public var groups: Int
    /// ε, in the reals that the input stands for.
    public var epsilon: Float
    /// Byte offset in section `tables` of the 4,096 signed bytes of a function, or nil where there is none.
    public var tableOffset: Int?
    /// s_y, the step that the function's table counts in; not read where there is none.
    public var activationScale: Float

    /// Values of a group at most, so that n·Σq² fits 64 bits.
    public static let groupLimit = 65_536
    /// Entries of the function's table.
    public static let tableSize = 4096

    public init(groups: Int, epsilon: Float, tableOffset: Int? = nil, activationScale: Float = 0) {
        self.groups = groups
        self.epsilon = epsilon
        self.tableOffset = tableOffset
        self.activationScale = activationScale
    }

    /// The parameters as `OperationRecord` stores them.
    public var stored: [Int] {
        [groups, Int(Int32(bitPattern: epsilon.bitPattern)), tableOffset ?? -1]
            + [Int(Int32(bitPattern: activationScale.bitPattern))]
    }

    /// Its bytes of section `tables`; empty where it has no function.
    public var bytes: Range<Int> {
        guard let tableOffset else { return 0..<0 }
        return tableOffset..<tableOffset + Self.tableSize
    }

    init(_ context: OperationContext) throws(EdgeError) {
        try context.checkOperands(inputs: 3)
        try context.checkActivations()
        groups = context.parameter(0)
        epsilon = context.real(1)
        tableOffset = context.parameter(2) == -1 ? nil : context.parameter(2)
        activationScale = context.real(3)
        let input = context.input(0)
        guard input.isPicture, input.shape == context.output.shape else {
            throw context.fail("needs a picture and changes no shape")
        }
        guard groups > 0, input.channels % groups == 0 else {
            throw context.fail("has \(groups) groups, which do not divide its \(input.channels) channels")
        }
        let values = input.height * input.width * (input.channels / groups)
        guard values <= Self.groupLimit else {
            throw context.fail("has \(values) values in a group; at most \(Self.groupLimit) can be")
        }
        guard epsilon.isFinite, epsilon > 0 else { throw context.fail("has an epsilon that is not above 0") }
        try context.checkFactors(1)
        try context.checkFactors(2)
        guard let tableOffset else { return }
        try context.checkTable(at: tableOffset, bytes: Self.tableSize)
        guard activationScale.isFinite, activationScale > 0 else {
            throw context.fail("has a scale of its function that is not above 0")
        }
        guard context.output.element == .int8 else { throw context.fail("gives int8 alone with a function") }
    }
}
