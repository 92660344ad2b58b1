internal import Kernels

/// One output row of a depthwise convolution in logical values: computed by the definition, and by a kernel.
struct DepthwiseCase {
    let rows: Int
    let columns: Int
    let inputChannels: Int
    let multiplier: Int
    let pixels: Int
    /// In pixels of the input.
    let stride: Int
    let dilation: Int
    /// Bytes between the last channel of an input pixel and the first one of the next, and of the output.
    var inputGap = 0
    var outputGap = 3
    /// Bytes at the end of each input row.
    var rowGap = 5
    /// Distances of input and output from aligned addresses.
    var inputShift = 1
    var outputShift = 5
    var inputZero = 0
    var output = Definition.Output()
    /// [row][column][channel], as many rows and columns as the windows reach.
    var input: [Int8]
    /// [channel][row][column].
    var weights: [Int8]
    var bias: [Int32]
    var scale: [Float]

    init(
        _ random: inout Random, rows: Int, columns: Int, channels: Int, multiplier: Int = 1, pixels: Int,
        stride: Int = 1, dilation: Int = 1, extreme: Bool = false
    ) {
        self.rows = rows
        self.columns = columns
        inputChannels = channels
        self.multiplier = multiplier
        self.pixels = pixels
        self.stride = stride
        self.dilation = dilation
        let count = channels * multiplier * rows * columns
        weights = extreme ? random.extremes(count) : random.bytes(count)
        (bias, scale) = random.biasesAndScales(channels * multiplier, products: rows * columns)
        input = []
        let size = inputRows * inputColumns * channels
        input = extreme ? random.extremes(size) : random.bytes(size)
    }

    var channels: Int { inputChannels * multiplier }
    private var inputRows: Int { (rows - 1) * dilation + 1 }
    private var inputColumns: Int { (pixels - 1) * stride + (columns - 1) * dilation + 1 }
    private var columnStride: Int { inputChannels + inputGap }
    private var rowStride: Int { inputColumns * columnStride + rowGap }
    private var outputStride: Int { channels + outputGap }

    /// The output buffer as the definition leaves it, guards included.
    func expected() -> [UInt8] {
        var bytes = [UInt8](repeating: guardByte, count: pixels * outputStride + 2 * outputShift)
        for pixel in 0..<pixels {
            for channel in 0..<channels {
                let value = Definition.requantized(
                    sum(pixel, channel), scale: scale[channel], output.ofChannel(channel))
                bytes[outputShift + pixel * outputStride + channel] = memoryByte(value)
            }
        }
        return bytes
    }

    /// Exact, then wrapped as accumulators do.
    private func sum(_ pixel: Int, _ channel: Int) -> Int32 {
        var sum = Int64(bias[channel])
        for row in 0..<rows {
            for column in 0..<columns {
                let place = row * dilation * inputColumns + pixel * stride + column * dilation
                let value = Int64(input[place * inputChannels + channel / multiplier]) - Int64(inputZero)
                sum += value * Int64(weights[(channel * rows + row) * columns + column])
            }
        }
        return Int32(truncatingIfNeeded: sum)
    }

    /// The input as it lies in memory, with what a kernel may read after it.
    private var inputBytes: [UInt8] {
        var bytes = [UInt8](repeating: 0xC3, count: (inputRows - 1) * rowStride + inputColumns * columnStride)
        for index in input.indices {
            let (pixel, channel) = (index / inputChannels, index % inputChannels)
            let place = pixel / inputColumns * rowStride + pixel % inputColumns * columnStride + channel
            bytes[place] = memoryByte(input[index])
        }
        // The last byte needed is that of the last pixel's last channel.
        return bytes.dropLast(inputGap) + [UInt8](repeating: 0xC3, count: ConvolutionCase.slack)
    }

    /// The output buffer as a kernel leaves it.
    func result(of row: Row) -> [UInt8] {
        let packed = Memory(packedWeights(row.depthRun))
        let values = Memory(inputBytes, shift: inputShift)
        let compensated = Memory(padded(compensatedBias(), with: 12_345))
        let scales = Memory(padded(scale, with: 1))
        let maxima = Memory(padded(output.maximaInMemory(channels), with: 0x5A))
        let blank = [UInt8](repeating: guardByte, count: pixels * outputStride + 2 * outputShift)
        let out = Memory(blank, shift: outputShift)
        var arguments = depthwise_arguments(
            input: values.pointer(as: activation_t.self), pixel_stride: stride * columnStride,
            row_stride: dilation * rowStride, column_stride: dilation * columnStride, rows: Int32(rows),
            columns: Int32(columns), multiplier: Int32(multiplier), pixels: Int32(pixels), channels: Int32(channels),
            weights: packed.pointer(as: Int8.self), bias: compensated.pointer(as: Int32.self),
            scale: scales.pointer(as: Float.self), output: out.pointer(as: activation_t.self) + outputShift,
            output_stride: outputStride, zero_point: Int32(output.zeroPoint + memoryOffset),
            minimum: Int32(output.minimum + memoryOffset), maxima: maxima.pointer(as: activation_t.self))
        withUnsafePointer(to: &arguments) { row.fields.depthwise?($0) }
        return withExtendedLifetime((packed, values, compensated, scales, maxima)) { out.bytes }
    }

    /// Panels of 16 channels, the columns one after the other, the rows in runs.
    private func packedWeights(_ run: Int) -> [UInt8] {
        let runs = (rows + run - 1) / run
        let panelSize = columns * runs * run * 16
        var packed = [UInt8](repeating: 0, count: (channels + 15) / 16 * panelSize)
        for channel in 0..<channels {
            for row in 0..<rows {
                for column in 0..<columns {
                    let group = (column * runs + row / run) * 16 * run
                    let place = channel / 16 * panelSize + group + channel % 16 * run + row % run
                    packed[place] = UInt8(bitPattern: weights[(channel * rows + row) * columns + column])
                }
            }
        }
        return packed
    }

    /// bias - (inputZero + memoryOffset) * sum(w), wrapping.
    private func compensatedBias() -> [Int32] {
        (0..<channels).map { channel in
            let kernel = weights[channel * rows * columns..<(channel + 1) * rows * columns]
            let total = kernel.reduce(0) { $0 + Int64($1) }
            return Int32(truncatingIfNeeded: Int64(bias[channel]) - Int64(inputZero + memoryOffset) * total)
        }
    }

    private func padded<Element>(_ values: [Element], with filler: Element) -> [Element] {
        values + [Element](repeating: filler, count: (channels + 15) / 16 * 16 - channels)
    }

    /// Nil, or how the kernel differs from the definition.
    func difference(of row: Row) -> String? {
        firstDifference(result(of: row), expected()).map {
            "kernel \(rows) x \(columns), channels \(inputChannels) x \(multiplier), pixels \(pixels), "
                + "stride \(stride), dilation \(dilation), shifts \(inputShift) and \(outputShift), "
                + "zero points \(inputZero) and \(output.zeroPoint), "
                + "range \(output.minimum) to \(output.maxima.map { "\($0)" } ?? "\(output.maximum)"): \($0)"
        }
    }
}
