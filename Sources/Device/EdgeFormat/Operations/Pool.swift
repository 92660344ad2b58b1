/// An average or max pool over pictures. Unless padding counts, the window is clipped to the
/// picture and never reads its border.
public struct PoolParameters: Equatable, Sendable {
    public var windowY: Int
    public var windowX: Int
    public var strideY: Int
    public var strideX: Int
    public var padding: Border
    /// Average pool: whether padding counts as values of zero, read from the input's border.
    public var countsPadding: Bool

    public init(windowY: Int, windowX: Int, strideY: Int, strideX: Int, padding: Border, countsPadding: Bool) {
        self.windowY = windowY
        self.windowX = windowX
        self.strideY = strideY
        self.strideX = strideX
        self.padding = padding
        self.countsPadding = countsPadding
    }

    /// The parameters as `OperationRecord` stores them.
    public var stored: [Int] {
        [
            windowY, windowX, strideY, strideX, padding.top, padding.left, padding.bottom, padding.right,
            countsPadding ? 1 : 0,
        ]
    }

    init(_ context: OperationContext) throws(EdgeError) {
        try context.checkOperands(inputs: 1)
        try context.checkEightBits()
        // A mean may have another scale than what it is the mean of.
        let isAverage = context.record.kind == OperationKind.averagePool.rawValue
        if !isAverage { try context.checkSameValues(context.input(0)) }
        windowY = context.parameter(0)
        windowX = context.parameter(1)
        strideY = context.parameter(2)
        strideX = context.parameter(3)
        padding = Border(
            top: context.parameter(4), left: context.parameter(5), bottom: context.parameter(6),
            right: context.parameter(7))
        countsPadding = context.parameter(8) == 1
        guard (0...(isAverage ? 1 : 0)).contains(context.parameter(8)) else {
            throw context.fail("has an unknown rule for padding")
        }
        try check(context)
    }

    private func check(_ context: OperationContext) throws(EdgeError) {
        let input = context.input(0)
        let output = context.output
        guard input.isPicture, output.isPicture, input.channels == output.channels else {
            throw context.fail("needs pictures of the same depth")
        }
        guard (1...1024).contains(windowY), (1...1024).contains(windowX), windowY * windowX <= 1024 else {
            throw context.fail("has a window of no or more than 1024 pixels")
        }
        guard (1...4096).contains(strideY), (1...4096).contains(strideX) else {
            throw context.fail("has a stride outside 1 … 4096")
        }
        // Every window holds at least one pixel of the picture.
        guard (0..<windowY).contains(padding.top), (0..<windowY).contains(padding.bottom),
            (0..<windowX).contains(padding.left), (0..<windowX).contains(padding.right)
        else { throw context.fail("pads by its window or more") }
        let border = input.border
        guard
            !countsPadding
                || padding.top <= border.top && padding.left <= border.left && padding.bottom <= border.bottom
                    && padding.right <= border.right
        else { throw context.fail("counts padding further than its input's border") }
        let rows = outputSize(
            input.height + padding.top + padding.bottom, window: windowY, stride: strideY, dilation: 1)
        let columns = outputSize(
            input.width + padding.left + padding.right, window: windowX, stride: strideX, dilation: 1)
        guard output.height == rows, output.width == columns, output.pictures == input.pictures, rows > 0, columns > 0
        else {
            throw context.fail("has an output shape that does not follow from its input")
        }
    }
}
