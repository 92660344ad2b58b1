internal import Kernels

/// Every depthwise convolution against the definition.
var depthwiseChecks: [Check] {
    Row.of(KERNEL_DEPTHWISE).flatMap { row in
        [
            Check(row, "all channel counts and row lengths", allSizes),
            Check(row, "all kernels, strides and dilations", allKernels),
            Check(row, "all multipliers", allMultipliers),
            Check(row, "all starts in memory", allStarts),
            Check(row, "full saturation", fullSaturation),
            Check(row, "wrapping sums", wrappingSums),
            Check(row, "upper bounds by channel", channelBounds),
            Check(row, "random shapes", randomShapes),
        ]
    }
}

private func allSizes(_ row: Row) -> String? {
    var random = Random(seed: 61)
    for channels in 1...70 {
        for kernel in [3, 5] {
            let depthwise = DepthwiseCase(
                &random, rows: kernel, columns: kernel, channels: channels, pixels: random.integer(1...13),
                stride: random.integer(1...3))
            if let difference = depthwise.difference(of: row) { return difference }
        }
    }
    for pixels in 1...40 {
        for (kernel, stride) in [(3, 1), (3, 2), (5, 1), (5, 2)] {
            let depthwise = DepthwiseCase(
                &random, rows: kernel, columns: kernel, channels: 17, pixels: pixels, stride: stride)
            if let difference = depthwise.difference(of: row) { return difference }
        }
    }
    return nil
}

private func allKernels(_ row: Row) -> String? {
    var random = Random(seed: 62)
    for rows in 1...9 {
        for columns in 1...9 {
            for (stride, dilation) in [(1, 1), (2, 1), (3, 1), (1, 2), (2, 2), (4, 2), (2, 4)] {
                let depthwise = DepthwiseCase(
                    &random, rows: rows, columns: columns, channels: random.integer(1...20),
                    pixels: random.integer(1...6), stride: stride, dilation: dilation)
                if let difference = depthwise.difference(of: row) { return difference }
            }
        }
    }
    return nil
}

private func allMultipliers(_ row: Row) -> String? {
    var random = Random(seed: 63)
    for multiplier in Array(1...20) + [31, 32, 33] {
        for channels in [1, 2, 3, 5, 17] {
            let kernel = [1, 3, 5][random.integer(0...2)]
            let depthwise = DepthwiseCase(
                &random, rows: kernel, columns: kernel, channels: channels, multiplier: multiplier,
                pixels: random.integer(1...6), stride: random.integer(1...2))
            if let difference = depthwise.difference(of: row) { return difference }
        }
    }
    return nil
}

private func allStarts(_ row: Row) -> String? {
    var random = Random(seed: 64)
    for shift in 0..<64 {
        var depthwise = DepthwiseCase(
            &random, rows: 3, columns: 3, channels: random.integer(1...40), pixels: 5, stride: 1 + shift % 2)
        depthwise.inputShift = shift
        depthwise.outputShift = 63 - shift
        depthwise.inputGap = random.integer(0...3)
        depthwise.outputGap = random.integer(0...70)
        depthwise.rowGap = random.integer(0...70)
        if let difference = depthwise.difference(of: row) { return difference }
    }
    return nil
}

/// Constant inputs and weights at the ends of their ranges: the largest products, and the pairs of them that a 16-bit
/// sum cannot hold.
private func fullSaturation(_ row: Row) -> String? {
    var random = Random(seed: 65)
    for input in [Int8(-128), 127] {
        for weight in [Int8(-128), -127, 127] {
            for zero in [-128, 0, 127] {
                for kernel in [3, 4] {
                    var depthwise = DepthwiseCase(&random, rows: kernel, columns: kernel, channels: 18, pixels: 6)
                    depthwise.input = depthwise.input.map { _ in input }
                    depthwise.weights = depthwise.weights.map { _ in weight }
                    depthwise.inputZero = zero
                    depthwise.scale = depthwise.scale.map { _ in random.scale(from: 0.0003) }
                    if let difference = depthwise.difference(of: row) { return difference }
                }
            }
        }
    }
    return nil
}

private func wrappingSums(_ row: Row) -> String? {
    var random = Random(seed: 66)
    for round in 0..<20 {
        var depthwise = DepthwiseCase(
            &random, rows: 3, columns: 3, channels: random.integer(1...33), pixels: 1 + round % 5, extreme: true)
        depthwise.bias = depthwise.bias.map { _ in random.integer(0...1) == 0 ? Int32.max : Int32.min }
        depthwise.scale = depthwise.scale.map { _ in random.scale(from: 2e-8) }
        depthwise.inputZero = random.integer(-128...127)
        if let difference = depthwise.difference(of: row) { return difference }
    }
    return nil
}

/// All numbers of channels, and bounds of which each holds for its own alone.
private func channelBounds(_ row: Row) -> String? {
    var random = Random(seed: 67)
    for channels in 1...70 {
        var depthwise = DepthwiseCase(
            &random, rows: 3, columns: 3, channels: channels, multiplier: 1 + channels % 2, pixels: 1 + channels % 6)
        depthwise.bias = depthwise.bias.map { _ in 1_000_000 }
        depthwise.output = Definition.Output(zeroPoint: random.integer(-128...127), minimum: -100, maximum: 120)
        depthwise.output.maxima = (0..<depthwise.channels).map { 120 - $0 }
        if let difference = depthwise.difference(of: row) { return difference }
        depthwise.output.maxima = random.maxima(depthwise.channels, depthwise.output)
        if let difference = depthwise.difference(of: row) { return difference }
    }
    return nil
}

private func randomShapes(_ row: Row) -> String? {
    for seed in UInt64(6_000)..<6_150 {
        var random = Random(seed: seed)
        let (rows, columns) = (random.integer(1...7), random.integer(1...7))
        let (channels, multiplier) = (random.integer(1...50), random.integer(0...3) == 0 ? random.integer(1...5) : 1)
        let (stride, dilation) = (random.integer(1...3), random.integer(1...2))
        var depthwise = DepthwiseCase(
            &random, rows: rows, columns: columns, channels: channels, multiplier: multiplier,
            pixels: random.integer(1...20), stride: stride, dilation: dilation, extreme: seed % 2 == 0)
        depthwise.inputShift = random.integer(0...63)
        depthwise.outputShift = random.integer(0...63)
        depthwise.inputZero = random.integer(-128...127)
        let ends = (random.integer(-128...127), random.integer(-128...127))
        depthwise.output = Definition.Output(
            zeroPoint: random.integer(-128...127), minimum: min(ends.0, ends.1), maximum: max(ends.0, ends.1))
        if seed % 3 == 0 { depthwise.output.maxima = random.maxima(depthwise.channels, depthwise.output) }
        if let difference = depthwise.difference(of: row) { return "seed \(seed): " + difference }
    }
    return nil
}
