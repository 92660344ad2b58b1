public import Autograd
public import EdgeFormat
public import ModelGraph
import Tensors

/// The mean or the largest value of each channel under a square window.
public struct PoolLayer: Layer {
    public enum Kind: Sendable { case average, largest }

    public let name: String
    public let kind: Kind
    public let window: Int
    public let stride: Int
    public let padding: Int

    /// - Parameter stride: the window's size when nil.
    public init(_ name: String, _ kind: Kind, window: Int, stride: Int? = nil, padding: Int = 0) {
        self.name = name
        self.kind = kind
        self.window = window
        self.stride = stride ?? window
        self.padding = padding
    }

    public func outputShape(of input: [Int]) throws(EdgeError) -> [Int] {
        guard let grid = grid(on: input), padding < window else {
            throw wrongInput(input, "a picture H·W·C with room for a window of \(window)x\(window)")
        }
        return [grid.rows, grid.columns, grid.channels]
    }

    public func forward(_ x: Variable, _ parameters: [Variable], input: [Int], on tape: Tape) -> Variable {
        guard let grid = grid(on: input) else { preconditionFailure("shapes are checked when the network is made") }
        return switch kind {
        case .average: tape.averagePool(x, grid: grid)
        case .largest: tape.maxPool(x, grid: grid)
        }
    }

    public func export(
        _ x: Graph.ValueID, _ parameters: [Graph.ValueID], to graph: inout GraphWriter
    ) throws(EdgeError) -> Graph.ValueID {
        let (size, strides, padding) = (Extent(window, window), Extent(stride, stride), Padding(padding))
        return switch kind {
        case .average: try graph.add(AveragePool(window: size, strides: strides, padding: padding), name: name, [x])
        case .largest: try graph.add(MaxPool(window: size, strides: strides, padding: padding), name: name, [x])
        }
    }

    private func grid(on input: [Int]) -> PatchGrid? { PatchGrid(picture: input, window, stride, padding) }
}
