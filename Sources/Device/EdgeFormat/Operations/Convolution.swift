/// A 2-D convolution (cross-correlation) of pictures N·H·W·I with weights O·KH·KW·(I/groups), per-channel scales, a bias
/// and perhaps upper bounds of its O channels.
public struct ConvolutionParameters: Equatable, Sendable {
    public var strideY: Int
    public var strideX: Int
    /// Rows and columns of zero points around the input; its border in the arena is at least as wide.
    public var padding: Border
    public var dilationY: Int
    public var dilationX: Int
    /// Output channel n reads the I/groups input channels of group n / (O/groups).
    public var groups: Int

    public init(strideY: Int, strideX: Int, padding: Border, dilationY: Int, dilationX: Int, groups: Int = 1) {
        self.strideY = strideY
        self.strideX = strideX
        self.padding = padding
        self.dilationY = dilationY
        self.dilationX = dilationX
        self.groups = groups
    }

    /// The parameters as `OperationRecord` stores them.
    public var stored: [Int] {
        [strideY, strideX, padding.top, padding.left, padding.bottom, padding.right, dilationY, dilationX, groups]
    }

    init(_ context: OperationContext) throws(EdgeError) {
        try context.checkOperands(inputs: 3, optional: 1)
        self.init(stored: context)
        try check(context)
        try context.checkUpperBounds(3, channels: context.output.channels)
    }

    /// Of a convolution whose fourth input is added to its sums: a picture like the output, or one row a picture.
    init(addition context: OperationContext) throws(EdgeError) {
        try context.checkOperands(inputs: 4, optional: 1, activations: [0, 3])
        try context.checkActivations([3])
        self.init(stored: context)
        try check(context)
        try context.checkUpperBounds(4, channels: context.output.channels)
        let addend = context.input(3)
        let output = context.output
        guard addend.shape == output.shape || addend.shape == [output.pictures, output.channels] else {
            throw context.fail("has an addend that is neither like its output nor one row a picture")
        }
    }

    private init(stored context: OperationContext) {
        strideY = context.parameter(0)
        strideX = context.parameter(1)
        padding = Border(
            top: context.parameter(2), left: context.parameter(3), bottom: context.parameter(4),
            right: context.parameter(5))
        dilationY = context.parameter(6)
        dilationX = context.parameter(7)
        groups = context.parameter(8)
    }

    private func check(_ context: OperationContext) throws(EdgeError) {
        let input = context.input(0)
        let weights = context.input(1)
        let output = context.output
        try context.checkActivations()
        guard input.isPicture, output.isPicture, weights.shape.count == 4 else {
            throw context.fail("needs pictures and weights of rank 4")
        }
        guard groups >= 1, input.channels % groups == 0, output.channels % groups == 0 else {
            throw context.fail("has \(groups) groups, which do not divide its channels")
        }
        guard weights.shape[3] == input.channels / groups else {
            throw context.fail("needs weights for the \(input.channels / groups) channels of a group")
        }
        guard (1...4096).contains(strideY), (1...4096).contains(strideX), (1...4096).contains(dilationY),
            (1...4096).contains(dilationX)
        else { throw context.fail("has a stride or dilation outside 1 … 4096") }
        let border = input.border
        guard (0...border.top).contains(padding.top), (0...border.left).contains(padding.left),
            (0...border.bottom).contains(padding.bottom), (0...border.right).contains(padding.right)
        else { throw context.fail("pads further than its input's border") }
        let rows = outputSize(
            input.height + padding.top + padding.bottom, window: weights.shape[1], stride: strideY, dilation: dilationY)
        let columns = outputSize(
            input.width + padding.left + padding.right, window: weights.shape[2], stride: strideX, dilation: dilationX)
        guard output.height == rows, output.width == columns, output.channels == weights.shape[0],
            output.pictures == input.pictures
        else {
            throw context.fail("has an output shape that does not follow from its input")
        }
        // A tap is a run of bytes and its offset is 32 bits.
        guard input.homeSize < 1 << 31 else { throw context.fail("has too large an input") }
        try context.checkWeights(channels: output.channels)
    }
}

/// Places where a window fits: floor((size − reach) / stride) + 1, or 0.
func outputSize(_ size: Int, window: Int, stride: Int, dilation: Int) -> Int {
    let reach = (window - 1) * dilation + 1
    return reach > size ? 0 : (size - reach) / stride + 1
}
