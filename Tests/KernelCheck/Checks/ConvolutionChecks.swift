internal import Kernels

/// Every convolution against the definition.
var convolutionChecks: [Check] {
    Row.of(KERNEL_CONVOLUTION).flatMap { row in
        [
            Check(row, "all tile sizes", allTileSizes),
            Check(row, "all depths and taps", allDepths),
            Check(row, "all starts in memory", allStarts),
            Check(row, "full saturation", fullSaturation),
            Check(row, "wrapping sums", wrappingSums),
            Check(row, "zero points and ranges at their ends", ends),
            Check(row, "upper bounds by channel", channelBounds),
            Check(row, "random shapes", randomShapes),
        ]
    }
}

private func allTileSizes(_ row: Row) -> String? {
    var random = Random(seed: 1)
    for pixels in 1...Int(row.fields.tile_pixels) {
        for channels in 1...Int(row.fields.tile_channels) {
            let (taps, depth) = (random.integer(1...3), random.integer(1...20))
            let tile = ConvolutionCase(&random, pixels: pixels, channels: channels, taps: taps, depth: depth)
            if let difference = tile.difference(of: row) { return difference }
        }
    }
    return nil
}

private func allDepths(_ row: Row) -> String? {
    var random = Random(seed: 2)
    // A kernel may take the depth in blocks; 256 is the largest.
    let depths = Array(1...70) + Array(252...260) + [511, 512, 513, 600, 1_025]
    for depth in depths {
        let pixels = random.integer(1...Int(row.fields.tile_pixels))
        let channels = random.integer(1...Int(row.fields.tile_channels))
        let taps = depth < 20 ? depth : random.integer(1...3)
        let tile = ConvolutionCase(&random, pixels: pixels, channels: channels, taps: taps, depth: depth)
        if let difference = tile.difference(of: row) { return difference }
    }
    return nil
}

private func allStarts(_ row: Row) -> String? {
    var random = Random(seed: 3)
    for shift in 0..<64 {
        let channels = random.integer(1...Int(row.fields.tile_channels))
        var tile = ConvolutionCase(
            &random, pixels: Int(row.fields.tile_pixels), channels: channels, taps: 2, depth: 7)
        tile.inputShift = shift
        tile.outputShift = 63 - shift
        tile.outputGap = random.integer(0...70)
        tile.panelGap = random.integer(0...1) * 64
        if let difference = tile.difference(of: row) { return difference }
    }
    return nil
}

/// Constant inputs and weights at the ends of their ranges: the largest products, and the pairs of them that a 16-bit
/// sum cannot hold.
private func fullSaturation(_ row: Row) -> String? {
    var random = Random(seed: 4)
    for input in [Int8(-128), 127] {
        for weight in [Int8(-128), -127, 127] {
            for zero in [-128, 0, 127] {
                var tile = ConvolutionCase(
                    &random, pixels: Int(row.fields.tile_pixels), channels: Int(row.fields.tile_channels), taps: 2,
                    depth: 18)
                tile.input = tile.input.map { _ in Int16(input) }
                tile.weights = tile.weights.map { _ in weight }
                tile.inputZero = zero
                tile.scale = tile.scale.map { _ in random.scale(from: 0.0001) }
                if let difference = tile.difference(of: row) { return difference }
            }
        }
    }
    return nil
}

private func wrappingSums(_ row: Row) -> String? {
    var random = Random(seed: 5)
    for _ in 0..<20 {
        let channels = random.integer(1...Int(row.fields.tile_channels))
        var tile = ConvolutionCase(&random, pixels: 3, channels: channels, taps: 1, depth: 40, extreme: true)
        tile.bias = tile.bias.map { _ in random.integer(0...1) == 0 ? Int32.max : Int32.min }
        tile.scale = tile.scale.map { _ in random.scale(from: 2e-8) }
        tile.inputZero = random.integer(-128...127)
        if let difference = tile.difference(of: row) { return difference }
    }
    return nil
}

private func ends(_ row: Row) -> String? {
    var random = Random(seed: 6)
    let ranges = [(-128, 127), (-128, -128), (127, 127), (0, 127), (-128, 0), (-5, 5), (3, 3)]
    for (minimum, maximum) in ranges {
        for zero in [-128, -1, 0, 1, 127] {
            for zeroPoint in [-128, minimum, maximum, 127] {
                var tile = ConvolutionCase(&random, pixels: 2, channels: 16, taps: 1, depth: 9)
                tile.inputZero = zero
                tile.output = Definition.Output(zeroPoint: zeroPoint, minimum: minimum, maximum: maximum)
                if let difference = tile.difference(of: row) { return difference }
            }
        }
    }
    return nil
}

/// All numbers of channels, and bounds of which each holds for its own alone.
private func channelBounds(_ row: Row) -> String? {
    var random = Random(seed: 7)
    for channels in 1...Int(row.fields.tile_channels) {
        let pixels = 1 + channels % Int(row.fields.tile_pixels)
        var tile = ConvolutionCase(&random, pixels: pixels, channels: channels, taps: 2, depth: 11)
        tile.bias = tile.bias.map { _ in 1_000_000 }
        tile.output = Definition.Output(zeroPoint: random.integer(-128...127), minimum: -100, maximum: 120)
        tile.output.maxima = (0..<channels).map { 120 - 3 * $0 }
        if let difference = tile.difference(of: row) { return difference }
        tile.output.maxima = random.maxima(channels, tile.output)
        if let difference = tile.difference(of: row) { return difference }
    }
    return nil
}

private func randomShapes(_ row: Row) -> String? {
    for seed in UInt64(1_000)..<1_150 {
        var random = Random(seed: seed)
        let pixels = random.integer(1...Int(row.fields.tile_pixels))
        let channels = random.integer(1...Int(row.fields.tile_channels))
        let (taps, depth) = (random.integer(1...5), random.integer(1...120))
        var tile = ConvolutionCase(
            &random, pixels: pixels, channels: channels, taps: taps, depth: depth, extreme: seed % 2 == 0)
        tile.inputShift = random.integer(0...63)
        tile.outputShift = random.integer(0...63)
        tile.inputZero = random.integer(-128...127)
        let ends = (random.integer(-128...127), random.integer(-128...127))
        tile.output = Definition.Output(
            zeroPoint: random.integer(-128...127), minimum: min(ends.0, ends.1), maximum: max(ends.0, ends.1))
        if seed % 3 == 0 { tile.output.maxima = random.maxima(channels, tile.output) }
        if let difference = tile.difference(of: row) { return "seed \(seed): " + difference }
    }
    return nil
}
