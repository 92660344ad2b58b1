internal import EdgeFormat
internal import Kernels

/// The sum of two tensors. A unit is one row.
final class PreparedAddition: PreparedOperation {
    private let a: TensorView
    private let b: TensorView
    private let kernel: addition_kernel

    init(row: kernel_row, kernel: addition_kernel, _ a: TensorView, _ b: TensorView, output: TensorView) {
        self.a = a
        self.b = b
        self.kernel = kernel
        super.init(
            output: output, units: output.lines, cost: 8 * output.tensor.count, kernelName: String(cString: row.name))
    }

    override func run(_ units: Range<Int>, part: Int) {
        for line in units {
            var arguments = addition_arguments(
                a: a.line(line), b: b.line(line), a_is_16: a.is16, b_is_16: b.is16, a_zero_point: a.memoryZeroPoint,
                b_zero_point: b.memoryZeroPoint, a_factor: a.scale / output.scale, b_factor: b.scale / output.scale,
                output: output.line(line), output_is_16: output.is16, zero_point: output.memoryZeroPoint,
                minimum: output.memoryMinimum, maximum: output.memoryMaximum,
                count: output.rowBytes / output.tensor.element.size)
            kernel(&arguments)
        }
    }
}
