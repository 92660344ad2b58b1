internal import Kernels

/// Every sum over a group of channels against the definition.
var groupSumsChecks: [Check] {
    Row.of(KERNEL_GROUP_SUMS).flatMap { row in
        [
            Check(row, "all channel counts and small pictures", smallPictures),
            Check(row, "the largest group, full of extremes", largestGroup),
            Check(row, "random pictures", randomPictures),
        ]
    }
}

private struct GroupCase {
    let rows: Int
    let columns: Int
    let channels: Int
    /// In values.
    var pixelGap: Int
    var rowGap: Int
    var shift: Int
    /// [row][column][channel], without gaps.
    var values: Values

    init(_ random: inout Random, rows: Int, columns: Int, channels: Int, is16: Bool, extreme: Bool = false) {
        self.rows = rows
        self.columns = columns
        self.channels = channels
        values = Values(&random, is16: is16, count: rows * columns * channels, extreme: extreme)
        (pixelGap, rowGap, shift) = (random.integer(0...9), random.integer(0...20), random.integer(0...31))
    }

    /// Ends with the last value of the group: a kernel must not read on.
    private func memory() -> (memory: Memory, pixelStride: Int, rowStride: Int) {
        let pixelStride = channels + pixelGap
        let rowStride = columns * pixelStride + rowGap
        var picture = [Int](repeating: 99, count: (rows - 1) * rowStride + (columns - 1) * pixelStride + channels)
        for (index, value) in values.logical.enumerated() {
            let (pixel, channel) = (index / channels, index % channels)
            picture[pixel / columns * rowStride + pixel % columns * pixelStride + channel] = value
        }
        var spread = values
        spread.logical = picture
        return (spread.memory(shift: shift), pixelStride * values.width, rowStride * values.width)
    }

    func difference(of row: Row) -> String? {
        let (input, pixelStride, rowStride) = memory()
        var (sum, squares) = (Int64(-1), Int64(-1))
        withUnsafeMutablePointer(to: &sum) { sum in
            withUnsafeMutablePointer(to: &squares) { squares in
                var arguments = group_sums_arguments(
                    input: input.start, is_16: values.is16 ? 1 : 0, row_stride: rowStride, rows: Int32(rows),
                    columns: Int32(columns), pixel_stride: pixelStride, channels: Int32(channels),
                    zero_point: values.memoryZeroPoint, sum: sum, square_sum: squares)
                withUnsafePointer(to: &arguments) { row.fields.group_sums?($0) }
            }
        }
        let distances = values.logical.indices.map { Int64(values.distance($0)) }
        let expected = distances.reduce((sum: Int64(0), squares: Int64(0))) { ($0.sum + $1, $0.squares + $1 * $1) }
        guard (sum, squares) != (expected.sum, expected.squares) else { return nil }
        return "rows \(rows), columns \(columns), channels \(channels), 16 bits \(values.is16), zero point "
            + "\(values.zeroPoint): \(sum) and \(squares), not \(expected.sum) and \(expected.squares)"
    }
}

private func smallPictures(_ row: Row) -> String? {
    var random = Random(seed: 81)
    for channels in 1...50 {
        for (rows, columns) in [(1, 1), (1, 2), (3, 1), (2, 2), (3, 5)] {
            for is16 in [false, true] {
                let group = GroupCase(&random, rows: rows, columns: columns, channels: channels, is16: is16)
                if let difference = group.difference(of: row) { return difference }
            }
        }
    }
    return nil
}

/// 2^16 equal values: what a kernel adds up in 32 bits must not overflow, not even by -32768, which is no value.
private func largestGroup(_ row: Row) -> String? {
    var random = Random(seed: 82)
    for channels in [1, 7, 8, 16, 24, 64] {
        for is16 in [false, true] {
            for (value, zeroPoint) in is16
                ? [(-32_768, 0), (-32_767, 0), (32_767, 0)] : [(-128, 127), (127, -128), (-128, 0)]
            {
                let pixels = 65_536 / channels
                let rows = pixels % 16 == 0 ? 16 : 1
                var group = GroupCase(
                    &random, rows: rows, columns: pixels / rows, channels: channels, is16: is16)
                group.values.logical = group.values.logical.map { _ in value }
                group.values.zeroPoint = zeroPoint
                if let difference = group.difference(of: row) { return difference }
            }
        }
    }
    return nil
}

private func randomPictures(_ row: Row) -> String? {
    for seed in UInt64(7_000)..<7_200 {
        var random = Random(seed: seed)
        let (rows, columns, channels) = (random.integer(1...9), random.integer(1...9), random.integer(1...40))
        let group = GroupCase(
            &random, rows: rows, columns: columns, channels: channels, is16: random.flag(), extreme: random.flag())
        if let difference = group.difference(of: row) { return "seed \(seed): " + difference }
    }
    return nil
}
