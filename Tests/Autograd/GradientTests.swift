import Autograd
import Tensors
import Testing

@Suite("Gradients agree with finite differences")
struct GradientTests {
    @Test("convolution: windows, strides, padding, channels, batches, with and without ReLU")
    func convolution() {
        for (channels, filters) in [(1, 3), (3, 2)] {
            for stride in 1...2 {
                for padding in 0...1 {
                    for clamps in [false, true] {
                        let grid = PatchGrid.of(
                            4, 5, channels, window: (3, 2), stride: (stride, 1), padding: padding)
                        let shapes = [[2, 4, 5, channels], [filters, 3, 2, channels], [filters]]
                        check(shapes) { tape, v in
                            tape.convolution(v[0], weights: v[1], bias: v[2], grid: grid, clamps: clamps)
                        }
                    }
                }
            }
        }
    }

    @Test("convolution whose patches are the picture itself")
    func identityPatches() {
        check([[3, 2, 3, 2], [4, 2, 3, 2], [4]]) { tape, v in
            tape.convolution(
                v[0], weights: v[1], bias: v[2], grid: .of(2, 3, 2, window: (2, 3)), clamps: true)
        }
        check([[2, 3, 2, 4], [3, 1, 1, 4], [3]]) { tape, v in
            tape.convolution(
                v[0], weights: v[1], bias: v[2], grid: .of(3, 2, 4, window: (1, 1)), clamps: false)
        }
    }

    @Test("dense", arguments: [false, true])
    func dense(clamps: Bool) {
        check([[3, 5], [4, 5], [4]]) { tape, v in
            tape.dense(v[0], weights: v[1], bias: v[2], clamps: clamps)
        }
    }

    @Test("pools, apart and overlapping, padded, of few and many channels")
    func pools() {
        for channels in [1, 6, 9] {
            for (window, stride, padding) in [(2, 2, 0), (3, 2, 1), (3, 1, 0), (2, 3, 0)] {
                let grid = PatchGrid.of(
                    5, 6, channels, window: (window, window), stride: (stride, stride), padding: padding)
                check([[2, 5, 6, channels]]) { tape, v in tape.averagePool(v[0], grid: grid) }
                check([[2, 5, 6, channels]]) { tape, v in tape.maxPool(v[0], grid: grid) }
            }
        }
    }

    @Test("functions of one value")
    func functions() {
        check([[3, 7]]) { tape, v in tape.relu(v[0]) }
        check([[3, 7]]) { tape, v in tape.sigmoid(v[0]) }
        check([[3, 7]]) { tape, v in tape.tanh(v[0]) }
        check([[3, 7]]) { tape, v in tape.silu(v[0]) }
        check([[2, 3, 2, 2]]) { tape, v in tape.flatten(v[0]) }
    }

    @Test("group norm: several groups, of one and of more channels, with and without SiLU")
    func groupNorm() {
        for (channels, groups) in [(6, 2), (6, 1), (5, 5), (9, 3), (16, 2)] {
            for silu in [false, true] {
                for shape in [[2, 3, 5, channels], [3, channels]] where shape.count > 2 || groups < channels {
                    check([shape, [channels], [channels]]) { tape, v in
                        tape.groupNorm(
                            v[0], factors: v[1], offsets: v[2], groups: groups, epsilon: 1e-2, silu: silu)
                    }
                }
            }
        }
    }

    @Test("sums, of pictures of one shape and of a row with each pixel")
    func sums() {
        check([[2, 3, 2, 5], [2, 3, 2, 5]]) { tape, v in tape.add(v[0], v[1]) }
        check([[3, 3]]) { tape, v in tape.add(v[0], v[0]) }
        for channels in [1, 5, 16] {
            check([[3, 2, 3, channels], [3, channels]]) { tape, v in tape.addRow(v[0], v[1]) }
        }
    }

    @Test("up-sampling, concatenation, embedding")
    func rearrangements() {
        for (channels, factor) in [(1, 2), (5, 3), (8, 1), (9, 2)] {
            check([[2, 3, 2, channels]]) { tape, v in
                tape.upsample(v[0], picture: [3, 2, channels], factor: factor)
            }
        }
        for channels in [(1, 2), (8, 3), (9, 16)] {
            check([[2, 2, 3, channels.0], [2, 2, 3, channels.1]]) { tape, v in
                tape.concatenate(v[0], v[1], channels: channels)
            }
        }
        check([[2, 2, 3]]) { tape, v in tape.concatenate(v[0], v[0], channels: (3, 3)) }
        check([[4, 9]]) { tape, v in tape.embedding(v[0], rows: [2, 0, 2, 3, 2], width: 9) }
    }

    @Test("dropout and the mean squared error")
    func lossOfDropout() {
        check([[3, 7, 5]]) { tape, v in tape.dropout(v[0], rate: 0.3, seed: 4) }
        let target = Tensor([3, 7], (0..<21).map { Float($0 % 5) / 8 })
        check([[3, 7]]) { tape, v in tape.meanSquaredError(v[0], target: target, scale: 0.5) }
    }

    @Test("softmax cross entropy")
    func crossEntropy() {
        check([[4, 5]]) { tape, v in tape.softmaxCrossEntropy(v[0], labels: [0, 4, 2, 2], scale: 0.25) }
    }

    @Test("a value that is used twice gets the sum of both gradients")
    func sharedValue() {
        check([[2, 3], [3, 3], [3]]) { tape, v in
            let hidden = tape.tanh(tape.dense(v[0], weights: v[1], bias: v[2], clamps: false))
            return tape.dense(tape.relu(hidden), weights: v[1], bias: v[2], clamps: false)
        }
        check([[2, 2, 2, 3], [3]]) { tape, v in
            let both = tape.add(tape.silu(v[0]), v[0])
            return tape.add(tape.groupNorm(both, factors: v[1], offsets: v[1], groups: 1, epsilon: 1, silu: true), both)
        }
        check([[3, 3], [3]]) { tape, v in tape.dense(tape.relu(v[0]), weights: v[0], bias: v[1], clamps: false) }
    }

    @Test("a parameter that the loss does not depend on gets zeros")
    func unusedParameter() {
        let result = Differentiated([Tensor([1, 2], [1, 2]), Tensor([2], [3, 4])]) { tape, v in tape.relu(v[0]) }
        #expect(result.gradients == [[1, 1], [0, 0]])
    }

    @Test("a second pass on the same tape gives the same bits as the first")
    func reusedBuffers() {
        let tape = Tape()
        let grid = PatchGrid.of(4, 4, 2, window: (3, 3))
        let inputs = tensors([[2, 4, 4, 2], [3, 3, 3, 2], [3]])
        var passes: [[Float]] = []
        for _ in 0..<3 {
            tape.reset()
            let gradients = inputs.map { Tensor(zeros: $0.shape) }
            let v = zip(inputs, gradients).map { tape.parameter($0, gradient: $1) }
            let y = tape.convolution(v[0], weights: v[1], bias: v[2], grid: grid, clamps: true)
            tape.backward(from: y)
            passes.append(y.value.values + gradients.flatMap(\.values))
        }
        #expect(passes[0] == passes[1] && passes[1] == passes[2])
    }

    /// Compares every slope of a weighted sum of the result with the difference of two results a small step apart.
    private func check(_ shapes: [[Int]], _ operation: (Tape, [Variable]) -> Variable) {
        let inputs = tensors(shapes)
        var generator = RandomGenerator(5)
        let tape = Tape()
        let count = operation(tape, inputs.map { tape.constant($0) }).value.count
        let weights = (0..<count).map { _ in generator.signedUnit() }
        let slopes = Differentiated(inputs, weights: weights, operation).gradients
        let step: Float = 1.0 / 256
        for (input, slopes) in zip(inputs, slopes) {
            for index in 0..<input.count {
                let kept = input.base[index]
                input.base[index] = kept + step
                let above = loss(inputs, weights, operation)
                input.base[index] = kept - step
                let below = loss(inputs, weights, operation)
                input.base[index] = kept
                let difference = Float((above - below) / Double(2 * step))
                #expect(abs(slopes[index] - difference) < 4e-3, "\(shapes), element \(index)")
            }
        }
    }

    private func loss(_ inputs: [Tensor], _ weights: [Float], _ operation: (Tape, [Variable]) -> Variable) -> Double {
        let tape = Tape()
        let values = operation(tape, inputs.map { tape.constant($0) }).value.values
        return zip(values, weights).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }

    /// Numbers around 0, in random order and well apart from each other and from 0: no kink of ReLU or of a maximum lies
    /// within a difference.
    private func tensors(_ shapes: [[Int]]) -> [Tensor] {
        var generator = RandomGenerator(3)
        return shapes.map { shape in
            let count = shape.reduce(1, *)
            var places = Array(0..<count)
            places.shuffle(using: &generator)
            let distance = max(2 / Float(count), 1.0 / 32)
            return Tensor(shape, places.map { (Float($0) + 0.25 - Float(count) / 2) * distance })
        }
    }
}
