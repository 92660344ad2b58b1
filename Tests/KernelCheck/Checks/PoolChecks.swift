internal import Kernels

/// Every average pool against the definition.
var averagePoolChecks: [Check] {
    Row.of(KERNEL_AVERAGE_POOL).flatMap { row in
        shapeChecks(row) + [
            Check(row, "halves go away from zero for every count", halves),
            Check(row, "the largest window, full of extremes", largestWindow),
        ]
    }
}

/// Every max pool against the definition.
var maxPoolChecks: [Check] { Row.of(KERNEL_MAX_POOL).flatMap(shapeChecks) }

private func shapeChecks(_ row: Row) -> [Check] {
    [
        Check(row, "all channel counts and small windows", smallWindows),
        Check(row, "random windows, starts and ranges", randomWindows),
    ]
}

private func smallWindows(_ row: Row) -> String? {
    var random = Random(seed: 11)
    for channels in 1...70 {
        for (rows, columns) in [(1, 1), (1, 2), (2, 1), (2, 2), (3, 3)] {
            let pool = PoolCase(&random, rows: rows, columns: columns, channels: channels)
            if let difference = pool.difference(of: row) { return difference }
        }
    }
    return nil
}

private func randomWindows(_ row: Row) -> String? {
    for seed in UInt64(3_000)..<3_200 {
        var random = Random(seed: seed)
        let (rows, columns, channels) = (random.integer(1...8), random.integer(1...8), random.integer(1...100))
        var pool = PoolCase(&random, rows: rows, columns: columns, channels: channels, extreme: seed % 2 == 0)
        pool.inputShift = random.integer(0...63)
        pool.outputShift = random.integer(0...63)
        pool.pixelGap = random.integer(0...5)
        // A divisor that is not the window's size: padding counts, or does not.
        if seed % 4 == 0 { pool.count = random.integer(1...1_024) }
        let ends = (random.integer(-128...127), random.integer(-128...127))
        pool.output.minimum = min(ends.0, ends.1)
        pool.output.maximum = max(ends.0, ends.1)
        if let difference = pool.difference(of: row) { return "seed \(seed): " + difference }
    }
    return nil
}

/// For every count, sums at and beside the half between two results, on both sides of zero.
private func halves(_ row: Row) -> String? {
    var random = Random(seed: 12)
    let steps = [-1, 0, 1, -1, 0, 1, 2, -2]
    for count in 1...1_024 {
        var pool = PoolCase(&random, rows: 1, columns: count, channels: steps.count)
        for (channel, step) in steps.enumerated() {
            let magnitude = random.integer(0...126) * count + count / 2 + step
            fill(&pool, channel, sum: channel < 4 ? magnitude : -magnitude)
        }
        if let difference = pool.difference(of: row) { return difference }
    }
    return nil
}

/// Spreads a sum over the window of a channel.
private func fill(_ pool: inout PoolCase, _ channel: Int, sum: Int) {
    let low = -128 * pool.count
    let sum = min(max(sum, low), 127 * pool.count)
    let (above, rest) = (sum - low).quotientAndRemainder(dividingBy: pool.count)
    for pixel in 0..<pool.count {
        pool.values[pixel * pool.channels + channel] = Int8(above - 128 + (pixel < rest ? 1 : 0))
    }
}

private func largestWindow(_ row: Row) -> String? {
    var random = Random(seed: 13)
    for value in [Int8(-128), 127] {
        for channels in [1, 8, 19] {
            for count in [1, 2, 1_023, 1_024] {
                var pool = PoolCase(&random, rows: 32, columns: 32, channels: channels)
                pool.values = pool.values.map { _ in value }
                pool.count = count
                if let difference = pool.difference(of: row) { return difference }
            }
        }
    }
    return nil
}
