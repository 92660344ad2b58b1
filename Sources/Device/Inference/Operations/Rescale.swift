internal import EdgeFormat
internal import Kernels

/// The same values with another scale. A unit is one row.
final class PreparedRescale: PreparedOperation {
    private let input: TensorView
    private let kernel: rescale_kernel

    init(row: kernel_row, kernel: rescale_kernel, input: TensorView, output: TensorView) {
        self.input = input
        self.kernel = kernel
        super.init(
            output: output, units: output.lines, cost: 4 * output.tensor.count, kernelName: String(cString: row.name))
    }

    override func run(_ units: Range<Int>, part: Int) {
        for line in units {
            var arguments = rescale_arguments(
                input: input.line(line), input_is_16: input.is16, input_zero_point: input.memoryZeroPoint,
                factor: input.scale / output.scale, output: output.line(line), output_is_16: output.is16,
                zero_point: output.memoryZeroPoint, minimum: output.memoryMinimum, maximum: output.memoryMaximum,
                count: output.rowBytes / output.tensor.element.size)
            kernel(&arguments)
        }
    }
}
