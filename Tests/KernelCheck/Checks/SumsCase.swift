internal import Kernels

/// The tile of a convolution left as sums.
extension ConvolutionCase {
    private var panels: Int { (channels + 15) / 16 }

    /// Every channel of a panel is written: of those that do not exist the bias.
    private func expectedSums(_ stride: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: guardByte, count: 4 * pixels * stride)
        let bias = compensatedBias()
        for pixel in 0..<pixels {
            for channel in 0..<panels * 16 {
                let value = channel < channels ? sum(pixel, channel) : bias[channel]
                let place = 4 * (pixel * stride + channel)
                for part in 0..<4 { bytes[place + part] = UInt8(truncatingIfNeeded: value >> Int32(8 * part)) }
            }
        }
        return bytes
    }

    /// Nil, or how a kernel's sums differ from the definition's.
    ///
    /// - Parameter gap: panels between the end of a pixel and the next one.
    func sumsDifference(of row: Row, gap: Int = 0) -> String? {
        let run = row.depthRun
        let width = isWide ? 2 : 1
        let packed = Memory(packedWeights(run))
        let values = Memory(inputBytes, shift: inputShift * width)
        let bias = Memory(compensatedBias())
        let offsets = Memory(tapOffsets.map { $0 * Int32(width) })
        let stride = (panels + gap) * 16
        let sums = Memory([UInt8](repeating: guardByte, count: 4 * pixels * stride), shift: 4)
        var arguments = convolution_sums_arguments(
            input: values.start, pixel_stride: pixelStride * width, tap_offsets: offsets.pointer(as: Int32.self),
            taps: Int32(taps), depth: Int32((depth + run - 1) / run * run), weights: packed.pointer(as: Int8.self),
            panel_stride: panelSize(run), bias: bias.pointer(as: Int32.self), sums: sums.pointer(as: Int32.self),
            sums_stride: stride, channels: Int32(channels))
        withUnsafePointer(to: &arguments) { row.fields.convolution_sums?(Int32(pixels), $0) }
        let result = withExtendedLifetime((packed, values, bias, offsets)) { sums.bytes }
        return firstDifference(result, expectedSums(stride)).map {
            "pixels \(pixels), channels \(channels), taps \(taps), depth \(depth), pixel stride \(pixelStride), "
                + "shift \(inputShift), zero point \(inputZero), gap \(gap): \($0)"
        }
    }
}
