import Foundation
import ModelGraph

// From a histogram to the range that 8 bits stand for. Every choice lies within the range that was seen, and holds 0.
extension ValueHistogram {
    /// The range of the method.
    /// - Parameter range: of all the numbers counted.
    func range(_ method: RangeMethod, within range: ValueRange) -> ValueRange {
        switch method {
        case .minMax, .movingAverage: range
        case .percentile(let share): percentileRange(share, within: range)
        case .leastSquares: bestRange(within: range)
        case .divergence: nearestRange(within: range)
        }
    }

    /// Without the outermost numbers on both sides, half of what is left out on each.
    /// - Parameter share: in percent, of the numbers inside.
    func percentileRange(_ share: Double, within range: ValueRange) -> ValueRange {
        let outside = Double(total) * (100 - share) / 200
        let bins = bins
        let high = Self.end(outside, bins.reversed().filter { $0.middle > 0 }, width) ?? 0
        let low = Self.end(outside, bins.filter { $0.middle < 0 }, width) ?? 0
        return ValueRange(
            minimum: max(-Float(low), min(range.minimum, 0)), maximum: min(Float(high), max(range.maximum, 0)))
    }

    /// The distance from zero beyond which so many numbers lie; nil where they are more than the bins of one side hold.
    /// - Parameter bins: of that side, from the outermost on.
    private static func end(_ outside: Double, _ bins: [Bin], _ width: Double) -> Double? {
        var left = outside
        for bin in bins {
            if bin.count > left { return abs(bin.middle) + width * (0.5 - left / bin.count) }
            left -= bin.count
        }
        return nil
    }

    /// The part of a range whose 255 steps stand for the numbers with the least mean square error: fine steps against what
    /// is cut off beyond the ends.
    public func bestRange(within range: ValueRange) -> ValueRange {
        let errors = RoundingErrors(bins)
        let candidates = Candidates(range)
        let lower = candidates.lows.map { errors.cut(below: $0) }
        let upper = candidates.highs.map { errors.cut(above: $0) }
        return candidates.best { i, j in
            lower[i] + upper[j] + errors.rounding(step: (candidates.highs[j] - candidates.lows[i]) / 255)
        }
    }

    /// The range whose results, after functions of one value, have the least mean square error.
    /// - Parameter functions: all that read the value.
    func bestRange(within range: ValueRange, before functions: [(Float) -> Float]) -> ValueRange {
        let bins = bins
        let candidates = Candidates(range)
        let exact = functions.map { function in bins.map { Double(function(Float($0.middle))) } }
        return candidates.best { i, j in
            let quantization = Quantization(
                covering: ValueRange(minimum: Float(candidates.lows[i]), maximum: Float(candidates.highs[j])))
            let steps = bins.map { Int(quantization.quantize(Float($0.middle))) + 128 }
            var error = 0.0
            for (function, exact) in zip(functions, exact) {
                let table = (-128...127).map { Double(function(quantization.dequantize(Int8($0)))) }
                for index in bins.indices {
                    let difference = table[steps[index]] - exact[index]
                    error += bins[index].count * difference * difference
                }
            }
            return error
        }
    }

    /// The range whose quantized numbers are distributed most like the numbers: those beyond count for the ends.
    func nearestRange(within range: ValueRange) -> ValueRange {
        let bins = bins
        let candidates = Candidates(range)
        return candidates.best { i, j in
            divergence(bins, low: candidates.lows[i], high: candidates.highs[j])
        }
    }

    /// Σ p·ln(p/q): p is the share of each bin, what lies beyond added to the outermost bins inside; q has the numbers of
    /// each step spread evenly over its bins that are not empty.
    private func divergence(_ bins: [Bin], low: Double, high: Double) -> Double {
        guard let first = bins.firstIndex(where: { $0.middle >= low }),
            let last = bins.lastIndex(where: { $0.middle <= high }), first <= last
        else { return .infinity }
        let step = (high - low) / 255
        var p = bins[first...last].map(\.count)
        p[0] += bins[..<first].reduce(0) { $0 + $1.count }
        p[p.count - 1] += bins[(last + 1)...].reduce(0) { $0 + $1.count }
        let all = p.reduce(0, +)
        let inside = bins[first...last].reduce(0) { $0 + $1.count }
        var sum = 0.0
        var start = first
        while start <= last {
            let number = (bins[start].middle / step).rounded()
            var end = start
            var count = 0.0
            while end <= last, (bins[end].middle / step).rounded() == number {
                count += bins[end].count
                end += 1
            }
            let q = count / Double(end - start) / inside
            for index in start..<end { sum += p[index - first] / all * log(p[index - first] / all / q) }
            start = end
        }
        return sum
    }
}

/// Ends that are tried: parts of a range that holds 0.
private struct Candidates {
    /// From the range's own end to a thirty-second of it; 0 alone where the range has no such side.
    let lows: [Double]
    let highs: [Double]

    private static let shares = 64
    private static let leastShare = 2

    init(_ range: ValueRange) {
        lows = Self.ends(Double(min(range.minimum, 0)))
        highs = Self.ends(Double(max(range.maximum, 0)))
    }

    private static func ends(_ end: Double) -> [Double] {
        end == 0 ? [0] : (leastShare...shares).reversed().map { end * Double($0) / Double(shares) }
    }

    /// The pair of ends with the least error; of equal ones the widest.
    func best(_ error: (_ low: Int, _ high: Int) -> Double) -> ValueRange {
        var best = (error: Double.infinity, low: 0, high: 0)
        for i in lows.indices {
            for j in highs.indices {
                let error = error(i, j)
                if error < best.error { best = (error, i, j) }
            }
        }
        return ValueRange(minimum: Float(lows[best.low]), maximum: Float(highs[best.high]))
    }
}

/// Square errors of quantizing what a histogram counted.
private struct RoundingErrors {
    private let bins: [ValueHistogram.Bin]
    /// By the number of bins from zero outwards: how many numbers they hold, and the sum of their squares.
    private let distances: [Double]
    private let counts: [Double]
    private let squares: [Double]

    init(_ bins: [ValueHistogram.Bin]) {
        self.bins = bins
        let outwards = bins.sorted { abs($0.middle) < abs($1.middle) }
        distances = outwards.map { abs($0.middle) }
        var (counts, squares) = ([0.0], [0.0])
        for (index, bin) in outwards.enumerated() {
            counts.append(counts[index] + bin.count)
            squares.append(squares[index] + bin.count * bin.middle * bin.middle)
        }
        self.counts = counts
        self.squares = squares
    }

    /// Σ (x − end)² over the numbers beyond.
    func cut(above end: Double) -> Double {
        bins.reduce(0) { $1.middle > end ? $0 + $1.count * ($1.middle - end) * ($1.middle - end) : $0 }
    }

    func cut(below end: Double) -> Double {
        bins.reduce(0) { $1.middle < end ? $0 + $1.count * ($1.middle - end) * ($1.middle - end) : $0 }
    }

    /// What rounding costs: numbers below half a step become 0, others are off by anything up to half a step, step²/12 in the
    /// mean.
    func rounding(step: Double) -> Double {
        let near = distances.partitionPoint { $0 < step / 2 }
        let far = (counts.last ?? 0) - counts[near]
        return squares[near] + far * step * step / 12
    }
}

extension [Double] {
    /// Of elements for which the condition holds first and then no more: how many they are.
    fileprivate func partitionPoint(_ holds: (Double) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
