public import Autograd
public import EdgeFormat
public import ModelGraph

/// All values of a sample in one row.
public struct FlattenLayer: Layer {
    public let name: String

    public init(_ name: String) {
        self.name = name
    }

    public func outputShape(of input: [Int]) throws(EdgeError) -> [Int] { [input.reduce(1, *)] }

    public func forward(_ x: Variable, _ parameters: [Variable], input: [Int], on tape: Tape) -> Variable {
        tape.flatten(x)
    }

    public func export(
        _ x: Graph.ValueID, _ parameters: [Graph.ValueID], to graph: inout GraphWriter
    ) throws(EdgeError) -> Graph.ValueID {
        try graph.add(Flatten(), name: name, [x])
    }
}
