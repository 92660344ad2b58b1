/// What many numbers become one by; the numbers stand in the file and are those of `plain_reduction` (Plain.h in Kernels).
public enum ReductionKind: Int32, CaseIterable, Sendable {
    case sum = 1
    case mean, maximum, minimum, product, sumOfSquares, sumOfMagnitudes
}

/// One number of all elements along some axes.
public struct ReductionParameters: Equatable, Sendable {
    public var kind: ReductionKind
    /// Of the input, in ascending order.
    public var axes: [Int]

    public init(_ kind: ReductionKind, axes: [Int]) {
        self.kind = kind
        self.axes = axes
    }

    /// The parameters as `OperationRecord` stores them.
    public var stored: [Int] { [Int(kind.rawValue), axes.reduce(0) { $0 | 1 << $1 }] }

    init(_ context: OperationContext) throws(EdgeError) {
        try context.checkPlain(inputs: 1...1)
        let (input, output) = (context.input(0), context.output)
        guard let kind = ReductionKind(rawValue: context.record.parameters[0]) else {
            throw context.fail("has reduction \(context.parameter(0)), " + Container.needsNewer)
        }
        self.kind = kind
        let mask = context.parameter(1)
        guard mask >= 0, mask < 1 << input.shape.count else { throw context.fail("names axes that are not there") }
        var (axes, kept, short): ([Int], [Int], [Int]) = ([], [], [])
        for (axis, size) in input.shape.enumerated() {
            if mask >> axis & 1 == 1 {
                axes.append(axis)
                kept.append(1)
            } else {
                kept.append(size)
                short.append(size)
            }
        }
        self.axes = axes
        guard output.element == input.element, output.shape == kept || output.shape == short else {
            throw context.fail("has an output that does not follow from its input")
        }
    }
}

/// The index of the largest or smallest element along an axis.
public struct ArgumentReductionParameters: Equatable, Sendable {
    public var isMaximum: Bool
    public var axis: Int
    /// Of equal elements the last one counts, not the first.
    public var selectsLast: Bool

    public init(isMaximum: Bool, axis: Int, selectsLast: Bool) {
        self.isMaximum = isMaximum
        self.axis = axis
        self.selectsLast = selectsLast
    }

    /// The parameters as `OperationRecord` stores them.
    public var stored: [Int] { [isMaximum ? 1 : 0, axis, selectsLast ? 1 : 0] }

    init(_ context: OperationContext) throws(EdgeError) {
        try context.checkPlain(inputs: 1...1)
        let shape = context.input(0).shape
        isMaximum = try context.flag(0)
        axis = try context.axis(1, of: shape)
        selectsLast = try context.flag(2)
        var (kept, short) = (shape, shape)
        kept[axis] = 1
        short.remove(at: axis)
        guard context.output.element == .int64, context.output.shape == kept || context.output.shape == short else {
            throw context.fail("has an output that does not follow from its input, or is not of int64")
        }
    }
}

/// Softmax or its logarithm over the last axis.
func checkPlainSoftmax(_ context: OperationContext) throws(EdgeError) -> Bool {
    try context.checkPlain(inputs: 1...1)
    try context.checkElements([context.input(0), context.output], [.float32])
    guard !context.output.shape.isEmpty else { throw context.fail("has no axis") }
    try context.checkOutput(context.input(0).shape)
    return try context.flag(0)
}

/// The k largest or smallest elements along the last axis, in order, and where they were.
func checkTopK(_ context: OperationContext) throws(EdgeError) -> Bool {
    try context.checkPlain(inputs: 1...1, outputs: 2)
    let (input, values, indices) = (context.input(0), context.output, context.output(1))
    guard values.element == input.element, indices.element == .int64, values.shape == indices.shape,
        values.shape.count == input.shape.count, let size = input.shape.last, let count = values.shape.last,
        count <= size, input.shape.dropLast() == values.shape.dropLast()
    else { throw context.fail("has outputs that do not follow from its input") }
    return try context.flag(0)
}
