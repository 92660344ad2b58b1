internal import Kernels

/// One output pixel of a pool in logical values.
struct PoolCase {
    let rows: Int
    let columns: Int
    let channels: Int
    /// What an average is divided by.
    var count: Int
    var pixelGap = 2
    var rowGap = 7
    var inputShift = 1
    var outputShift = 3
    var output = Definition.Output()
    /// [row][column][channel], without gaps.
    var values: [Int8]

    init(_ random: inout Random, rows: Int, columns: Int, channels: Int, extreme: Bool = false) {
        self.rows = rows
        self.columns = columns
        self.channels = channels
        count = rows * columns
        let size = rows * columns * channels
        values = extreme ? random.extremes(size) : random.bytes(size)
    }

    private func window(_ channel: Int) -> [Int8] {
        (0..<rows * columns).map { values[$0 * channels + channel] }
    }

    /// The output buffer as the definition leaves it, guards included.
    func expected(_ operation: kernel_operation) -> [UInt8] {
        var bytes = [UInt8](repeating: guardByte, count: channels + 2 * outputShift)
        for channel in 0..<channels {
            let window = window(channel)
            let value: Int8
            if operation.rawValue == KERNEL_AVERAGE_POOL.rawValue {
                value = Definition.average(sum: window.reduce(0) { $0 + Int($1) }, count: count, output)
            } else {
                value = output.clamped(Int64(window.max() ?? 0))
            }
            bytes[outputShift + channel] = memoryByte(value)
        }
        return bytes
    }

    /// The output buffer as a kernel leaves it.
    func result(of row: Row) -> [UInt8] {
        let pixelStride = channels + pixelGap
        let rowStride = columns * pixelStride + rowGap
        // Ends with the last byte of the window: a pool must not read on.
        let size = (rows - 1) * rowStride + (columns - 1) * pixelStride + channels
        var picture = [UInt8](repeating: 0xFF, count: size)
        for index in values.indices {
            let (pixel, channel) = (index / channels, index % channels)
            picture[pixel / columns * rowStride + pixel % columns * pixelStride + channel] = memoryByte(values[index])
        }
        let input = Memory(picture, shift: inputShift)
        let out = Memory([UInt8](repeating: guardByte, count: channels + 2 * outputShift), shift: outputShift)
        var arguments = pool_arguments(
            input: input.pointer(as: activation_t.self), row_stride: rowStride, pixel_stride: pixelStride,
            rows: Int32(rows), columns: Int32(columns), channels: Int32(channels),
            output: out.pointer(as: activation_t.self) + outputShift, count: Int32(count),
            minimum: Int32(output.minimum + memoryOffset), maximum: Int32(output.maximum + memoryOffset))
        withUnsafePointer(to: &arguments) { row.fields.pool?($0) }
        return withExtendedLifetime(input) { out.bytes }
    }

    /// Nil, or how the kernel differs from the definition.
    func difference(of row: Row) -> String? {
        firstDifference(result(of: row), expected(row.fields.operation)).map {
            "rows \(rows), columns \(columns), channels \(channels), count \(count), "
                + "shifts \(inputShift) and \(outputShift), range \(output.minimum) to \(output.maximum): \($0)"
        }
    }
}
