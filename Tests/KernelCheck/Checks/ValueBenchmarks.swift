internal import Kernels

/// A convolution over a whole picture that leaves its sums, tile by tile.
func convolutionSums(_ row: Row, _ shape: LayerShape) -> Benchmark {
    let fields = row.fields
    let run = row.depthRun
    let width = fields.operation.rawValue == KERNEL_CONVOLUTION_SUMS_16.rawValue ? 2 : 1
    let depth = (shape.kernel * shape.inputChannels + run - 1) / run * run
    let rowBytes = shape.inputSide * shape.inputChannels * width
    let panels = (shape.channels + 15) / 16
    let panelSize = shape.kernel * depth * 16
    let input = noise(shape.inputSide * rowBytes + 64)
    let weights = noise(panels * panelSize)
    let bias = Memory([Int32](repeating: 0, count: panels * 16))
    let offsets = Memory((0..<shape.kernel).map { Int32($0 * rowBytes) })
    // One tile's, read again while they are near.
    let sums = noise(4 * Int(fields.tile_pixels * fields.tile_channels))
    let tiles = (shape.outputSide + Int(fields.tile_pixels) - 1) / Int(fields.tile_pixels)
    return Benchmark(name: "\(row.name), \(shape.name)", unit: "MAC", work: shape.work) {
        var arguments = convolution_sums_arguments(
            input: input.start, pixel_stride: shape.inputChannels * width,
            tap_offsets: offsets.pointer(as: Int32.self), taps: Int32(shape.kernel), depth: Int32(depth),
            weights: weights.pointer(as: Int8.self), panel_stride: panelSize, bias: bias.pointer(as: Int32.self),
            sums: sums.pointer(as: Int32.self), sums_stride: Int(fields.tile_channels), channels: 0)
        for channel in stride(from: 0, to: shape.channels, by: Int(fields.tile_channels)) {
            arguments.channels = Int32(min(Int(fields.tile_channels), shape.channels - channel))
            arguments.weights = UnsafePointer(weights.pointer(as: Int8.self)) + channel / 16 * panelSize
            arguments.bias = UnsafePointer(bias.pointer(as: Int32.self)) + channel
            for index in 0..<shape.outputSide * tiles {
                let (y, tile) = index.quotientAndRemainder(dividingBy: tiles)
                let first = shape.outputSide * tile / tiles
                let end = shape.outputSide * (tile + 1) / tiles
                arguments.input = UnsafeRawPointer(input.start) + y * rowBytes + first * shape.inputChannels * width
                fields.convolution_sums?(Int32(end - first), &arguments)
            }
        }
    }
}

/// 64 pixels of 64 channels.
private let pixels = 64
private let channels = 64
private let count = 4_096

/// What works on values that are already there, in the widths that a denoiser uses most.
func valueBenchmarks(_ row: Row) -> [Benchmark] {
    switch row.fields.operation.rawValue {
    case KERNEL_REQUANTIZE.rawValue:
        [
            requantize(row, "to 8 bits", outputIs16: 0, addend: false),
            requantize(row, "with an addend to 16 bits", outputIs16: 1, addend: true),
        ]
    case KERNEL_GROUP_SUMS.rawValue:
        [groupSums(row, "8 channels of 16 bits", 1), groupSums(row, "8 channels of 8 bits", 0)]
    case KERNEL_NORMALIZE.rawValue:
        [normalize(row, "16 to 8 bits", false), normalize(row, "16 to 8 bits by a table", true)]
    case KERNEL_RESCALE.rawValue: [rescale(row)]
    case KERNEL_ADDITION.rawValue: [addition(row)]
    case KERNEL_ARITHMETIC.rawValue: [gate(row)]
    default: [interpolation(row)]
    }
}

private func floats(_ value: Float) -> Memory { Memory([Float](repeating: value, count: channels)) }

private func requantize(_ row: Row, _ shape: StaticString, outputIs16: Int32, addend: Bool) -> Benchmark {
    let (sums, scale, added, output) = (noise(4 * count), floats(1e-7), noise(2 * count), noise(2 * count))
    let upper = floats(127)
    let fields = row.fields
    return Benchmark(name: "\(row.name), \(shape)", unit: "value", work: count) {
        var arguments = requantize_arguments(
            sums: sums.pointer(as: Int32.self), sums_stride: channels, pixels: Int32(pixels),
            channels: Int32(channels), scale: scale.pointer(as: Float.self), output: output.start,
            output_stride: channels * (outputIs16 == 0 ? 1 : 2), output_is_16: outputIs16,
            addend: addend ? UnsafeRawPointer(added.start) : nil, addend_stride: 2 * channels, addend_is_16: 1,
            addend_zero_point: 0, addend_scale: 0.5, zero_point: 0, minimum: 0, upper: upper.pointer(as: Float.self))
        fields.requantize?(&arguments)
    }
}

private func groupSums(_ row: Row, _ shape: StaticString, _ is16: Int32) -> Benchmark {
    let (input, results) = (noise(2 * count), noise(16))
    let (fields, width) = (row.fields, is16 == 0 ? 1 : 2)
    return Benchmark(name: "\(row.name), \(shape)", unit: "value", work: pixels * 8) {
        let sums = results.pointer(as: Int64.self)
        var arguments = group_sums_arguments(
            input: input.start, is_16: is16, row_stride: 8 * channels * width, rows: 8, columns: 8,
            pixel_stride: channels * width, channels: 8, zero_point: 0, sum: sums, square_sum: sums + 1)
        fields.group_sums?(&arguments)
    }
}

private func normalize(_ row: Row, _ shape: StaticString, _ hasTable: Bool) -> Benchmark {
    let (input, output, table) = (noise(2 * count), noise(count), noise(4_096))
    let (factors, offsets) = (floats(0.01), floats(3))
    let fields = row.fields
    return Benchmark(name: "\(row.name), \(shape)", unit: "value", work: count) {
        var arguments = normalize_arguments(
            input: input.start, input_is_16: 1, input_zero_point: 0, pixels: Int32(pixels), channels: Int32(channels),
            factors: factors.pointer(as: Float.self), offsets: offsets.pointer(as: Float.self), output: output.start,
            output_is_16: 0, table: hasTable ? UnsafePointer(table.pointer(as: UInt8.self)) : nil, zero_point: 0,
            minimum: 0, maximum: 127)
        fields.normalize?(&arguments)
    }
}

private func rescale(_ row: Row) -> Benchmark {
    let (input, output) = (noise(2 * count), noise(count))
    let fields = row.fields
    return Benchmark(name: "\(row.name), 16 to 8 bits", unit: "value", work: count) {
        var arguments = rescale_arguments(
            input: input.start, input_is_16: 1, input_zero_point: 0, factor: 0.01, output: output.start,
            output_is_16: 0, zero_point: 0, minimum: 0, maximum: 127, count: count)
        fields.rescale?(&arguments)
    }
}

private func addition(_ row: Row) -> Benchmark {
    let (a, b, output) = (noise(2 * count), noise(2 * count), noise(2 * count))
    let fields = row.fields
    return Benchmark(name: "\(row.name), all of 16 bits", unit: "value", work: count) {
        var arguments = addition_arguments(
            a: a.start, b: b.start, a_is_16: 1, b_is_16: 1, a_zero_point: 0, b_zero_point: 0, a_factor: 0.5,
            b_factor: 0.6, output: output.start, output_is_16: 1, zero_point: 0, minimum: -32_767, maximum: 32_767,
            count: count)
        fields.addition?(&arguments)
    }
}

/// A product with one row for all pixels.
private func gate(_ row: Row) -> Benchmark {
    let (a, b, output) = (noise(count), noise(channels), noise(count))
    let fields = row.fields
    return Benchmark(name: "\(row.name), 64 pixels times a row, all of 8 bits", unit: "value", work: count) {
        var arguments = arithmetic_arguments(
            function: Int32(PLAIN_MULTIPLY.rawValue), a: a.start, b: b.start, a_is_16: 0, b_is_16: 0, a_zero_point: 3,
            b_zero_point: 128, a_step: 1, b_step: 1, a_stride: channels, b_stride: 0, a_factor: 0.01, b_factor: 1,
            output: output.start, output_stride: channels, output_is_16: 0, zero_point: 100, minimum: 0, maximum: 127,
            rows: Int32(pixels), count: Int32(channels))
        fields.arithmetic?(&arguments)
    }
}

private func interpolation(_ row: Row) -> Benchmark {
    let (input, output, table) = (noise(2 * count), noise(2 * count), noise(2_050))
    let fields = row.fields
    return Benchmark(name: "\(row.name), 4096 values", unit: "value", work: count) {
        var arguments = interpolation_arguments(
            input: input.pointer(as: Int16.self), output: output.pointer(as: Int16.self), count: count,
            table: table.pointer(as: Int16.self), minimum: -32_767, maximum: 32_767)
        fields.interpolation?(&arguments)
    }
}
