import EdgeFormat
import ModelGraph
import Quantization
import Testing

/// Numbers with a long tail: products of uniform ones.
private func numbers(_ count: Int, seed: UInt64, factors: Int) -> [Float] {
    var draw = SplitMix64(seed: seed)
    return (0..<count).map { _ in
        (0..<factors).reduce(4) { product, _ in product * Float(Int32(truncatingIfNeeded: draw.next() >> 32)) / 0x1p31 }
    }
}

private func range(_ numbers: [Float]) -> ValueRange {
    ValueRange(minimum: numbers.min() ?? 0, maximum: numbers.max() ?? 0)
}

/// The mean square error of 8 bits over a range, number by number.
private func error(_ numbers: [Float], _ range: ValueRange) -> Double {
    let quantization = Quantization(covering: range)
    return numbers.reduce(0) { sum, x in
        let difference = Double(quantization.dequantize(quantization.quantize(x)) - x)
        return sum + difference * difference
    } / Double(numbers.count)
}

@Test(arguments: 1...5)
func theBestRangeIsNearlyTheBestOfAll(_ factors: Int) {
    let numbers = numbers(20_000, seed: UInt64(factors), factors: factors)
    let all = range(numbers)
    var histogram = ValueHistogram()
    histogram.add(numbers)
    let chosen = error(numbers, histogram.bestRange(within: all))
    let tried = (8...32).map { share in
        let part = Float(share) / 32
        return error(numbers, ValueRange(minimum: all.minimum * part, maximum: all.maximum * part))
    }
    #expect(chosen <= (tried.min() ?? 0) * 1.05)
}

@Test func anOutlierIsCutAsFarAsFinerStepsPay() {
    // N·(end + 1)²/(255²·12) for the steps against (8 − end)² for the one beyond: least near 6.
    let numbers = numbers(200_000, seed: 2, factors: 1).map { $0 / 4 } + [8]
    var histogram = ValueHistogram()
    histogram.add(numbers)
    let best = histogram.bestRange(within: range(numbers))
    #expect((5.5...6.75).contains(best.maximum) && best.minimum < -0.95, "\(best)")
}

@Test func histogramsOfPartsAddUp() {
    let numbers = numbers(1000, seed: 7, factors: 2)
    var (all, first, second) = (ValueHistogram(), ValueHistogram(), ValueHistogram())
    all.add(numbers)
    first.add(Array(numbers[..<300]))
    second.add(Array(numbers[300...]))
    second.add(first)
    #expect(second == all)
}

@Test func aRangeOfOneSideKeepsItsZero() {
    var histogram = ValueHistogram()
    let numbers = (0..<1000).map { Float($0) / 500 }
    histogram.add(numbers)
    let range = histogram.bestRange(within: range(numbers))
    #expect(range.minimum == 0 && range.maximum > 1.8)
}
