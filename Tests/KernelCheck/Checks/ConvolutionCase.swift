internal import Kernels

/// One tile of a convolution in logical values: computed by the definition, and by a kernel. SumsCase.swift has what
/// concerns the kernels that leave sums.
struct ConvolutionCase {
    let pixels: Int
    let channels: Int
    let taps: Int
    let depth: Int
    /// Inputs have 16 bits, and no zero point.
    let isWide: Bool
    /// In values, as `tapOffsets`.
    var pixelStride: Int
    /// Bytes between the last channel of a pixel and the first one of the next.
    var outputGap = 3
    /// Bytes between two panels of weights.
    var panelGap = 0
    /// Distances of input and output from aligned addresses.
    var inputShift = 1
    var outputShift = 5
    var inputZero = 0
    var output = Definition.Output()
    var tapOffsets: [Int32]
    var input: [Int16]
    /// [channel][tap][depth].
    var weights: [Int8]
    var bias: [Int32]
    var scale: [Float]

    /// What a kernel may read after the last byte it needs.
    static let slack = 64

    init(
        _ random: inout Random, pixels: Int, channels: Int, taps: Int, depth: Int, extreme: Bool = false,
        isWide: Bool = false
    ) {
        self.pixels = pixels
        self.channels = channels
        self.taps = taps
        self.depth = depth
        self.isWide = isWide
        pixelStride = random.integer(0...max(1, min(depth, 80)))
        tapOffsets = []
        for _ in 0..<taps { tapOffsets.append(Int32(random.integer(0...100))) }
        weights = extreme ? random.extremes(channels * taps * depth) : random.bytes(channels * taps * depth)
        (bias, scale) = random.biasesAndScales(channels, products: taps * depth)
        input = []
        let count = inputSize
        if isWide {
            input = extreme ? random.extremeWords(count) : random.words(count)
        } else {
            input = (extreme ? random.extremes(count) : random.bytes(count)).map { Int16($0) }
        }
    }

    /// Values from the first tap to the end of the slack.
    private var inputSize: Int {
        let last = Int(tapOffsets.max() ?? 0) + (pixels - 1) * pixelStride
        return isWide ? last + (depth + 1) / 2 * 2 + Self.slack / 2 : last + (depth + 3) / 4 * 4 + Self.slack
    }

    /// The input as it lies in memory.
    var inputBytes: [UInt8] {
        input.flatMap { isWide ? memoryWord(Int($0)) : [memoryByte(Int8(truncatingIfNeeded: $0))] }
    }

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
    func sum(_ pixel: Int, _ channel: Int) -> Int32 {
        var sum = Int64(bias[channel])
        for tap in 0..<taps {
            let values = pixel * pixelStride + Int(tapOffsets[tap])
            let row = (channel * taps + tap) * depth
            for index in 0..<depth {
                sum += (Int64(input[values + index]) - Int64(inputZero)) * Int64(weights[row + index])
            }
        }
        return Int32(truncatingIfNeeded: sum)
    }

    /// The output buffer as a kernel leaves it.
    func result(of row: Row) -> [UInt8] {
        let fields = row.fields
        let run = row.depthRun
        let packed = Memory(packedWeights(run))
        let values = Memory(inputBytes, shift: inputShift)
        let compensated = Memory(compensatedBias())
        let scales = Memory(padded(scale, with: 1))
        let maxima = Memory(padded(output.maximaInMemory(channels), with: 0x5A))
        let offsets = Memory(tapOffsets)
        let blank = [UInt8](repeating: guardByte, count: pixels * outputStride + 2 * outputShift)
        let out = Memory(blank, shift: outputShift)
        var arguments = convolution_arguments(
            input: values.pointer(as: activation_t.self), pixel_stride: pixelStride,
            tap_offsets: offsets.pointer(as: Int32.self), taps: Int32(taps),
            depth: Int32((depth + run - 1) / run * run), weights: packed.pointer(as: Int8.self),
            panel_stride: panelSize(run),
            bias: compensated.pointer(as: Int32.self), scale: scales.pointer(as: Float.self),
            output: out.pointer(as: activation_t.self) + outputShift, output_stride: outputStride,
            channels: Int32(channels), zero_point: Int32(output.zeroPoint + memoryOffset),
            minimum: Int32(output.minimum + memoryOffset), maxima: maxima.pointer(as: activation_t.self))
        withUnsafePointer(to: &arguments) { fields.convolution?(Int32(pixels), $0) }
        return withExtendedLifetime((packed, values, compensated, scales, maxima, offsets)) { out.bytes }
    }

    func panelSize(_ run: Int) -> Int { taps * ((depth + run - 1) / run * run) * 16 + panelGap }

    func packedWeights(_ run: Int) -> [UInt8] {
        let panels = (channels + 15) / 16
        let runs = (depth + run - 1) / run
        var packed = [UInt8](repeating: 0, count: panels * panelSize(run))
        for channel in 0..<channels {
            for tap in 0..<taps {
                for index in 0..<depth {
                    let group = (tap * runs + index / run) * 16 * run
                    let place = channel / 16 * panelSize(run) + group + channel % 16 * run + index % run
                    packed[place] = UInt8(bitPattern: weights[(channel * taps + tap) * depth + index])
                }
            }
        }
        return packed
    }

    /// bias - (inputZero + memoryOffset) * sum(w), wrapping, to the end of the last panel.
    func compensatedBias() -> [Int32] {
        var compensated: [Int32] = []
        for channel in 0..<channels {
            let row = weights[channel * taps * depth..<(channel + 1) * taps * depth]
            let total = row.reduce(0) { $0 + Int64($1) }
            let value = Int64(bias[channel]) - Int64(inputZero + (isWide ? 0 : memoryOffset)) * total
            compensated.append(Int32(truncatingIfNeeded: value))
        }
        return padded(compensated, with: 12_345)
    }

    private func padded<Element>(_ values: [Element], with filler: Element) -> [Element] {
        values + [Element](repeating: filler, count: (channels + 15) / 16 * 16 - channels)
    }

    /// Nil, or how the kernel differs from the definition.
    func difference(of row: Row) -> String? {
        firstDifference(result(of: row), expected()).map {
            "pixels \(pixels), channels \(channels), taps \(taps), depth \(depth), pixel stride \(pixelStride), "
                + "shifts \(inputShift) and \(outputShift), zero points \(inputZero) and \(output.zeroPoint), "
                + "range \(output.minimum) to \(output.maxima.map { "\($0)" } ?? "\(output.maximum)"): \($0)"
        }
    }
}
