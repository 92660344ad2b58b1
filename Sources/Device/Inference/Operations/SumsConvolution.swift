internal import EdgeFormat
internal import Kernels

/// A convolution or a dense layer with 16 bits on a side, or with an addend: sums first, then values. A unit is one line by
/// one tile of channels.
final class PreparedSumsConvolution: PreparedOperation {
    /// What is added before rounding.
    struct Addend {
        let view: TensorView
        /// Whether each pixel has its own, or each picture one row.
        let isPicture: Bool
    }

    /// The kernels and how they tile.
    struct Kernels {
        let row: kernel_row
        let sums: convolution_sums_kernel
        let requantize: requantize_kernel
    }

    private let weights: PanelWeights
    private let kernels: Kernels
    private let lines: ConvolutionLines
    private let addend: Addend?
    private let scratch: Scratch
    private let tapOffsets: UnsafeMutablePointer<Int32>
    private let channelTiles: Int
    /// Bytes of an input element.
    private let inputSize: Int
    private let tilePixels: Int
    private let tileChannels: Int
    /// Pixels whose sums fit the scratch memory: whole tiles.
    private let chunkPixels: Int

    /// - Parameter scratch: memory for the sums of a tile at least, for each thread.
    init(
        _ weights: PanelWeights, kernels: Kernels, lines: ConvolutionLines, addend: Addend?, scratch: Scratch,
        output: TensorView
    ) {
        let shape = weights.shape
        self.weights = weights
        self.kernels = kernels
        self.lines = lines
        self.addend = addend
        self.scratch = scratch
        inputSize = lines.elementSize
        tilePixels = Int(kernels.row.tile_pixels)
        tileChannels = Int(kernels.row.tile_channels)
        chunkPixels = Scratch.size / (4 * tileChannels) / tilePixels * tilePixels
        tapOffsets = lines.allocateTapOffsets()
        channelTiles = shape.tileCount(of: tileChannels)
        super.init(
            output: output, units: lines.count * channelTiles,
            cost: lines.count * lines.pixels * shape.channels * shape.taps * shape.depth,
            kernelName: String(cString: kernels.row.name))
    }

    deinit { tapOffsets.deallocate() }

    override func run(_ units: Range<Int>, part: Int) {
        let sums = scratch.memory(part).assumingMemoryBound(to: Int32.self)
        for unit in units {
            let tile = weights.shape.tile(unit % channelTiles, of: tileChannels)
            for from in stride(from: 0, to: lines.pixels, by: chunkPixels) {
                let pixels = from..<min(from + chunkPixels, lines.pixels)
                sum(line: unit / channelTiles, tile, pixels, sums)
                requantize(line: unit / channelTiles, tile, pixels, sums)
            }
        }
    }

    /// The sums of some pixels of a line for a tile of channels.
    private func sum(
        line: Int, _ tile: PanelShape.ChannelTile, _ pixels: Range<Int>, _ sums: UnsafeMutablePointer<Int32>
    ) {
        let shape = weights.shape
        let source = lines.input(line) + pixels.lowerBound * lines.pixelStep + tile.input * inputSize
        // Tiles of nearly equal width keep the last one from being a sliver.
        let tiles = (pixels.count + tilePixels - 1) / tilePixels
        var arguments = convolution_sums_arguments(
            input: source, pixel_stride: lines.pixelStep, tap_offsets: tapOffsets, taps: Int32(shape.taps),
            depth: Int32(shape.paddedDepth),
            weights: weights.panels + tile.panel * shape.panelSize, panel_stride: shape.panelSize,
            bias: weights.bias + tile.first, sums: sums, sums_stride: tileChannels,
            channels: Int32(tile.channels))
        for tile in 0..<tiles {
            let from = pixels.count * tile / tiles
            let to = pixels.count * (tile + 1) / tiles
            arguments.input = UnsafeRawPointer(source + from * lines.pixelStep)
            arguments.sums = sums + from * tileChannels
            kernels.sums(Int32(to - from), &arguments)
        }
    }

    private func requantize(
        line: Int, _ tile: PanelShape.ChannelTile, _ pixels: Range<Int>, _ sums: UnsafeMutablePointer<Int32>
    ) {
        let first = tile.first
        let target = lines.output(line) + pixels.lowerBound * lines.outputStep + first * output.tensor.element.size
        var arguments = requantize_arguments(
            sums: sums, sums_stride: tileChannels, pixels: Int32(pixels.count),
            channels: Int32(tile.channels), scale: weights.scale + first,
            output: target, output_stride: lines.outputStep, output_is_16: output.is16, addend: nil, addend_stride: 0,
            addend_is_16: 0, addend_zero_point: 0, addend_scale: 0, zero_point: output.memoryZeroPoint,
            minimum: output.memoryMinimum, upper: weights.upper + first)
        if let addend {
            let view = addend.view
            let size = view.tensor.element.size
            let values =
                addend.isPicture
                ? view.line(line) + pixels.lowerBound * view.pixelPitch
                : view.start + line / lines.rows * weights.shape.channels * size
            arguments.addend = UnsafeRawPointer(values + first * size)
            arguments.addend_stride = addend.isPicture ? view.pixelPitch : 0
            arguments.addend_is_16 = view.is16
            arguments.addend_zero_point = view.memoryZeroPoint
            arguments.addend_scale = view.scale / output.scale
        }
        kernels.requantize(&arguments)
    }
}
