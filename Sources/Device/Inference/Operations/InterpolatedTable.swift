internal import EdgeFormat
internal import Kernels

/// A function of one 16-bit value by a table and straight lines between its entries. A unit is one row.
final class PreparedInterpolation: PreparedOperation {
    private let input: TensorView
    private let kernel: interpolation_kernel
    /// In the file, at a multiple of 4.
    private let table: UnsafePointer<Int16>

    init(
        _ table: UnsafePointer<Int16>, row: kernel_row, kernel: interpolation_kernel, input: TensorView,
        output: TensorView
    ) {
        self.table = table
        self.input = input
        self.kernel = kernel
        super.init(
            output: output, units: output.lines, cost: 8 * output.tensor.count, kernelName: String(cString: row.name))
    }

    override func run(_ units: Range<Int>, part: Int) {
        for line in units {
            var arguments = interpolation_arguments(
                input: input.line(line).assumingMemoryBound(to: Int16.self),
                output: output.line(line).assumingMemoryBound(to: Int16.self), count: output.rowBytes / 2, table: table,
                minimum: output.memoryMinimum, maximum: output.memoryMaximum)
            kernel(&arguments)
        }
    }
}
