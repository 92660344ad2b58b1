internal import EdgeFormat
internal import Kernels

/// A depthwise convolution of 8 bits in, 8 bits out. A unit is one output row of one picture.
final class PreparedDepthwise: PreparedOperation {
    private let weights: PanelWeights
    private let kernel: depthwise_kernel
    private let lines: ConvolutionLines
    /// All but where a row is read and written.
    private let arguments: depthwise_arguments

    init(
        _ parameters: ConvolutionParameters, weights: PanelWeights, row: kernel_row, kernel: depthwise_kernel,
        lines: ConvolutionLines, input: TensorView, output: TensorView
    ) {
        let shape = weights.shape
        self.weights = weights
        self.kernel = kernel
        self.lines = lines
        arguments = depthwise_arguments(
            input: UnsafePointer(lines.start.assumingMemoryBound(to: activation_t.self)),
            pixel_stride: lines.pixelStep, row_stride: parameters.dilationY * input.rowPitch,
            column_stride: parameters.dilationX * input.pixelPitch, rows: Int32(shape.depth),
            columns: Int32(shape.taps), multiplier: Int32(shape.channels / parameters.groups),
            pixels: Int32(lines.pixels), channels: Int32(shape.channels), weights: weights.panels, bias: weights.bias,
            scale: weights.scale, output: output.start.assumingMemoryBound(to: activation_t.self),
            output_stride: lines.outputStep, zero_point: output.memoryZeroPoint, minimum: output.memoryMinimum,
            maxima: weights.maxima)
        super.init(
            output: output, units: lines.count,
            cost: lines.count * lines.pixels * shape.channels * shape.taps * shape.depth,
            kernelName: String(cString: row.name))
    }

    override func run(_ units: Range<Int>, part: Int) {
        var arguments = arguments
        for line in units {
            arguments.input = UnsafePointer(lines.input(line).assumingMemoryBound(to: activation_t.self))
            arguments.output = lines.output(line).assumingMemoryBound(to: activation_t.self)
            kernel(&arguments)
        }
    }
}
