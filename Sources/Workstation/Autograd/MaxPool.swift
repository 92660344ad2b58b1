public import Tensors

extension Tape {
    /// The largest value of each channel in a window; padding is never looked at. Of equal ones the first gets the
    /// gradient. x is N·H·W·C as `grid` says, the result N·rows·columns·C.
    public func maxPool(_ x: Variable, grid: PatchGrid) -> Variable {
        let count = x.value.count / grid.pictureCount
        let channels = grid.channels
        let y = buffer([count, grid.rows, grid.columns, channels])
        var winners = [Int](repeating: 0, count: y.count)
        grid.forPoolRows(pictures: count) { input, output, lines in
            grid.forPoolColumns { column, pixels in
                for channel in 0..<channels {
                    var winner = input + pixels.lowerBound * channels + channel
                    for line in 0..<lines {
                        for pixel in pixels {
                            let candidate = input + (line * grid.width + pixel) * channels + channel
                            if x.value.base[candidate] > x.value.base[winner] { winner = candidate }
                        }
                    }
                    let target = output + column * channels + channel
                    winners[target] = winner
                    y.base[target] = x.value.base[winner]
                }
            }
        }

        return result(y, of: [x]) { [self, winners] gradient in
            addToGradient(of: x) { target in
                for (index, winner) in winners.enumerated() { target.base[winner] += gradient.base[index] }
            }
        }
    }
}
