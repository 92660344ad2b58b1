internal import EdgeFormat
internal import Kernels

/// A convolution or a dense layer of 8 bits in, 8 bits out, as tiles of pixels by channels. A unit is one line by one tile
/// of channels.
final class PreparedConvolution: PreparedOperation {
    private let weights: PanelWeights
    private let kernel: convolution_kernel
    private let tilePixels: Int
    private let tileChannels: Int
    private let lines: ConvolutionLines
    private let tapOffsets: UnsafeMutablePointer<Int32>
    private let channelTiles: Int

    init(
        _ weights: PanelWeights, row: kernel_row, kernel: convolution_kernel, lines: ConvolutionLines,
        output: TensorView
    ) {
        let shape = weights.shape
        self.weights = weights
        self.kernel = kernel
        self.lines = lines
        tilePixels = Int(row.tile_pixels)
        tileChannels = Int(row.tile_channels)
        tapOffsets = lines.allocateTapOffsets()
        channelTiles = shape.tileCount(of: tileChannels)
        super.init(
            output: output, units: lines.count * channelTiles,
            cost: lines.count * lines.pixels * shape.channels * shape.taps * shape.depth,
            kernelName: String(cString: row.name))
    }

    deinit { tapOffsets.deallocate() }

    override func run(_ units: Range<Int>, part: Int) {
        for unit in units { run(line: unit / channelTiles, weights.shape.tile(unit % channelTiles, of: tileChannels)) }
    }

    private func run(line: Int, _ tile: PanelShape.ChannelTile) {
        let shape = weights.shape
        let target = lines.output(line) + tile.first
        let source = lines.input(line) + tile.input
        let pixels = lines.pixels
        // Tiles of nearly equal width keep the last one from being a sliver.
        let tiles = (pixels + tilePixels - 1) / tilePixels
        var arguments = convolution_arguments(
            input: source.assumingMemoryBound(to: activation_t.self), pixel_stride: lines.pixelStep,
            tap_offsets: tapOffsets, taps: Int32(shape.taps), depth: Int32(shape.paddedDepth),
            weights: weights.panels + tile.panel * shape.panelSize, panel_stride: shape.panelSize,
            bias: weights.bias + tile.first, scale: weights.scale + tile.first,
            output: target.assumingMemoryBound(to: activation_t.self), output_stride: lines.outputStep,
            channels: Int32(tile.channels), zero_point: output.memoryZeroPoint,
            minimum: output.memoryMinimum, maxima: weights.maxima + tile.first)
        for tile in 0..<tiles {
            let from = pixels * tile / tiles
            let to = pixels * (tile + 1) / tiles
            arguments.input = UnsafePointer(
                (source + from * lines.pixelStep).assumingMemoryBound(to: activation_t.self))
            arguments.output = (target + from * lines.outputStep).assumingMemoryBound(to: activation_t.self)
            kernel(Int32(to - from), &arguments)
        }
    }
}
