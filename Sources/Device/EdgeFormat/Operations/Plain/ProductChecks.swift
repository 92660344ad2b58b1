/// Products of matrices M·K and K·N, the last two axes; those before broadcast. A bias of N may be added.
func checkMatrixProduct(_ context: OperationContext) throws(EdgeError) -> FloatBounds {
    try context.checkPlain(inputs: 2...3)
    let (a, b, output) = (context.input(0), context.input(1), context.output)
    try context.checkElements([output] + context.record.inputs.indices.map { context.input($0) }, [.float32, .int32])
    let rank = output.shape.count
    guard a.shape.count >= 2, b.shape.count >= 2, rank >= 2, a.shape.count <= rank, b.shape.count <= rank,
        a.shape[a.shape.count - 1] == b.shape[b.shape.count - 2],
        output.shape.suffix(2).elementsEqual([a.shape[a.shape.count - 2], b.shape[b.shape.count - 1]])
    else { throw context.fail("has matrices that do not fit each other") }
    for operand in [a.shape.dropLast(2), b.shape.dropLast(2)] {
        let batch = output.shape.dropLast(2).suffix(operand.count)
        guard zip(operand, batch).allSatisfy({ $0 == 1 || $0 == $1 }) else {
            throw context.fail("has matrices in numbers that do not fit each other")
        }
    }
    if context.record.inputs.count == 3, context.input(2).shape != [output.shape[rank - 1]] {
        throw context.fail("needs one bias a column")
    }
    return try FloatBounds(context, at: 0)
}

/// Where a window stands on a picture N·H·W·C.
public struct WindowParameters: Equatable, Sendable {
    public var strideY: Int
    public var strideX: Int
    /// Rows and columns outside the picture; there is no border in memory.
    public var padding: Border
    public var dilationY: Int
    public var dilationX: Int

    public init(strideY: Int, strideX: Int, padding: Border, dilationY: Int = 1, dilationX: Int = 1) {
        self.strideY = strideY
        self.strideX = strideX
        self.padding = padding
        self.dilationY = dilationY
        self.dilationX = dilationX
    }

    var stored: [Int] {
        [strideY, strideX, padding.top, padding.left, padding.bottom, padding.right, dilationY, dilationX]
    }

    /// The largest stride, dilation or padding.
    static let limit = 65_536

    /// - Parameter first: the parameter that it begins with.
    init(_ context: OperationContext, at first: Int) throws(EdgeError) {
        strideY = context.parameter(first)
        strideX = context.parameter(first + 1)
        padding = Border(
            top: context.parameter(first + 2), left: context.parameter(first + 3), bottom: context.parameter(first + 4),
            right: context.parameter(first + 5))
        dilationY = context.parameter(first + 6)
        dilationX = context.parameter(first + 7)
        for step in [strideY, strideX, dilationY, dilationX] where !(1...Self.limit).contains(step) {
            throw context.fail("has a stride or dilation outside 1 … \(Self.limit)")
        }
        for side in [padding.top, padding.left, padding.bottom, padding.right] where !(0...Self.limit).contains(side) {
            throw context.fail("has padding outside 0 … \(Self.limit)")
        }
    }

    /// Whether the output has a place for each window that fits the padded input.
    func check(_ context: OperationContext, windowY: Int, windowX: Int) throws(EdgeError) {
        let (input, output) = (context.input(0), context.output)
        guard
            output.shape[1]
                == outputSize(
                    input.shape[1] + padding.top + padding.bottom, window: windowY, stride: strideY, dilation: dilationY
                ),
            output.shape[2]
                == outputSize(
                    input.shape[2] + padding.left + padding.right, window: windowX, stride: strideX, dilation: dilationX
                )
        else { throw context.fail("has an output shape that does not follow from its input") }
    }
}

/// A convolution of plain pictures N·H·W·C with weights KH·KW·(C/groups)·O, and a bias of O where there is a third input.
public struct PlainConvolutionParameters: Equatable, Sendable {
    public var window: WindowParameters
    public var groups: Int
    public var bounds: FloatBounds

    public init(window: WindowParameters, groups: Int, bounds: FloatBounds) {
        self.window = window
        self.groups = groups
        self.bounds = bounds
    }

    /// The parameters as `OperationRecord` stores them.
    public var stored: [Int] { window.stored + [groups] + bounds.stored }

    init(_ context: OperationContext) throws(EdgeError) {
        try context.checkPlain(inputs: 2...3)
        let (input, weights, output) = (context.input(0), context.input(1), context.output)
        try context.checkElements(
            [output] + context.record.inputs.indices.map { context.input($0) }, [.float32, .int32])
        window = try WindowParameters(context, at: 0)
        groups = context.parameter(8)
        bounds = try FloatBounds(context, at: 9)
        guard input.shape.count == 4, weights.shape.count == 4, output.shape.count == 4,
            input.shape[0] == output.shape[0]
        else { throw context.fail("needs pictures and weights of four axes") }
        guard groups >= 1, weights.shape[3] == output.shape[3], output.shape[3] % groups == 0,
            input.shape[3] == weights.shape[2] * groups
        else { throw context.fail("has weights or groups that do not fit its channels") }
        try window.check(context, windowY: weights.shape[0], windowX: weights.shape[1])
        if context.record.inputs.count == 3, context.input(2).shape != [output.shape[3]] {
            throw context.fail("needs one bias a channel")
        }
    }
}

/// The largest number or the mean of a window of plain pictures N·H·W·C.
public struct PlainPoolParameters: Equatable, Sendable {
    public enum Kind: Int, Sendable {
        case maximum = 0
        /// Over the places inside the picture.
        case average = 1
        /// Over the places inside the padded picture, where padding is 0.
        case averageWithPadding = 2
    }

    public var windowY: Int
    public var windowX: Int
    public var window: WindowParameters
    public var kind: Kind

    public init(windowY: Int, windowX: Int, window: WindowParameters, kind: Kind) {
        self.windowY = windowY
        self.windowX = windowX
        self.window = window
        self.kind = kind
    }

    /// The parameters as `OperationRecord` stores them.
    public var stored: [Int] { [windowY, windowX] + window.stored + [kind.rawValue] }

    init(_ context: OperationContext) throws(EdgeError) {
        try context.checkPlain(inputs: 1...1)
        let (input, output) = (context.input(0), context.output)
        try context.checkElements([input, output], [.float32])
        windowY = context.parameter(0)
        windowX = context.parameter(1)
        guard (1...WindowParameters.limit).contains(windowY), (1...WindowParameters.limit).contains(windowX) else {
            throw context.fail("has a window outside 1 … \(WindowParameters.limit)")
        }
        window = try WindowParameters(context, at: 2)
        guard let kind = Kind(rawValue: context.parameter(10)) else { throw context.fail("has an unknown rule") }
        self.kind = kind
        guard input.shape.count == 4, output.shape.count == 4, input.shape[0] == output.shape[0],
            input.shape[3] == output.shape[3]
        else { throw context.fail("needs pictures of the same depth") }
        try window.check(context, windowY: windowY, windowX: windowX)
    }
}
