internal import Kernels

/// A depthwise convolution over a whole picture, row by row.
struct DepthwiseShape {
    let name: StaticString
    let outputSide: Int
    let channels: Int
    let kernel: Int
    let stride: Int

    /// Of MobileNets, and of their successors with larger kernels.
    static let all = [
        DepthwiseShape(name: "3x3 8 @112", outputSide: 112, channels: 8, kernel: 3, stride: 1),
        DepthwiseShape(name: "3x3 32 @112", outputSide: 112, channels: 32, kernel: 3, stride: 1),
        DepthwiseShape(name: "3x3/2 96 @56", outputSide: 56, channels: 96, kernel: 3, stride: 2),
        DepthwiseShape(name: "3x3 144 @56", outputSide: 56, channels: 144, kernel: 3, stride: 1),
        DepthwiseShape(name: "3x3/2 144 @28", outputSide: 28, channels: 144, kernel: 3, stride: 2),
        DepthwiseShape(name: "3x3 128 @14", outputSide: 14, channels: 128, kernel: 3, stride: 1),
        DepthwiseShape(name: "3x3 576 @14", outputSide: 14, channels: 576, kernel: 3, stride: 1),
        DepthwiseShape(name: "5x5 240 @14", outputSide: 14, channels: 240, kernel: 5, stride: 1),
        DepthwiseShape(name: "5x5/2 240 @14", outputSide: 14, channels: 240, kernel: 5, stride: 2),
        DepthwiseShape(name: "7x7 240 @14", outputSide: 14, channels: 240, kernel: 7, stride: 1),
    ]

    var inputSide: Int { (outputSide - 1) * stride + kernel }
    var work: Int { outputSide * outputSide * channels * kernel * kernel }
}

func depthwise(_ row: Row, _ shape: DepthwiseShape) -> Benchmark {
    let fields = row.fields
    let run = row.depthRun
    let (side, channels, kernel) = (shape.outputSide, shape.channels, shape.kernel)
    let panels = (channels + 15) / 16
    let rowBytes = shape.inputSide * channels
    let input = noise(shape.inputSide * rowBytes + 64)
    let weights = noise(panels * 16 * kernel * ((kernel + run - 1) / run * run))
    let bias = Memory([Int32](repeating: 0, count: panels * 16))
    let scale = Memory([Float](repeating: 0.001, count: panels * 16))
    let maxima = Memory([UInt8](repeating: memoryByte(127), count: panels * 16))
    let output = noise(side * side * channels)
    return Benchmark(name: "\(row.name), \(shape.name)", unit: "MAC", work: shape.work) {
        var arguments = depthwise_arguments(
            input: input.pointer(as: activation_t.self), pixel_stride: shape.stride * channels, row_stride: rowBytes,
            column_stride: channels, rows: Int32(kernel), columns: Int32(kernel), multiplier: 1, pixels: Int32(side),
            channels: Int32(channels), weights: weights.pointer(as: Int8.self), bias: bias.pointer(as: Int32.self),
            scale: scale.pointer(as: Float.self), output: output.pointer(as: activation_t.self),
            output_stride: channels, zero_point: 0, minimum: Int32(memoryOffset - 128),
            maxima: maxima.pointer(as: activation_t.self))
        for y in 0..<side {
            arguments.input = UnsafePointer(input.pointer(as: activation_t.self)) + y * shape.stride * rowBytes
            arguments.output = output.pointer(as: activation_t.self) + y * side * channels
            fields.depthwise?(&arguments)
        }
    }
}
