internal import Kernels

/// Every kernel that runs here, on the shapes of networks.
public var allBenchmarks: [Benchmark] {
    Row.all.filter { $0.runs }.flatMap { row -> [Benchmark] in
        switch row.fields.operation.rawValue {
        case KERNEL_CONVOLUTION.rawValue: (LayerShape.all + LayerShape.denoiser).map { convolution(row, $0) }
        case KERNEL_DEPTHWISE.rawValue: DepthwiseShape.all.map { depthwise(row, $0) }
        case KERNEL_CONVOLUTION_SUMS.rawValue, KERNEL_CONVOLUTION_SUMS_16.rawValue:
            LayerShape.denoiser.map { convolutionSums(row, $0) }
        case KERNEL_REQUANTIZE.rawValue, KERNEL_GROUP_SUMS.rawValue, KERNEL_NORMALIZE.rawValue,
            KERNEL_RESCALE.rawValue, KERNEL_ADDITION.rawValue, KERNEL_INTERPOLATION.rawValue,
            KERNEL_ARITHMETIC.rawValue:
            valueBenchmarks(row)
        case KERNEL_TABLE.rawValue: [table(row)]
        case KERNEL_SOFTMAX.rawValue: [softmax(row)]
        default: [pool(row, channels: 6), pool(row, channels: 128)]
        }
    }
}

/// A convolution over a whole picture, tile by tile.
struct LayerShape {
    let name: StaticString
    let outputSide: Int
    let inputChannels: Int
    let channels: Int
    let kernel: Int

    static let all = [
        LayerShape(name: "LeNet 5x5 1->6 @28", outputSide: 28, inputChannels: 1, channels: 6, kernel: 5),
        LayerShape(name: "LeNet 5x5 6->16 @10", outputSide: 10, inputChannels: 6, channels: 16, kernel: 5),
        LayerShape(name: "LeNet 5x5 16->120 @1", outputSide: 1, inputChannels: 16, channels: 120, kernel: 5),
        LayerShape(name: "LeNet dense 120->84", outputSide: 1, inputChannels: 120, channels: 84, kernel: 1),
        LayerShape(name: "ResNet 3x3 64->64 @56", outputSide: 56, inputChannels: 64, channels: 64, kernel: 3),
        LayerShape(name: "ResNet 3x3 256->256 @14", outputSide: 14, inputChannels: 256, channels: 256, kernel: 3),
        LayerShape(name: "1x1 16->96 @112", outputSide: 112, inputChannels: 16, channels: 96, kernel: 1),
        LayerShape(name: "1x1 144->32 @28", outputSide: 28, inputChannels: 144, channels: 32, kernel: 1),
        LayerShape(name: "1x1 64->384 @14", outputSide: 14, inputChannels: 64, channels: 384, kernel: 1),
        LayerShape(name: "1x1 384->96 @14", outputSide: 14, inputChannels: 384, channels: 96, kernel: 1),
    ]

    /// Of the U-Net that `train ddpm` makes.
    static let denoiser = [
        LayerShape(name: "U-Net 3x3 1->16 @32", outputSide: 32, inputChannels: 1, channels: 16, kernel: 3),
        LayerShape(name: "U-Net 3x3 16->16 @32", outputSide: 32, inputChannels: 16, channels: 16, kernel: 3),
        LayerShape(name: "U-Net 3x3 64->64 @16", outputSide: 16, inputChannels: 64, channels: 64, kernel: 3),
        LayerShape(name: "U-Net 3x3 96->96 @8", outputSide: 8, inputChannels: 96, channels: 96, kernel: 3),
        LayerShape(name: "U-Net dense 128->96", outputSide: 1, inputChannels: 128, channels: 96, kernel: 1),
    ]

    var inputSide: Int { outputSide + kernel - 1 }
    var work: Int { outputSide * outputSide * channels * kernel * kernel * inputChannels }
}

/// Any bytes.
func noise(_ count: Int) -> Memory {
    var random = Random(seed: 51)
    return Memory(random.bytes(count).map { UInt8(bitPattern: $0) })
}

private func convolution(_ row: Row, _ shape: LayerShape) -> Benchmark {
    let fields = row.fields
    let run = row.depthRun
    let depth = (shape.kernel * shape.inputChannels + run - 1) / run * run
    let rowBytes = shape.inputSide * shape.inputChannels
    let panels = (shape.channels + 15) / 16
    let panelSize = shape.kernel * depth * 16
    let input = noise(shape.inputSide * rowBytes + 64)
    let weights = noise(panels * panelSize)
    let bias = Memory([Int32](repeating: 0, count: panels * 16))
    let scale = Memory([Float](repeating: 0.001, count: panels * 16))
    let maxima = Memory([UInt8](repeating: memoryByte(127), count: panels * 16))
    let offsets = Memory((0..<shape.kernel).map { Int32($0 * rowBytes) })
    let output = noise(shape.outputSide * shape.outputSide * shape.channels)
    return Benchmark(name: "\(row.name), \(shape.name)", unit: "MAC", work: shape.work) {
        var arguments = convolution_arguments(
            input: input.pointer(as: activation_t.self), pixel_stride: shape.inputChannels,
            tap_offsets: offsets.pointer(as: Int32.self), taps: Int32(shape.kernel), depth: Int32(depth),
            weights: weights.pointer(as: Int8.self), panel_stride: panelSize, bias: bias.pointer(as: Int32.self),
            scale: scale.pointer(as: Float.self), output: output.pointer(as: activation_t.self),
            output_stride: shape.channels, channels: 0, zero_point: 0, minimum: Int32(memoryOffset - 128),
            maxima: maxima.pointer(as: activation_t.self))
        let tile = Int(fields.tile_channels)
        for channel in stride(from: 0, to: shape.channels, by: tile) {
            arguments.channels = Int32(min(tile, shape.channels - channel))
            arguments.weights = UnsafePointer(weights.pointer(as: Int8.self)) + channel / 16 * panelSize
            arguments.bias = UnsafePointer(bias.pointer(as: Int32.self)) + channel
            arguments.scale = UnsafePointer(scale.pointer(as: Float.self)) + channel
            arguments.maxima = UnsafePointer(maxima.pointer(as: activation_t.self)) + channel
            runRows(fields, shape, &arguments, input, output, channel)
        }
    }
}

/// All pixels of a picture, each row split evenly into tiles.
private func runRows(
    _ fields: kernel_row, _ shape: LayerShape, _ arguments: inout convolution_arguments, _ input: Memory,
    _ output: Memory, _ channel: Int
) {
    let side = shape.outputSide
    let tiles = (side + Int(fields.tile_pixels) - 1) / Int(fields.tile_pixels)
    for y in 0..<side {
        for tile in 0..<tiles {
            let (first, end) = (side * tile / tiles, side * (tile + 1) / tiles)
            let place = (y * shape.inputSide + first) * shape.inputChannels
            arguments.input = UnsafePointer(input.pointer(as: activation_t.self)) + place
            arguments.output =
                output.pointer(as: activation_t.self) + (y * side + first) * shape.channels + channel
            fields.convolution?(Int32(end - first), &arguments)
        }
    }
}

/// A 2 x 2 window, one output pixel a call.
private func pool(_ row: Row, channels: Int) -> Benchmark {
    let input = noise(4 * channels)
    let output = noise(channels)
    let fields = row.fields
    return Benchmark(name: "\(row.name), 2x2 of \(channels)", unit: "value", work: 4 * channels) {
        var arguments = pool_arguments(
            input: input.pointer(as: activation_t.self), row_stride: 2 * channels, pixel_stride: channels, rows: 2,
            columns: 2, channels: Int32(channels), output: output.pointer(as: activation_t.self), count: 4,
            minimum: Int32(memoryOffset - 128), maximum: Int32(memoryOffset + 127))
        fields.pool?(&arguments)
    }
}

private func table(_ row: Row) -> Benchmark {
    let input = noise(4_096)
    let output = noise(4_096)
    let entries = noise(256)
    let fields = row.fields
    return Benchmark(name: "\(row.name), 4096 values", unit: "value", work: 4_096) {
        fields.table?(
            input.pointer(as: UInt8.self), output.pointer(as: UInt8.self), 4_096, entries.pointer(as: UInt8.self))
    }
}

private func softmax(_ row: Row) -> Benchmark {
    let input = noise(1_000)
    let output = noise(1_000)
    let exponentials = Memory((0..<256).map { Int32(1 << 23) >> Int32($0 / 12) })
    let fields = row.fields
    return Benchmark(name: "\(row.name), 1000 values", unit: "value", work: 1_000) {
        var arguments = softmax_arguments(
            input: input.pointer(as: activation_t.self), output: output.pointer(as: activation_t.self), count: 1_000,
            exponentials: exponentials.pointer(as: Int32.self), inverse_output_scale: 256,
            zero_point: Int32(memoryOffset - 128), minimum: Int32(memoryOffset - 128),
            maximum: Int32(memoryOffset + 127))
        fields.softmax?(&arguments)
    }
}
