/// One axis of the antialiased resize from N samples to n (docs/imaging.md): for each output sample the first source
/// sample that it reads, and integer weights that sum to 2¹⁴.
///
/// The triangle filter in exact integers: with C = (2i+1)·N − n, the output's centre in units of 1/2n of a sample,
/// r_k = max(0, 2·max(N, n) − |2nk − C|) and w_k = ⌊2¹⁴·r_k / Σr⌋; what is left of 2¹⁴ goes to the first largest weight.
struct ResizeAxis {
    static let shift: Int32 = 14
    static let half: Int32 = 1 << 13

    let source: Int
    let target: Int
    /// Weights an output sample; those of the edges are filled up with zeros.
    let taps: Int
    /// `target` first source samples; each is at most `source − taps`.
    let starts: [Int32]
    /// `target · taps` weights.
    let weights: [Int16]

    init(source: Int, target: Int) {
        self.source = source
        self.target = target
        let taps = min(source, (2 * max(source, target) - 1) / target + 1)
        self.taps = taps
        var starts = [Int32](repeating: 0, count: target)
        var weights = [Int16](repeating: 0, count: target * taps)
        for output in 0..<target {
            let start = Self.firstSource(of: output, source: source, target: target, taps: taps)
            starts[output] = Int32(truncatingIfNeeded: start)
            Self.fill(
                &weights, at: output * taps, output: output, start: start, source: source, target: target, taps: taps)
        }
        self.starts = starts
        self.weights = weights
    }

    /// The first sample with a weight above zero, moved back where its `taps` samples would pass the end.
    private static func firstSource(of output: Int, source: Int, target: Int, taps: Int) -> Int {
        let lowest = (2 * output + 1) * source - target - 2 * max(source, target) + 1
        // Ceiling division; below zero the edge is reached whatever the rounding.
        let first = lowest <= 0 ? 0 : (lowest + 2 * target - 1) / (2 * target)
        return min(first, source - taps)
    }

    private static func fill(
        _ weights: inout [Int16], at offset: Int, output: Int, start: Int, source: Int, target: Int, taps: Int
    ) {
        let center = (2 * output + 1) * source - target
        let reach = 2 * max(source, target)
        var sum = 0
        for tap in 0..<taps { sum += max(0, reach - abs(2 * target * (start + tap) - center)) }
        var rest = 1 << 14
        var largest = 0
        for tap in 0..<taps {
            let raw = max(0, reach - abs(2 * target * (start + tap) - center))
            let weight = (raw << 14) / sum
            weights[offset + tap] = Int16(truncatingIfNeeded: weight)
            rest -= weight
            if weight > Int(weights[offset + largest]) { largest = tap }
        }
        weights[offset + largest] += Int16(truncatingIfNeeded: rest)
    }
}
