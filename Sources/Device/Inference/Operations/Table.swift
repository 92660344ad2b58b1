internal import EdgeFormat
internal import Kernels

/// A function of one 8-bit value by a table of 256 bytes. A unit is one row.
final class PreparedTable: PreparedOperation {
    private let input: TensorView
    private let kernel: table_kernel
    /// Indexed by the input byte in memory, holding the output byte in memory.
    private let table: UnsafeMutablePointer<UInt8>

    init(
        _ logical: UnsafeRawBufferPointer, row: kernel_row, kernel: table_kernel, input: TensorView, output: TensorView
    ) {
        self.input = input
        self.kernel = kernel
        table = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
        for value in -128...127 {
            let result = Int(Int8(bitPattern: logical[value + 128]))
            let clamped = min(max(result, output.tensor.minimum), output.tensor.maximum)
            let index = Int(UInt8(truncatingIfNeeded: value) ^ input.flip)
            (table + index).initialize(to: UInt8(truncatingIfNeeded: clamped) ^ output.flip)
        }
        super.init(
            output: output, units: output.lines, cost: output.tensor.count,
            kernelName: String(cString: row.name))
    }

    deinit { table.deallocate() }

    override func run(_ units: Range<Int>, part: Int) {
        for line in units {
            kernel(
                input.line(line).assumingMemoryBound(to: UInt8.self),
                output.line(line).assumingMemoryBound(to: UInt8.self), output.rowBytes, table)
        }
    }
}
