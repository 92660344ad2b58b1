import Autograd
import Tensors

/// The result of an operation on tensors, and its gradient by each of them.
struct Differentiated {
    let value: Tensor
    let gradients: [[Float]]

    /// - Parameter weights: the loss is the sum of the result's elements multiplied by these; ones when nil.
    init(_ inputs: [Tensor], weights: [Float]? = nil, _ operation: (Tape, [Variable]) -> Variable) {
        let tape = Tape()
        let gradients = inputs.map { Tensor([Int]($0.shape), [Float](repeating: .nan, count: $0.count)) }
        let result = operation(tape, zip(inputs, gradients).map { tape.parameter($0, gradient: $1) })
        value = Tensor(result.value.shape, result.value.values)
        tape.backward(from: result, weights: weights)
        self.gradients = gradients.map(\.values)
    }
}

extension PatchGrid {
    /// A grid that must fit.
    static func of(
        _ height: Int, _ width: Int, _ channels: Int = 1, window: (Int, Int), stride: (Int, Int) = (1, 1),
        padding: Int = 0
    ) -> PatchGrid {
        guard
            let grid = PatchGrid(
                height: height, width: width, channels: channels, window: (window.0, window.1),
                stride: (stride.0, stride.1), padding: padding)
        else { preconditionFailure("the test's window does not fit") }
        return grid
    }
}

/// Cross-correlation without bias.
func correlate(_ picture: [Float], _ filters: [Float], _ grid: PatchGrid, outputs: Int = 1) -> [Float] {
    let tape = Tape()
    let x = tape.constant(Tensor([1, grid.height, grid.width, grid.channels], picture))
    let weights = tape.constant(
        Tensor([outputs, grid.windowHeight, grid.windowWidth, grid.channels], filters))
    let bias = tape.constant(Tensor(zeros: [outputs]))
    return tape.convolution(x, weights: weights, bias: bias, grid: grid, clamps: false).value.values
}
