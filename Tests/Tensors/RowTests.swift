import Foundation
import Tensors
import Testing

@Suite("Rows and tensors")
struct RowTests {
    @Test("loops do the same to every element, whatever the length")
    func lengths() {
        for count in 0..<40 {
            let a = Tensor([count], (0..<count).map { Float($0) - 5 })
            let b = Tensor([count], (0..<count).map { Float(2 * $0) })
            add(a.base, to: b.base, count: count)
            #expect(b.values == (0..<count).map { Float(3 * $0) - 5 })
            add(-0.5, times: a.base, to: b.base, count: count)
            #expect(b.values == (0..<count).map { 2.5 * Float($0) - 2.5 })
            maskByPositive(a.base, b.base, count: count)
            let masked = (0..<count).map { (index: Int) -> Float in index > 5 ? 2.5 * Float(index) - 2.5 : 0 }
            #expect(b.values == masked)
            copy(a.base, to: b.base, count: count)
            #expect(b.values == a.values)
        }
    }

    @Test("a bias is added to each row, and ReLU sets what is below zero to zero")
    func bias() {
        for width in [1, 3, 8, 11] {
            let bias = Tensor([width], (0..<width).map { Float($0) - 3 })
            for clamps in [false, true] {
                let rows = Tensor([2, width], [Float](repeating: 1, count: 2 * width))
                addBias(bias.base, to: rows.base, rows: 2, width: width, clamps: clamps)
                let row = (0..<width).map { clamps ? max(Float($0) - 2, 0) : Float($0) - 2 }
                #expect(rows.values == row + row)
            }
        }
    }

    @Test("slices and shapes share their elements")
    func sharing() {
        let tensor = Tensor([2, 3], [0, 1, 2, 3, 4, 5])
        let row = tensor.slice(at: 3, [3])
        row.base[0] = 9
        #expect(tensor.values == [0, 1, 2, 9, 4, 5])
        #expect(tensor.reshaped([3, 2]).shape == [3, 2])
        #expect(tensor.reshaped([6]).base == tensor.base)
    }
}

@Suite("Random numbers")
struct RandomGeneratorTests {
    @Test("are those of SplitMix64, the same everywhere")
    func fixedNumbers() {
        var generator = RandomGenerator(1, 2)
        let first = (0..<3).map { _ in generator.next() }
        var again = RandomGenerator(1, 2)
        #expect(first == (0..<3).map { _ in again.next() })
        var other = RandomGenerator(2, 1)
        #expect(first[0] != other.next())
        var one = RandomGenerator(1)
        #expect(one.next() != first[0])
    }

    @Test("keep to their ranges, and reach both ends")
    func ranges() {
        var generator = RandomGenerator(7)
        var seen = [Int](repeating: 0, count: 5)
        for _ in 0..<1000 { seen[generator.below(5)] += 1 }
        #expect(seen.allSatisfy { $0 > 150 && $0 < 250 })
        let units = (0..<1000).map { _ in generator.signedUnit() }
        #expect(units.allSatisfy { $0 >= -1 && $0 < 1 })
        #expect(abs(units.reduce(0, +)) < 60)
    }
}

@Suite("Functions of eight floats")
struct ExponentialTests {
    @Test("eˣ is within 2⁻²² over the whole range, cut at its ends, and NaN stays NaN")
    func exponential() {
        for step in -86_000...86_000 {
            let x = Float(step) / 1000
            let wanted = exp(Double(x))
            #expect(abs(Double(Lanes(repeating: x).exponential[3]) - wanted) <= wanted * 0x1p-22, "\(x)")
        }
        let ends = Lanes(-.infinity, -1000, -87, 0, 87, 1000, .infinity, .nan).exponential
        #expect(ends[0] == ends[2] && ends[1] == ends[2] && ends[2] > 0)
        #expect(ends[3] == 1 && ends[4] == ends[5] && ends[5] == ends[6] && ends[6].isFinite && ends[7].isNaN)
    }

    @Test("rows of any length are mapped, and what follows stays")
    func mapping() {
        for count in 0..<20 {
            let row = Tensor([20], (0..<20).map { Float($0) })
            mapLanes(count, to: row.base) { row.base.lanes(at: $0) + 100 }
            #expect(row.values == (0..<20).map { Float($0) + ($0 < count ? 100 : 0) })
        }
    }
}
