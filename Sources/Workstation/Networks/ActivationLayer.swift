public import Autograd
public import EdgeFormat
public import ModelGraph

/// A function of each value.
public struct ActivationLayer: Layer {
    public enum Kind: Sendable { case relu, sigmoid, tanh }

    public let name: String
    public let kind: Kind

    public init(_ name: String, _ kind: Kind) {
        self.name = name
        self.kind = kind
    }

    public func outputShape(of input: [Int]) throws(EdgeError) -> [Int] { input }

    public func forward(_ x: Variable, _ parameters: [Variable], input: [Int], on tape: Tape) -> Variable {
        switch kind {
        case .relu: tape.relu(x)
        case .sigmoid: tape.sigmoid(x)
        case .tanh: tape.tanh(x)
        }
    }

    public func export(
        _ x: Graph.ValueID, _ parameters: [Graph.ValueID], to graph: inout GraphWriter
    ) throws(EdgeError) -> Graph.ValueID {
        switch kind {
        case .relu: try graph.add(ReLU(), name: name, [x])
        case .sigmoid: try graph.add(Sigmoid(), name: name, [x])
        case .tanh: try graph.add(Tanh(), name: name, [x])
        }
    }
}
