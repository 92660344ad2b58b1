import EdgeFormat
import Tensors

/// A convolution or dense layer with constant weights, its sums of products computed by OpenBLAS and the loops of
/// `Tensors`: many times as fast as in the order of the definition. Of floats the last bits may differ; sums of integers
/// are the definition's as long as they stay below 2²⁴, whatever the order.
public struct LinearLayer: Sendable {
    /// Of the weights: outputs first.
    public let weightShape: [Int]
    /// O·KH·KW·(C/groups) of a convolution, O·I of a dense layer; integers as they are.
    public let weights: [Float]
    /// Where the window lies and what it reads; nil for a dense layer.
    public let convolution: Convolution?
    public let activation: Activation
    /// The same weights for the loops. Nobody writes to them.
    private let tensor: Tensor
    /// Of a depthwise convolution KH·KW·C, else empty.
    private let depthwise: Tensor

    /// Nil where the node is no such layer.
    /// - Precondition: OpenBLAS is loaded before sums are asked for.
    public init?(_ node: Graph.Node, of graph: Graph) {
        switch node.operation {
        case let plain as Convolution: (convolution, activation) = (plain, plain.activation)
        case let sum as ConvolutionAddition: (convolution, activation) = (sum.convolution, sum.convolution.activation)
        case let dense as Dense: (convolution, activation) = (nil, dense.activation)
        default: return nil
        }
        let value = graph.values[node.inputs[1]]
        switch value.constant {
        case .float32(let elements): weights = elements
        case .int8(let elements): weights = elements.map { Float($0) }
        default: return nil
        }
        weightShape = value.type.shape
        tensor = Tensor(weightShape, weights)
        let turned = convolution.flatMap { [weights, weightShape] in Self.depthwise($0, weights, weightShape) }
        depthwise = turned ?? Tensor(zeros: [0])
    }

    public var outputs: Int { weightShape[0] }

    /// Σ x·w for each output, without bias: N·H'·W'·O of a convolution, …·O of a dense layer.
    /// - Parameters:
    ///   - x: the input's elements; integers less their zero point, so that borders are 0.
    ///   - shape: of the input.
    public func sums(_ x: [Float], _ shape: [Int]) throws(EdgeError) -> [Float] {
        guard let convolution else { return products(Tensor(shape, x), rows: x.count / weightShape[1]).values }
        let places = try convolution.window(weights: weightShape).places(height: shape[1], width: shape[2])
        if depthwise.count > 0 { return depthwiseSums(Tensor(shape, x), convolution, places) }
        if let sums = quickSums(x, shape, convolution, places) { return sums.values }
        var plain = convolution
        plain.activation = .none
        return plain.floats(x, shape, weights, weightShape, nil, places: places)
    }
}

// One group, or none.
extension LinearLayer {
    private func products(_ x: Tensor, rows: Int) -> Tensor {
        let y = Tensor(uninitialized: [rows, outputs])
        let depth = weights.count / outputs
        multiply(
            Matrix(x, rows: rows, columns: depth), Matrix(tensor, rows: outputs, columns: depth).transposed,
            into: Matrix(y, rows: rows, columns: outputs))
        return y
    }

    /// Nil for several groups and for dilations.
    private func quickSums(_ x: [Float], _ shape: [Int], _ convolution: Convolution, _ places: Extent) -> Tensor? {
        guard convolution.groups == 1, convolution.dilations == .one else { return nil }
        let strides = (convolution.strides.height, convolution.strides.width)
        var (picture, padding) = (Tensor(shape, x), convolution.padding)
        if padding != Padding(padding.top) {
            picture = picture.bordered(padding)
            padding = .none
        }
        guard
            let grid = PatchGrid(
                height: picture.shape[1], width: picture.shape[2], channels: shape[3],
                window: (weightShape[1], weightShape[2]), stride: strides, padding: padding.top),
            grid.places == places.height * places.width
        else { return nil }
        if grid.isIdentity { return products(picture, rows: shape[0] * grid.places) }
        let y = Tensor(uninitialized: [shape[0], grid.rows, grid.columns, outputs])
        PictureConvolution(grid, filters: outputs) { Tensor(uninitialized: $0) }
            .forward(picture, weights: tensor, bias: Tensor(zeros: [outputs]), clamps: false, into: y)
        return y
    }
}

// One input channel for each output.
extension LinearLayer {
    /// The weights with channels last; nil where a group has more than one channel.
    private static func depthwise(_ convolution: Convolution, _ weights: [Float], _ shape: [Int]) -> Tensor? {
        guard convolution.groups == shape[0], shape[3] == 1, convolution.dilations == .one else { return nil }
        let window = shape[1] * shape[2]
        let turned = Tensor(uninitialized: [shape[1], shape[2], shape[0]])
        for (index, weight) in weights.enumerated() { turned.base[index % window * shape[0] + index / window] = weight }
        return turned
    }

    private func depthwiseSums(_ x: Tensor, _ convolution: Convolution, _ places: Extent) -> [Float] {
        let (width, channels) = (x.shape[2], outputs)
        let window = convolution.window(weights: weightShape)
        let y = Tensor(zeros: [x.shape[0], places.height, places.width, channels])
        withExtendedLifetime((x, depthwise)) {
            window.forEachClipped(shape: x.shape, places: places) { image, rows, columns, pixel in
                // Rows and columns of the window that lie inside the picture.
                let top = pixel / places.width % places.height * window.strides.height - window.padding.top
                let left = pixel % places.width * window.strides.width - window.padding.left
                let target = y.base + pixel * channels
                for row in rows {
                    for column in columns {
                        let factors = depthwise.base + ((row - top) * weightShape[2] + column - left) * channels
                        let source = x.base + ((image * x.shape[1] + row) * width + column) * channels
                        forLanes(channels) {
                            let product = source.lanes(at: $0) * factors.lanes(at: $0)
                            target.setLanes(target.lanes(at: $0) + product, at: $0)
                        } _: {
                            target[$0] += source[$0] * factors[$0]
                        }
                    }
                }
            }
        }
        return y.values
    }
}

extension Tensor {
    /// Pictures with a border of zeros.
    fileprivate func bordered(_ padding: Padding) -> Tensor {
        let (height, line) = (shape[1], shape[2] * shape[3])
        let width = shape[2] + padding.left + padding.right
        let result = Tensor(zeros: [shape[0], height + padding.top + padding.bottom, width, shape[3]])
        for row in 0..<shape[0] * height {
            let place = row / height * result.shape[1] + padding.top + row % height
            copy(base + row * line, to: result.base + (place * width + padding.left) * shape[3], count: line)
        }
        return result
    }
}
