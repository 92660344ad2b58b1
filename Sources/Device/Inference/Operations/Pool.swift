internal import EdgeFormat
internal import Kernels

/// An average or max pool. A unit is one output row of one picture.
final class PreparedPool: PreparedOperation {
    private let parameters: PoolParameters
    private let input: TensorView
    private let kernel: pool_kernel

    init(_ parameters: PoolParameters, row: kernel_row, kernel: pool_kernel, input: TensorView, output: TensorView) {
        self.parameters = parameters
        self.input = input
        self.kernel = kernel
        let tensor = output.tensor
        super.init(
            output: output, units: output.lines, cost: tensor.count * parameters.windowY * parameters.windowX,
            kernelName: String(cString: row.name))
    }

    override func run(_ units: Range<Int>, part: Int) {
        for line in units { run(line: line) }
    }

    private func run(line: Int) {
        let tensor = output.tensor
        let offset = activation_offset()
        let channels = tensor.channels
        let picture = input.start + line / tensor.height * input.picturePitch
        let y = window(
            line % tensor.height, parameters.strideY, parameters.padding.top, parameters.windowY, input.tensor.height)
        var target = output.line(line)
        for column in 0..<tensor.width {
            let x = window(column, parameters.strideX, parameters.padding.left, parameters.windowX, input.tensor.width)
            let source = picture + y.lowerBound * input.rowPitch + x.lowerBound * input.pixelPitch
            var arguments = pool_arguments(
                input: source.assumingMemoryBound(to: activation_t.self), row_stride: input.rowPitch,
                pixel_stride: input.pixelPitch, rows: Int32(y.count), columns: Int32(x.count),
                channels: Int32(channels),
                output: target.assumingMemoryBound(to: activation_t.self), count: Int32(y.count * x.count),
                minimum: Int32(tensor.minimum) + offset, maximum: Int32(tensor.maximum) + offset)
            kernel(&arguments)
            target += output.pixelPitch
        }
    }

    /// The rows or columns of a window. Where padding counts it is read from the border, which holds the zero point; else
    /// the window ends at the picture.
    private func window(_ index: Int, _ stride: Int, _ padding: Int, _ size: Int, _ limit: Int) -> Range<Int> {
        let from = index * stride - padding
        return parameters.countsPadding ? from..<from + size : max(from, 0)..<min(from + size, limit)
    }
}
