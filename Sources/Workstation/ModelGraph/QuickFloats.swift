import EdgeFormat
import Tensors

/// How a run computes its float sums.
public enum FloatArithmetic: Sendable {
    /// In the order of the definition: the same floats on every processor.
    case inOrder
    /// By OpenBLAS, tens of times as fast: what differs between processors, and with the number of samples, is the last
    /// bits.
    case openBLAS
}

/// An operation whose float sums are a matrix product.
protocol MatrixOperation: Operation {
    /// The float output by OpenBLAS; nil where the definition has to compute it.
    /// - Parameter weights: the second input's elements.
    func product(
        _ inputs: [(type: TensorType, data: TensorData)], weights: Tensor, output: TensorType
    ) -> TensorData?
}

/// What happens to each sum of a matrix product: a bias a channel, an addend, a clamp.
private struct Finish {
    var bias: [Float]?
    var addend: (elements: [Float], place: AddendPlace)?
    var activation: Activation

    /// The elements of `sums`, rows of `channels`, finished.
    func callAsFunction(_ sums: Tensor, channels: Int) -> TensorData {
        if let bias {
            let row = Tensor([channels], bias)
            withExtendedLifetime(row) {
                addBias(
                    row.base, to: sums.base, rows: sums.count / channels, width: channels,
                    clamps: activation == .relu && addend == nil)
            }
        }
        var y = sums.values
        let clamps = activation != .none && (activation != .relu || bias == nil || addend != nil)
        guard clamps || addend != nil else { return .float32(y) }
        let range = activation.range
        y.withUnsafeMutableBufferPointer { y in
            if let (elements, place) = addend {
                elements.withUnsafeBufferPointer { elements in
                    for index in y.indices { y[index] += elements[place(index)] }
                }
            }
            if clamps { for index in y.indices { y[index] = activation.apply(y[index], range) } }
        }
        return .float32(y)
    }
}

extension Dense: MatrixOperation {
    func product(
        _ inputs: [(type: TensorType, data: TensorData)], weights: Tensor, output: TensorType
    ) -> TensorData? {
        guard case .float32(let x) = inputs[0].data else { return nil }
        let (channels, depth) = (inputs[1].type.shape[0], inputs[1].type.shape[1])
        let rows = x.count / depth
        let y = Tensor(uninitialized: [rows, channels])
        multiply(
            Matrix(Tensor([rows, depth], x), rows: rows, columns: depth),
            Matrix(weights, rows: channels, columns: depth).transposed, into: Matrix(y, rows: rows, columns: channels))
        return Finish(bias: inputs.count > 2 ? inputs[2].data.floats : nil, activation: activation)(
            y, channels: channels)
    }
}

extension ConvolutionAddition: MatrixOperation {
    func product(
        _ inputs: [(type: TensorType, data: TensorData)], weights: Tensor, output: TensorType
    ) -> TensorData? {
        guard let addend = inputs[3].data.floats,
            let sums = convolution.matrixSums(inputs, weights: weights, output: output)
        else { return nil }
        let finish = Finish(
            bias: inputs[2].data.floats, addend: (addend, AddendPlace(inputs[3].type, output)),
            activation: convolution.activation)
        return finish(sums, channels: output.shape[3])
    }
}

extension Convolution: MatrixOperation {
    func product(
        _ inputs: [(type: TensorType, data: TensorData)], weights: Tensor, output: TensorType
    ) -> TensorData? {
        guard let sums = matrixSums(inputs, weights: weights, output: output) else { return nil }
        let finish = Finish(bias: inputs.count > 2 ? inputs[2].data.floats : nil, activation: activation)
        return finish(sums, channels: output.shape[3])
    }

    /// Floats of patches that are multiplied at once: as many pictures as fill this, so that what is packed of the
    /// weights serves many rows, and the patches stay in the cache.
    private static let patchLimit = 1 << 20

    /// The sums without a bias, N·H'·W'·O; nil for several groups.
    fileprivate func matrixSums(
        _ inputs: [(type: TensorType, data: TensorData)], weights: Tensor, output: TensorType
    ) -> Tensor? {
        guard groups == 1, case .float32(let elements) = inputs[0].data else { return nil }
        let (shape, weightShape) = (inputs[0].type.shape, inputs[1].type.shape)
        let (channels, depth) = (weightShape[0], weightShape[1] * weightShape[2] * weightShape[3])
        let places = output.places.height * output.places.width
        let (x, y) = (Tensor(shape, elements), Tensor(uninitialized: output.shape))
        let matrix = Matrix(weights, rows: channels, columns: depth).transposed
        let grid = patchGrid(shape, weightShape)
        if let grid, grid.isIdentity {
            let rows = shape[0] * places
            multiply(
                Matrix(x, rows: rows, columns: depth), matrix, into: Matrix(y, rows: rows, columns: channels))
            return y
        }
        let step = max(1, min(shape[0], Self.patchLimit / (places * depth)))
        let patches = Tensor(uninitialized: [step * places, depth])
        for first in stride(from: 0, to: shape[0], by: step) {
            let count = min(step, shape[0] - first)
            if let grid {
                for index in 0..<count {
                    grid.gather(
                        x.base + (first + index) * grid.pictureCount, into: patches.base + index * places * depth)
                }
            } else {
                gather(elements, shape, weightShape, output.places, first..<first + count, into: patches.base)
            }
            let rows = count * places
            multiply(
                Matrix(patches, rows: rows, columns: depth), matrix,
                into: Matrix(y, at: first * places * channels, rows: rows, columns: channels))
        }
        return withExtendedLifetime((x, patches)) { y }
    }

    /// The window as the training's convolutions have it; nil with dilations or unequal padding.
    private func patchGrid(_ shape: [Int], _ weightShape: [Int]) -> PatchGrid? {
        guard dilations == .one, padding == Padding(padding.top) else { return nil }
        return PatchGrid(
            height: shape[1], width: shape[2], channels: shape[3], window: (weightShape[1], weightShape[2]),
            stride: (strides.height, strides.width), padding: padding.top)
    }

    /// The patches of some pictures, one a row, for any window.
    private func gather(
        _ x: [Float], _ shape: [Int], _ weightShape: [Int], _ places: Extent, _ pictures: Range<Int>, into patches: Row
    ) {
        let size = shape[1] * shape[2] * shape[3]
        let depth = weightShape[1] * weightShape[2] * weightShape[3]
        window(weights: weightShape).forEachPatch(
            of: Array(x[pictures.lowerBound * size..<pictures.upperBound * size]),
            shape: [pictures.count] + shape.dropFirst(), places: places, groups: 1, border: 0
        ) { patch, pixel, _ in
            (patches + pixel * depth).update(from: patch, count: depth)
        }
    }
}
