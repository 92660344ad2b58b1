import EdgeFormat
import Tensors

/// How a run computes its float sums.
public enum FloatArithmetic: Sendable {
    /// In the order of the definition: the same floats on every processor.
    case inOrder
    /// As training does, by OpenBLAS and the loops of `Tensors`, many times as fast: what differs between processors, and
    /// with the number of samples, is the last bits.
    case quick
}

/// An operation whose float sums `Tensors` computes.
protocol QuickOperation: Operation {
    /// The float output; nil where the definition has to compute it.
    /// - Parameter weights: the second input's elements.
    func quickly(
        _ inputs: [(type: TensorType, data: TensorData)], weights: Tensor, output: TensorType
    ) -> TensorData?
}

extension Dense: QuickOperation {
    func quickly(
        _ inputs: [(type: TensorType, data: TensorData)], weights: Tensor, output: TensorType
    ) -> TensorData? {
        guard case .float32(let x) = inputs[0].data else { return nil }
        let (channels, depth) = (inputs[1].type.shape[0], inputs[1].type.shape[1])
        let rows = x.count / depth
        let y = Tensor(uninitialized: [rows, channels])
        multiply(
            Matrix(Tensor([rows, depth], x), rows: rows, columns: depth),
            Matrix(weights, rows: channels, columns: depth).transposed, into: Matrix(y, rows: rows, columns: channels))
        y.add(bias: inputs.count > 2 ? inputs[2].data.floats : nil, channels: channels)
        return .float32(activation.applied(to: y.values))
    }
}

extension Convolution: QuickOperation {
    func quickly(
        _ inputs: [(type: TensorType, data: TensorData)], weights: Tensor, output: TensorType
    ) -> TensorData? {
        guard let sums = quickSums(inputs, weights: weights, output: output) else { return nil }
        return .float32(activation.applied(to: sums.values))
    }

    /// The sums with their bias, N·H'·W'·O; nil for several groups, dilations and unequal padding.
    fileprivate func quickSums(
        _ inputs: [(type: TensorType, data: TensorData)], weights: Tensor, output: TensorType
    ) -> Tensor? {
        guard groups == 1, dilations == .one, padding == Padding(padding.top),
            case .float32(let elements) = inputs[0].data
        else { return nil }
        let (shape, weightShape) = (inputs[0].type.shape, inputs[1].type.shape)
        let channels = weightShape[0]
        guard
            let grid = PatchGrid(
                height: shape[1], width: shape[2], channels: shape[3], window: (weightShape[1], weightShape[2]),
                stride: (strides.height, strides.width), padding: padding.top)
        else { return nil }
        let bias = inputs.count > 2 ? inputs[2].data.floats : nil
        let (x, y) = (Tensor(shape, elements), Tensor(uninitialized: output.shape))
        if grid.isIdentity {
            let rows = shape[0] * grid.places
            multiply(
                Matrix(x, rows: rows, columns: grid.patchCount),
                Matrix(weights, rows: channels, columns: grid.patchCount).transposed,
                into: Matrix(y, rows: rows, columns: channels))
            y.add(bias: bias, channels: channels)
        } else {
            let row = bias.map { Tensor([channels], $0) } ?? Tensor(zeros: [channels])
            let convolution = PictureConvolution(grid, filters: channels) { Tensor(uninitialized: $0) }
            convolution.forward(x, weights: weights, bias: row, clamps: false, into: y)
        }
        return y
    }
}

extension ConvolutionAddition: QuickOperation {
    func quickly(
        _ inputs: [(type: TensorType, data: TensorData)], weights: Tensor, output: TensorType
    ) -> TensorData? {
        guard let addend = inputs[3].data.floats,
            let sums = convolution.quickSums(Array(inputs[..<3]), weights: weights, output: output)
        else { return nil }
        let channels = output.shape[3]
        let isRow = inputs[3].type.shape != output.shape
        let (width, rows) = isRow ? (channels, output.shape[1] * output.shape[2]) : (sums.count, 1)
        let row = Tensor([addend.count], addend)
        withExtendedLifetime((row, sums)) {
            for index in 0..<sums.count / width {
                add(row.base + index / rows * width, to: sums.base + index * width, count: width)
            }
        }
        return .float32(convolution.activation.applied(to: sums.values))
    }
}

extension Tensor {
    /// Adds a bias to each row of `channels` elements.
    fileprivate func add(bias: [Float]?, channels: Int) {
        guard let bias else { return }
        let row = Tensor([channels], bias)
        withExtendedLifetime((row, self)) {
            addBias(row.base, to: base, rows: count / channels, width: channels, clamps: false)
        }
    }
}

extension Activation {
    fileprivate func applied(to x: [Float]) -> [Float] {
        guard self != .none else { return x }
        let range = range
        return x.map { apply($0, range) }
    }
}
