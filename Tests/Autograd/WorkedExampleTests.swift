import Autograd
import Tensors
import Testing

@Suite("Worked examples of the course")
struct WorkedExampleTests {
    @Test("T1, T9: a sigmoid neuron and its gradient")
    func neuron() {
        let inputs = [Tensor([1, 2], [3, -2]), Tensor([1], [1])]
        let x = Tensor([1, 2], [-1, 2])
        let neuron = Differentiated(inputs) { tape, v in
            tape.sigmoid(tape.dense(tape.constant(x), weights: v[0], bias: v[1], clamps: false))
        }
        let y = neuron.value.values[0]
        #expect(abs(y - 0.00247262) < 1e-8)
        // Half the squared error of the target 1: its slope by the output is y − 1.
        let slopes = (neuron.gradients[0] + neuron.gradients[1]).map { $0 * (y - 1) }
        for (slope, wanted) in zip(slopes, [0.00246041, -0.00492082, -0.00246041] as [Float]) {
            #expect(abs(slope - wanted) < 1e-8)
        }
    }

    @Test("T4, T7: softmax and the gradient of cross entropy")
    func softmax() {
        let loss = Differentiated([Tensor([1, 3], [1, 2, 3])]) { tape, v in
            tape.softmaxCrossEntropy(v[0], labels: [2], scale: 1)
        }
        #expect(abs(loss.value.values[0] - 0.40760596) < 1e-7)
        for (slope, wanted) in zip(loss.gradients[0], [0.09003057, 0.24472847, -0.33475904] as [Float]) {
            #expect(abs(slope - wanted) < 1e-7)
        }
        let shifted = Differentiated([Tensor([1, 3], [1001, 1002, 1003])]) { tape, v in
            tape.softmaxCrossEntropy(v[0], labels: [2], scale: 1)
        }
        #expect(shifted.value.values == loss.value.values)
    }

    @Test("T5: stacked linear layers")
    func stackedLayers() {
        let tape = Tape()
        let hidden = tape.dense(
            tape.constant(Tensor(zeros: [1, 1])), weights: tape.constant(Tensor(zeros: [3, 1])),
            bias: tape.constant(Tensor([3], [1, 10, 100])), clamps: false)
        let result = tape.dense(
            hidden, weights: tape.constant(Tensor([3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9])),
            bias: tape.constant(Tensor(zeros: [3])), clamps: false)
        #expect(result.value.values == [321, 654, 987])
    }

    @Test(
        "T10: two linear layers, half the squared error",
        arguments: [[1, 1, 1, 1, 1, 1], [1, 2, 3, 4, 5, 6] as [Float]])
    func twoLayers(w: [Float]) {
        let inputs = [Tensor([2, 2], [w[0], w[2], w[1], w[3]]), Tensor([1, 2], [w[4], w[5]])]
        let net = Differentiated(inputs) { tape, v in
            let none = { (count: Int) in tape.constant(Tensor(zeros: [count])) }
            let x = tape.constant(Tensor([1, 2], [1, 2]))
            let hidden = tape.dense(x, weights: v[0], bias: none(2), clamps: false)
            return tape.dense(hidden, weights: v[1], bias: none(1), clamps: false)
        }
        let error = net.value.values[0] - 8
        let g = net.gradients.map { $0.map { $0 * error } }
        let gradient = [g[0][0], g[0][2], g[0][1], g[0][3], g[1][0], g[1][1]]
        #expect(0.5 * error * error == (w[5] == 1 ? 2 : 3784.5))
        #expect(gradient == (w[5] == 1 ? [-2, -2, -4, -4, -6, -6] : [435, 522, 870, 1044, 609, 870]))
    }

    @Test("T14, T20: several channels")
    func channels() {
        let first: [Float] = [
            1, 3, 3, 3, 3, 1, 1, 3, 3, 3, 3, 1, 1, 4, 4, 3, 3, 1, 1, 4, 3, 3, 1, 0, 1, 3, 3, 1, 2, 0, 1, 2, 1, 2, 1, 1,
        ]
        let second: [Float] = [
            1, 1, 1, 2, 1, 0, 1, 2, 2, 2, 2, 1, 1, 2, 2, 1, 1, 1, 1, 2, 3, 1, 1, 0, 1, 1, 1, 3, 0, 0, 0, 1, 0, 0, 2, 0,
        ]
        let kernel: [Float] = [0, 0, 0, 0, 1, 0, 0, 0, 0].flatMap { [$0, $0] }
        let sum = correlate(interleave(first, second), kernel, .of(6, 6, 2, window: (3, 3)))
        #expect(sum == [5, 5, 5, 5, 6, 6, 4, 4, 6, 6, 4, 2, 4, 4, 4, 2])

        let x = (0..<9).map { Float($0) }
        let k: [Float] = [0, 1, 2, 3]
        let filters = (0..<3).flatMap { more in interleave(k.map { $0 + Float(more) }, k.map { $0 + 1 + Float(more) }) }
        let maps = correlate(
            interleave(x, x.map { $0 + 1 }), filters, .of(3, 3, 2, window: (2, 2)), outputs: 3)
        #expect(maps == [56, 76, 96, 72, 100, 128, 104, 148, 192, 120, 172, 224])
    }

    @Test("T15, T16, T18, T19, T21: one channel, with padding and strides")
    func oneChannel() {
        #expect(
            correlate(
                [1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0],
                [1, 0, 1, 0, 1, 0, 1, 0, 1], .of(5, 5, window: (3, 3))) == [4, 3, 4, 2, 4, 3, 2, 3, 4])
        let sharpen: [Float] = [0, -1, 0, -1, 5, -1, 0, -1, 0]
        let picture: [Float] = [0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1]
        #expect(correlate(picture, sharpen, .of(5, 5, window: (3, 3))) == [3, 3, -2, -3, -3, 4, 3, 3, -4])
        #expect(
            correlate(picture, sharpen, .of(5, 5, window: (3, 3), padding: 1)) == [
                -1, 3, 3, -1, 0, -2, 3, 3, -2, -1, 5, -3, -3, 4, 3, -3, 3, 3, -4, 3, 4, 2, 2, 3, 3,
            ])
        #expect(
            correlate(Self.lettersB, [1, -1, -1, -1, 2, -1, -1, -1, 3], .of(6, 6, window: (3, 3))) == [
                14, -2, -5, 0, -6, 7, 1, -3, -5, -5, 4, 2, 6, -2, 0, 0,
            ])
        let x = (0..<9).map { Float($0) }
        #expect(correlate(x, [0, 1, 2, 3], .of(3, 3, window: (2, 2))) == [19, 25, 37, 43])
        #expect(
            correlate(x, [0, 1, 2, 3], .of(3, 3, window: (2, 2), padding: 1)) == [
                0, 3, 8, 4, 9, 19, 25, 10, 21, 37, 43, 16, 6, 7, 8, 0,
            ])
        #expect(correlate(x, [0, 1, 2, 3], .of(3, 3, window: (2, 2), stride: (3, 2), padding: 1)) == [0, 8, 6, 8])
        let edges = [Float](repeating: 0, count: 6).flatMap { _ in [1, 1, 0, 0, 0, 0, 1, 1] as [Float] }
        let found = correlate(edges, [1, -1], .of(6, 8, window: (1, 2)))
        #expect(found == (0..<6).flatMap { _ in [0, 1, 0, 0, 0, -1, 0] as [Float] })
        #expect(correlate(edges, [1, -1], .of(6, 8, window: (2, 1))) == [Float](repeating: 0, count: 40))
    }

    @Test("T17, T23, T24: two filters and pools")
    func pools() {
        let filters: [Float] = [1, -1, -1, -1, 1, -1, -1, -1, 1, -1, 1, -1, -1, 1, -1, -1, 1, -1]
        let maps = correlate(Self.lettersA, filters, .of(6, 6, window: (3, 3)), outputs: 2)
        let first: [Float] = [3, -1, -3, -1, -3, 1, 0, -3, -3, -3, 0, 1, 3, -2, -2, -1]
        let second: [Float] = [-1, -1, -1, -1, -1, -1, -2, 1, -1, -1, -2, 1, -1, 0, -4, 3]
        #expect(maps == interleave(first, second))
        #expect(
            correlate(Self.lettersA, filters, .of(6, 6, window: (3, 3), stride: (2, 2)), outputs: 2)
                == interleave([3, -3, -3, 0], [-1, -1, -1, -2]))
        let grid = PatchGrid.of(4, 4, 2, window: (2, 2), stride: (2, 2))
        let tape = Tape()
        let x = tape.constant(Tensor([1, 4, 4, 2], maps))
        #expect(tape.maxPool(x, grid: grid).value.values == interleave([3, 0, 3, 1], [-1, 1, 0, 3]))
        #expect(
            tape.averagePool(x, grid: grid).value.values
                == interleave([0, -1.75, -1.25, -0.5], [-1, -0.75, -0.75, -0.5]))

        let small = tape.constant(Tensor([1, 3, 3, 1], (0..<9).map { Float($0) }))
        let moving = PatchGrid.of(3, 3, window: (2, 2))
        #expect(tape.maxPool(small, grid: moving).value.values == [4, 5, 7, 8])
        #expect(tape.averagePool(small, grid: moving).value.values == [2, 3, 5, 6])
        let four = tape.constant(Tensor([1, 4, 4, 1], [1, 1, 2, 4, 5, 6, 7, 8, 3, 2, 1, 0, 1, 2, 3, 4]))
        let halves = PatchGrid.of(4, 4, window: (2, 2), stride: (2, 2))
        #expect(tape.maxPool(four, grid: halves).value.values == [6, 8, 3, 4])
        #expect(tape.averagePool(four, grid: halves).value.values == [3.25, 5.25, 2, 2])
    }

    @Test("T22: ten steps that learn an edge detector")
    func learnedKernel() {
        let grid = PatchGrid.of(6, 8, window: (1, 2))
        let picture = (0..<6).flatMap { _ in [1, 1, 0, 0, 0, 0, 1, 1] as [Float] }
        let wanted = (0..<6).flatMap { _ in [0, 1, 0, 0, 0, -1, 0] as [Float] }
        var kernel: [Float] = [-0.0467, 0.5043]
        var losses: [Float] = []
        for _ in 0..<10 {
            let errors = zip(correlate(picture, kernel, grid), wanted).map { $0 - $1 }
            losses.append(errors.reduce(0) { $0 + $1 * $1 })
            let step = Differentiated([Tensor([1, 1, 2, 1], kernel)], weights: errors.map { 2 * $0 }) { tape, v in
                tape.convolution(
                    tape.constant(Tensor([1, 6, 8, 1], picture)), weights: v[0],
                    bias: tape.constant(Tensor(zeros: [1])), grid: grid, clamps: false)
            }
            kernel = zip(kernel, step.gradients[0]).map { $0 - 0.03 * $1 }
        }
        for (step, wanted) in [(1, 10.007), (3, 2.165), (5, 0.562), (7, 0.176), (9, 0.063)] as [(Int, Float)] {
            #expect(abs(losses[step] - wanted) < 0.0006)
        }
        #expect(abs(kernel[0] - 1.0099) < 0.0001 && abs(kernel[1] + 0.9607) < 0.0001)
    }

    private static let lettersA: [Float] = [
        1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0,
    ]
    private static var lettersB: [Float] {
        var letters = lettersA
        letters[7] = 2
        letters[14] = 3
        return letters
    }

    private func interleave(_ a: [Float], _ b: [Float]) -> [Float] { zip(a, b).flatMap { [$0, $1] } }
}
