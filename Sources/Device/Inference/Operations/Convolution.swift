public import EdgeFormat
internal import Kernels

/// A convolution or a dense layer as tiles of pixels by channels. A unit is one output row by one block of channels.
final class PreparedConvolution: PreparedOperation {
    /// Where the input bytes of an output pixel lie.
    struct Addresses {
        /// The first input byte of the first output pixel.
        var start: UnsafeMutableRawPointer
        /// Bytes between the inputs of neighbouring output rows and pixels.
        var rowStep: Int
        var pixelStep: Int
        /// From a pixel's first byte to each of its taps.
        var tapOffsets: [Int]
    }

    private let weights: PanelWeights
    private let kernel: convolution_kernel
    private let tilePixels: Int
    private let tileChannels: Int
    private let addresses: Addresses
    private let tapOffsets: UnsafeMutablePointer<Int32>
    private let channelBlocks: Int

    init(_ weights: PanelWeights, row: kernel_row, kernel: convolution_kernel, addresses: Addresses, output: TensorView)
    {
        let shape = weights.shape
        self.weights = weights
        self.kernel = kernel
        self.addresses = addresses
        tilePixels = Int(row.tile_pixels)
        tileChannels = Int(row.tile_channels)
        tapOffsets = UnsafeMutablePointer<Int32>.allocate(capacity: addresses.tapOffsets.count)
        for (index, offset) in addresses.tapOffsets.enumerated() {
            (tapOffsets + index).initialize(to: Int32(truncatingIfNeeded: offset))
        }
        channelBlocks = (shape.channels + tileChannels - 1) / tileChannels
        let pixels = output.tensor.height * output.tensor.width
        super.init(
            output: output, units: output.tensor.height * channelBlocks,
            cost: pixels * shape.channels * shape.taps * shape.depth, kernelName: String(cString: row.name))
    }

    deinit { tapOffsets.deallocate() }

    override func run(_ units: Range<Int>) {
        for unit in units { run(row: unit / channelBlocks, block: unit % channelBlocks) }
    }

    private func run(row: Int, block: Int) {
        let shape = weights.shape
        let tensor = output.tensor
        let offset = activation_offset()
        let first = block * tileChannels
        let target = output.start + row * output.rowPitch + first
        let source = addresses.start + row * addresses.rowStep
        // A dense layer is one pixel whose channels are all its elements.
        let pixels = tensor.isPicture ? tensor.width : 1
        let outputStride = shape.channels
        // Tiles of nearly equal width keep the last one from being a sliver.
        let tiles = (pixels + tilePixels - 1) / tilePixels
        var arguments = convolution_arguments(
            input: source.assumingMemoryBound(to: activation_t.self), pixel_stride: addresses.pixelStep,
            tap_offsets: tapOffsets, taps: Int32(shape.taps), depth: Int32(shape.paddedDepth),
            weights: weights.panels + first / PanelShape.panelChannels * shape.panelSize, panel_stride: shape.panelSize,
            bias: weights.bias + first, scale: weights.scale + first,
            output: target.assumingMemoryBound(to: activation_t.self), output_stride: outputStride,
            channels: Int32(min(tileChannels, shape.channels - first)), zero_point: Int32(tensor.zeroPoint) + offset,
            minimum: Int32(tensor.minimum) + offset, maximum: Int32(tensor.maximum) + offset)
        for tile in 0..<tiles {
            let from = pixels * tile / tiles
            let to = pixels * (tile + 1) / tiles
            arguments.input = UnsafePointer(
                (source + from * addresses.pixelStep).assumingMemoryBound(to: activation_t.self))
            arguments.output = (target + from * outputStride).assumingMemoryBound(to: activation_t.self)
            kernel(Int32(to - from), &arguments)
        }
    }
}

extension PreparedConvolution.Addresses {
    /// A convolution's: neighbouring columns of a kernel row are neighbours in memory, so an undilated row is one tap.
    init(_ parameters: ConvolutionParameters, kernelHeight: Int, kernelWidth: Int, input: TensorView) {
        let channels = input.tensor.channels
        let padding = parameters.padding
        start = input.start - padding.top * input.rowPitch - padding.left * channels
        rowStep = parameters.strideY * input.rowPitch
        pixelStep = parameters.strideX * channels
        tapOffsets = []
        let columns = parameters.dilationX == 1 ? 1 : kernelWidth
        for y in 0..<kernelHeight {
            for x in 0..<columns {
                tapOffsets.append(y * parameters.dilationY * input.rowPitch + x * parameters.dilationX * channels)
            }
        }
    }

    /// A dense layer's: one pixel, one tap.
    init(dense input: TensorView) {
        self.init(start: input.start, rowStep: 0, pixelStep: 0, tapOffsets: [0])
    }
}

extension PanelShape {
    /// The panels of a convolution's or dense layer's weights.
    init(layout: Layout, weights: ModelTensor, parameters: ModelOperation.Parameters) {
        let shape = weights.shape
        switch parameters {
        case .convolution(let convolution) where convolution.dilationX == 1:
            self.init(layout: layout, channels: shape[0], taps: shape[1], depth: shape[2] * shape[3])
        case .convolution:
            self.init(layout: layout, channels: shape[0], taps: shape[1] * shape[2], depth: shape[3])
        default:
            self.init(layout: layout, channels: shape[0], taps: 1, depth: shape[1])
        }
    }

    /// The panels of an operation's weights for a kernel set, or nil where it has none.
    public init?(set: UInt16, operation: ModelOperation, tensors: [ModelTensor]) {
        switch operation.kind {
        case .convolution, .dense:
            guard let layout = Self.layout(of: set) else { return nil }
            self.init(layout: layout, weights: tensors[operation.inputs[1]], parameters: operation.parameters)
        default: return nil
        }
    }
}
