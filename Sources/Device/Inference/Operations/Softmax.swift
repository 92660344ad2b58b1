internal import EdgeFormat
internal import Kernels

/// Softmax over the last axis. A unit is one group of neighbouring values.
final class PreparedSoftmax: PreparedOperation {
    private let input: TensorView
    private let kernel: softmax_kernel
    private let exponentials: UnsafeMutablePointer<Int32>
    private let count: Int

    init(
        _ table: UnsafeRawBufferPointer, row: kernel_row, kernel: softmax_kernel, input: TensorView, output: TensorView
    ) {
        self.input = input
        self.kernel = kernel
        exponentials = UnsafeMutablePointer<Int32>.allocate(capacity: 256)
        for index in 0..<256 {
            let entry = Int32(littleEndian: table.loadUnaligned(fromByteOffset: 4 * index, as: Int32.self))
            (exponentials + index).initialize(to: entry)
        }
        count = output.tensor.shape.last ?? 1
        super.init(
            output: output, units: output.tensor.count / count, cost: 8 * output.tensor.count,
            kernelName: String(cString: row.name))
    }

    deinit { exponentials.deallocate() }

    override func run(_ units: Range<Int>, part: Int) {
        let offset = activation_offset()
        let tensor = output.tensor
        for group in units {
            var arguments = softmax_arguments(
                input: (input.start + group * count).assumingMemoryBound(to: activation_t.self),
                output: (output.start + group * count).assumingMemoryBound(to: activation_t.self), count: Int32(count),
                exponentials: exponentials, inverse_output_scale: 1 / tensor.scales[0],
                zero_point: Int32(tensor.zeroPoint) + offset, minimum: Int32(tensor.minimum) + offset,
                maximum: Int32(tensor.maximum) + offset)
            kernel(&arguments)
        }
    }
}
