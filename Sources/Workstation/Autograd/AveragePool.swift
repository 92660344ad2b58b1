public import Tensors

extension Tape {
    /// The mean of each channel over a window; padding does not count. x is N·H·W·C as `grid` says, the result
    /// N·rows·columns·C.
    public func averagePool(_ x: Variable, grid: PatchGrid) -> Variable {
        let count = x.value.count / grid.pictureCount
        let y = buffer([count, grid.rows, grid.columns, grid.channels])
        let sums = buffer([grid.width * grid.channels])
        grid.forPoolRows(pictures: count) { input, output, lines in
            copy(x.value.base + input, to: sums.base, count: sums.count)
            for line in 1..<max(lines, 1) {
                Tensors.add(x.value.base + input + line * sums.count, to: sums.base, count: sums.count)
            }
            grid.forPoolColumns { column, pixels in
                meanOfPixels(
                    sums.base + pixels.lowerBound * grid.channels, pixels.count, channels: grid.channels,
                    factor: 1 / Float(lines * pixels.count), into: y.base + output + column * grid.channels)
            }
        }

        return result(y, of: [x]) { [self] gradient in
            addToGradient(of: x) { target in
                grid.forPoolRows(pictures: count) { input, output, lines in
                    sums.fill(0)
                    grid.forPoolColumns { column, pixels in
                        for pixel in pixels {
                            Tensors.add(
                                1 / Float(lines * pixels.count), times: gradient.base + output + column * grid.channels,
                                to: sums.base + pixel * grid.channels, count: grid.channels)
                        }
                    }
                    for line in 0..<lines {
                        Tensors.add(sums.base, to: target.base + input + line * sums.count, count: sums.count)
                    }
                }
            }
        }
    }
}

/// The mean of neighbouring pixels by channel; may write up to `Tensor.slack` floats behind.
@inline(__always)
private func meanOfPixels(_ pixels: Row, _ count: Int, channels: Int, factor: Float, into mean: Row) {
    var channel = 0
    while channel < channels {
        var sum = pixels.lanes(at: channel)
        for pixel in 1..<max(count, 1) { sum += pixels.lanes(at: pixel * channels + channel) }
        mean.setLanes(factor * sum, at: channel)
        channel += Lanes.scalarCount
    }
}
