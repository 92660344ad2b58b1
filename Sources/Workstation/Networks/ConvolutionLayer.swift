public import Autograd
public import EdgeFormat
public import ModelGraph
import Tensors

/// `filters` cross-correlations with square windows, plus bias, then ReLU where asked.
public struct ConvolutionLayer: Layer {
    public let name: String
    public let filters: Int
    public let window: Int
    public let stride: Int
    public let padding: Int
    public let clamps: Bool

    public init(_ name: String, filters: Int, window: Int, stride: Int = 1, padding: Int = 0, relu: Bool) {
        self.name = name
        self.filters = filters
        self.window = window
        self.stride = stride
        self.padding = padding
        clamps = relu
    }

    public func outputShape(of input: [Int]) throws(EdgeError) -> [Int] {
        guard let grid = grid(on: input), filters >= 1 else {
            throw wrongInput(input, "a picture H·W·C with room for a window of \(window)x\(window)")
        }
        return [grid.rows, grid.columns, filters]
    }

    public func parameters(for input: [Int]) -> [Parameter] {
        let inputs = window * window * (input.last ?? 1)
        let start: Parameter.Start =
            clamps
            ? .rectified(inputs: inputs) : .balanced(inputs: inputs, outputs: window * window * filters)
        return [
            Parameter(name: "weights", shape: [filters, window, window, input.last ?? 1], start: start),
            Parameter(name: "bias", shape: [filters], start: .zeros),
        ]
    }

    public func forward(_ x: Variable, _ parameters: [Variable], input: [Int], on tape: Tape) -> Variable {
        guard let grid = grid(on: input) else { preconditionFailure("shapes are checked when the network is made") }
        return tape.convolution(x, weights: parameters[0], bias: parameters[1], grid: grid, clamps: clamps)
    }

    public func export(
        _ x: Graph.ValueID, _ parameters: [Graph.ValueID], to graph: inout GraphWriter
    ) throws(EdgeError) -> Graph.ValueID {
        let sums = try graph.add(
            Convolution(strides: Extent(stride, stride), padding: Padding(padding)), name: name, [x] + parameters)
        return clamps ? try graph.add(ReLU(), name: name + ".relu", [sums]) : sums
    }

    private func grid(on input: [Int]) -> PatchGrid? { PatchGrid(picture: input, window, stride, padding) }
}

extension PatchGrid {
    /// A square window on a picture H·W·C; nil for another shape or a window that does not fit.
    init?(picture: [Int], _ window: Int, _ stride: Int, _ padding: Int) {
        guard picture.count == 3 else { return nil }
        self.init(
            height: picture[0], width: picture[1], channels: picture[2], window: (window, window),
            stride: (stride, stride), padding: padding)
    }
}
