import Autograd
import Foundation
import Tensors
import Testing

@Suite("Worked examples of what a denoiser is made of")
struct DenoiserOperationTests {
    private let tape = Tape()

    private func constant(_ shape: [Int], _ values: [Float]) -> Variable { tape.constant(Tensor(shape, values)) }

    @Test("group norm: two groups of two pixels by two channels")
    func groupNorm() {
        // Group 1: 1, 3, 5, 7 with mean 4 and variance 5; group 2: -2, 0, 0, 2 with mean 0 and variance 2.
        let x = constant([1, 1, 2, 4], [1, 3, -2, 0, 5, 7, 0, 2])
        let factors = constant([4], [1, 2, 1, 1])
        let offsets = constant([4], [0, 0, 0, 10])
        let y = tape.groupNorm(x, factors: factors, offsets: offsets, groups: 2, epsilon: 0, silu: false)
        let (five, two) = (Float(5).squareRoot(), Float(2).squareRoot())
        let wanted = [-3 / five, -2 / five, -two, 10, 1 / five, 6 / five, 0, 10 + two]
        for (value, wanted) in zip(y.value.values, wanted) { #expect(abs(value - wanted) < 1e-5) }
    }

    @Test("SiLU, also fused into a group norm")
    func silu() {
        let x = constant([1, 5], [-100, -1, 0, 1, 100])
        for (value, wanted) in zip(tape.silu(x).value.values, [0, -0.26894143, 0, 0.7310586, 100] as [Float]) {
            #expect(abs(value - wanted) < 1e-6)
        }
        let numbers = constant([5], [1, 2, 3, 4, 5])
        let apart = tape.silu(
            tape.groupNorm(x, factors: numbers, offsets: numbers, groups: 1, epsilon: 1, silu: false))
        let fused = tape.groupNorm(x, factors: numbers, offsets: numbers, groups: 1, epsilon: 1, silu: true)
        #expect(apart.value.values == fused.value.values)
    }

    @Test("up-sampling repeats pixels, concatenation puts channels side by side")
    func rearrangements() {
        let x = constant([1, 2, 2, 1], [1, 2, 3, 4])
        let large = tape.upsample(x, picture: [2, 2, 1], factor: 2)
        #expect(large.value.shape == [1, 4, 4, 1])
        #expect(large.value.values == [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4])
        let pairs = tape.concatenate(x, constant([1, 2, 2, 2], [5, 6, 7, 8, 9, 10, 11, 12]), channels: (1, 2))
        #expect(pairs.value.shape == [1, 2, 2, 3])
        #expect(pairs.value.values == [1, 5, 6, 2, 7, 8, 3, 9, 10, 4, 11, 12])
    }

    @Test("a row of each sample goes to all its pixels; an embedding takes rows of a table")
    func rows() {
        let table = constant([3, 2], [10, 20, 30, 40, 50, 60])
        let rows = tape.embedding(table, rows: [2, 0], width: 2)
        #expect(rows.value.values == [50, 60, 10, 20])
        let sum = tape.addRow(constant([2, 1, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]), rows)
        #expect(sum.value.values == [51, 62, 53, 64, 15, 26, 17, 28])
    }

    @Test("dropout drops its share, keeps the mean, and depends on its seed alone")
    func dropout() {
        let x = constant([10_000], [Float](repeating: 3, count: 10_000))
        let y = tape.dropout(x, rate: 0.25, seed: 1).value.values
        #expect(y.allSatisfy { $0 == 0 || $0 == 4 })
        #expect(abs(y.count { $0 == 0 } - 2500) < 200)
        #expect(Tape().dropout(x, rate: 0.25, seed: 1).value.values == y)
        #expect(tape.dropout(x, rate: 0.25, seed: 2).value.values != y)
        #expect(tape.dropout(x, rate: 0, seed: 1).value.values == x.value.values)
    }

    @Test("mean squared error: the mean over elements, the sum over samples")
    func meanSquaredError() {
        let loss = Differentiated([Tensor([2, 2], [1, 2, 3, 4])]) { tape, v in
            tape.meanSquaredError(v[0], target: Tensor([2, 2], [0, 0, 3, 6]), scale: 0.5)
        }
        #expect(loss.value.values == [2.25])
        #expect(loss.gradients == [[0.5, 1, 0, -1]])
    }
}
