/// How often which reals occurred: bins of one width on each side of zero. The width is a power of two and doubles when a
/// larger number comes, so nothing has to be known of the range before; the bins depend on the numbers and not on their
/// order, and two histograms are merged by adding them.
public struct ValueHistogram: Equatable, Sendable {
    /// Bins on each side, a power of two.
    private let side: Int
    /// The finest bins: smaller numbers do not matter beside any that calibration can meet.
    private static let leastExponent = -60

    /// Bins are 2^exponent wide.
    private var exponent = leastExponent
    /// Numbers that are 0: every range stands for them exactly.
    private(set) var zeros = 0
    /// All numbers.
    private(set) var total = 0
    /// Positive ones from small to large, then negative ones; empty before the first number.
    private var counts: [Int] = []

    /// - Parameter side: bins on each side of zero: 2 to some power.
    public init(side: Int = 2048) { self.side = side }

    /// Counts finite numbers.
    public mutating func add(_ elements: [Float]) {
        let largest = elements.reduce(Float(0)) { max($0, abs($1)) }
        reach(largest)
        let perUnit = Float(sign: .plus, exponent: -exponent, significand: 1)
        var zeros = 0
        let side = side
        counts.withUnsafeMutableBufferPointer { counts in
            for element in elements {
                guard element != 0 else {
                    zeros += 1
                    continue
                }
                // Exact: only the exponent changes, and the fraction is cut off.
                let bin = Int(abs(element) * perUnit)
                counts[element < 0 ? side + bin : bin] += 1
            }
        }
        self.zeros += zeros
        total += elements.count
    }

    public mutating func add(_ other: ValueHistogram) {
        guard !other.counts.isEmpty, side == other.side else { return }
        coarsen(to: other.exponent)
        let shift = exponent - other.exponent
        for bin in other.counts.indices where other.counts[bin] > 0 {
            counts[coarser(bin, shift)] += other.counts[bin]
        }
        zeros += other.zeros
        total += other.total
    }

    /// Makes the bins so wide that they reach beyond a number.
    private mutating func reach(_ largest: Float) {
        // 2^n bins end beyond every number of exponent e where they are 2^(e − n + 1) wide.
        coarsen(to: largest > 0 ? Int(largest.exponent) - side.trailingZeroBitCount + 1 : Self.leastExponent)
    }

    private mutating func coarsen(to wanted: Int) {
        if counts.isEmpty { counts = [Int](repeating: 0, count: 2 * side) }
        guard wanted > exponent else { return }
        let shift = wanted - exponent
        exponent = wanted
        var wider = [Int](repeating: 0, count: counts.count)
        for bin in counts.indices where counts[bin] > 0 { wider[coarser(bin, shift)] += counts[bin] }
        counts = wider
    }

    /// The bin that holds another one after the width has doubled some times.
    private func coarser(_ bin: Int, _ shift: Int) -> Int {
        bin < side ? bin >> shift : side + (bin - side) >> shift
    }
}

extension ValueHistogram {
    /// A bin that is not empty.
    struct Bin {
        /// The middle of the numbers that it counts.
        let middle: Double
        let count: Double
    }

    /// The bins that are not empty, from the smallest to the largest number; zeros are not among them.
    var bins: [Bin] {
        guard !counts.isEmpty else { return [] }
        let width = self.width
        let order = (side..<2 * side).reversed().map { ($0, -1.0) } + (0..<side).map { ($0, 1.0) }
        return order.compactMap { bin, sign in
            guard counts[bin] > 0 else { return nil }
            return Bin(middle: sign * (Double(bin % side) + 0.5) * width, count: Double(counts[bin]))
        }
    }

    /// How often numbers lie in `count` bins of equal width over a range; the first and the last one have what lies beyond.
    /// - Parameter isCounted: whether a number, to the width of the histogram's own bins, is to be counted.
    public func counts(
        _ count: Int, over range: ClosedRange<Double>, where isCounted: (Double) -> Bool = { _ in true }
    ) -> [Int] {
        var result = [Int](repeating: 0, count: max(count, 1))
        let perUnit = Double(result.count) / (range.upperBound - range.lowerBound)
        func add(_ number: Double, _ many: Int) {
            guard many > 0, isCounted(number) else { return }
            let inside = min(max(number, range.lowerBound), range.upperBound)
            let bin = perUnit.isFinite ? Int((inside - range.lowerBound) * perUnit) : 0
            result[min(bin, result.count - 1)] += many
        }
        for bin in bins { add(bin.middle, Int(bin.count)) }
        add(0, zeros)
        return result
    }

    /// Of a bin.
    var width: Double { Double(sign: .plus, exponent: exponent, significand: 1) }
}
