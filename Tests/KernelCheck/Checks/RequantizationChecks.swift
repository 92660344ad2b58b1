internal import Kernels

/// The epilogue of every convolution: its sums are chosen through the bias, its weights are zero.
var requantizationChecks: [Check] {
    Row.of(KERNEL_CONVOLUTION).flatMap { row in
        [
            Check(row, "ties go to even", tiesGoToEven),
            Check(row, "sums beyond 24 bits are rounded to even", longSums),
            Check(row, "results far outside of a byte are clamped", farResults),
            Check(row, "random sums and scales", randomSums),
        ]
    }
}

private func tile(_ row: Row, _ sums: [Int32], _ scales: [Float], zeroPoint: Int = 0) -> ConvolutionCase {
    var random = Random(seed: 7)
    var tile = ConvolutionCase(
        &random, pixels: Int(row.fields.tile_pixels), channels: sums.count, taps: 1, depth: 1)
    tile.weights = tile.weights.map { _ in 0 }
    tile.bias = sums
    tile.scale = scales
    tile.output.zeroPoint = zeroPoint
    return tile
}

/// Sums that are exactly half way between two results, for every power of two.
private func tiesGoToEven(_ row: Row) -> String? {
    let channels = Int(row.fields.tile_channels)
    for shift in 1...22 {
        let scale = 1 / Float(1 << shift)
        for first in stride(from: -131, to: 131, by: channels) {
            let sums = (0..<channels).map { Int32((2 * (first + $0) + 1) << (shift - 1)) }
            let scales = [Float](repeating: scale, count: channels)
            for zeroPoint in [-128, 0, 77] {
                if let difference = tile(row, sums, scales, zeroPoint: zeroPoint).difference(of: row) {
                    return "shift \(shift): " + difference
                }
            }
        }
    }
    return nil
}

/// Integers that single precision cannot hold, half way between two that it can, scaled so that it shows.
private func longSums(_ row: Row) -> String? {
    let channels = Int(row.fields.tile_channels)
    for bits in 24...30 {
        let unit = 1 << (bits - 23)
        for offset in stride(from: 0, to: 64, by: channels) {
            let sums = (0..<channels).map { Int32((1 << bits) + (offset + $0) * unit / 2 + $0 % 3 - 1) }
            for sign in [Int32(1), -1] {
                // Half a unit in the last place of the sum moves the product across a tie at 64.5 and 63.5.
                let scales = (0..<channels).map { Float(sum: sums[$0], becoming: $0 % 2 == 0 ? 64.5 : 63.5) }
                let difference = tile(row, sums.map { $0 * sign }, scales).difference(of: row)
                if let difference { return "bits \(bits): " + difference }
            }
        }
    }
    return nil
}

/// Up to the largest 32-bit results: beyond 16 bits a kernel's intermediate values saturate, and must not wrap.
private func farResults(_ row: Row) -> String? {
    let channels = Int(row.fields.tile_channels)
    for bits in 7...30 {
        for sign in [Int32(1), -1] {
            let sums = (0..<channels).map { sign * ((1 << Int32(bits)) - Int32($0 * 9)) }
            for zeroPoint in [-128, 127] {
                let scales = [Float](repeating: 0.999, count: channels)
                let difference = tile(row, sums, scales, zeroPoint: zeroPoint).difference(of: row)
                if let difference { return "bits \(bits): " + difference }
            }
        }
    }
    return nil
}

private func randomSums(_ row: Row) -> String? {
    let channels = Int(row.fields.tile_channels)
    for seed in UInt64(2_000)..<2_400 {
        var random = Random(seed: seed)
        var sums: [Int32] = []
        var scales: [Float] = []
        for _ in 0..<channels {
            let bits = random.integer(1...31)
            sums.append(Int32(truncatingIfNeeded: Int64(bitPattern: random.next()) >> Int64(64 - bits)))
            // Results up to about four times the range of a byte.
            scales.append(min(random.scale(from: 1 / Float(1 << max(0, bits - 9))), 0.999))
        }
        let difference = tile(row, sums, scales, zeroPoint: random.integer(-128...127)).difference(of: row)
        if let difference { return "seed \(seed): " + difference }
    }
    return nil
}

extension Float {
    /// The scale that makes a sum about `result`.
    fileprivate init(sum: Int32, becoming result: Float) { self = result / Float(sum) }
}
