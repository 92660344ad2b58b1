internal import Kernels

/// Every convolution that leaves its sums against the definition.
var convolutionSumsChecks: [Check] {
    (Row.of(KERNEL_CONVOLUTION_SUMS) + Row.of(KERNEL_CONVOLUTION_SUMS_16)).flatMap { row in
        [
            Check(row, "all tile sizes", allTileSizes),
            Check(row, "all depths and taps", allDepths),
            Check(row, "all starts in memory", allStarts),
            Check(row, "products at their ends and wrapping sums", ends),
            Check(row, "random shapes", randomShapes),
        ]
    }
}

extension Row {
    fileprivate var isWide: Bool { fields.operation.rawValue == KERNEL_CONVOLUTION_SUMS_16.rawValue }
}

private func allTileSizes(_ row: Row) -> String? {
    var random = Random(seed: 61)
    for pixels in 1...Int(row.fields.tile_pixels) {
        for channels in 1...Int(row.fields.tile_channels) {
            let (taps, depth) = (random.integer(1...3), random.integer(1...20))
            let tile = ConvolutionCase(
                &random, pixels: pixels, channels: channels, taps: taps, depth: depth, isWide: row.isWide)
            if let difference = tile.sumsDifference(of: row, gap: channels % 3) { return difference }
        }
    }
    return nil
}

private func allDepths(_ row: Row) -> String? {
    var random = Random(seed: 62)
    for depth in Array(1...70) + Array(252...260) + [511, 512, 513, 600, 1_025] {
        let pixels = random.integer(1...Int(row.fields.tile_pixels))
        let channels = random.integer(1...Int(row.fields.tile_channels))
        let taps = depth < 20 ? depth : random.integer(1...3)
        let tile = ConvolutionCase(
            &random, pixels: pixels, channels: channels, taps: taps, depth: depth, isWide: row.isWide)
        if let difference = tile.sumsDifference(of: row) { return difference }
    }
    return nil
}

private func allStarts(_ row: Row) -> String? {
    var random = Random(seed: 63)
    for shift in 0..<64 {
        let channels = random.integer(1...Int(row.fields.tile_channels))
        var tile = ConvolutionCase(
            &random, pixels: Int(row.fields.tile_pixels), channels: channels, taps: 2, depth: 7, isWide: row.isWide)
        tile.inputShift = shift
        tile.panelGap = random.integer(0...1) * 64
        if let difference = tile.sumsDifference(of: row) { return difference }
    }
    return nil
}

/// Constant inputs and weights at the ends of their ranges, from biases next to the ends of a sum.
private func ends(_ row: Row) -> String? {
    var random = Random(seed: 64)
    // -32768 is no value, but a kernel must not multiply it wrongly either.
    let inputs: [Int16] = row.isWide ? [-32_768, -32_767, 32_767] : [-128, 127]
    for input in inputs {
        for weight in [Int8(-128), -127, 127] {
            for bias in [Int32.min, 0, Int32.max] {
                var tile = ConvolutionCase(
                    &random, pixels: Int(row.fields.tile_pixels), channels: Int(row.fields.tile_channels), taps: 2,
                    depth: 18, isWide: row.isWide)
                tile.input = tile.input.map { _ in input }
                tile.weights = tile.weights.map { _ in weight }
                tile.bias = tile.bias.map { _ in bias }
                if let difference = tile.sumsDifference(of: row) { return difference }
            }
        }
    }
    return nil
}

private func randomShapes(_ row: Row) -> String? {
    for seed in UInt64(5_000)..<5_150 {
        var random = Random(seed: seed)
        let pixels = random.integer(1...Int(row.fields.tile_pixels))
        let channels = random.integer(1...Int(row.fields.tile_channels))
        let (taps, depth) = (random.integer(1...5), random.integer(1...120))
        var tile = ConvolutionCase(
            &random, pixels: pixels, channels: channels, taps: taps, depth: depth, extreme: seed % 2 == 0,
            isWide: row.isWide)
        tile.inputShift = random.integer(0...63)
        if !row.isWide { tile.inputZero = random.integer(-128...127) }
        if let difference = tile.sumsDifference(of: row, gap: random.integer(0...2)) {
            return "seed \(seed): " + difference
        }
    }
    return nil
}
