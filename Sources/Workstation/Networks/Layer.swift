public import Autograd
public import EdgeFormat
public import ModelGraph

/// One step of a network: what it trains, what it computes, and how it stands in a graph. A layer is a value; the
/// trained numbers are kept by the `Network`.
///
/// Shapes are those of one sample: H·W·C for pictures, or a single number of values.
public protocol Layer: Sendable {
    /// The layer's name in graphs and errors, such as "convolution1".
    var name: String { get }

    /// The shape of the output.
    /// - Throws: `EdgeError` when the layer cannot take such an input.
    func outputShape(of input: [Int]) throws(EdgeError) -> [Int]

    /// What it trains, given an input that `outputShape` takes.
    func parameters(for input: [Int]) -> [Parameter]

    /// Computes a shard of a batch.
    /// - Parameters: an input and parameters of the shapes above.
    func forward(_ x: Variable, _ parameters: [Variable], input: [Int], on tape: Tape) -> Variable

    /// Writes the layer into a graph and returns its output.
    func export(_ x: Graph.ValueID, _ parameters: [Graph.ValueID], to graph: inout GraphWriter)
        throws(EdgeError) -> Graph.ValueID
}

extension Layer {
    public func parameters(for input: [Int]) -> [Parameter] { [] }

    func wrongInput(_ input: [Int], _ wanted: String) -> EdgeError {
        EdgeError(.data, at: "layer '\(name)'", "takes \(wanted), not a shape of \(Shape.text(input))")
    }
}

/// A tensor that is trained.
public struct Parameter: Equatable, Sendable {
    public enum Start: Equatable, Sendable {
        case zeros
        /// Even between ±√(6 / inputs), inputs being what one output adds up: right before ReLU (He and others, 2015).
        case rectified(inputs: Int)
        /// Even between ±√(6 / (inputs + outputs)): right before sigmoid, tanh and softmax (Glorot and Bengio, 2010).
        case balanced(inputs: Int, outputs: Int)

        /// The bound of the even distribution.
        public var bound: Float {
            switch self {
            case .zeros: 0
            case .rectified(let inputs): (6 / Float(inputs)).squareRoot()
            case .balanced(let inputs, let outputs): (6 / Float(inputs + outputs)).squareRoot()
            }
        }
    }

    /// "weights" or "bias"; a graph prefixes the layer's name.
    public let name: String
    public let shape: [Int]
    public let start: Start
    public var count: Int { shape.reduce(1, *) }

    public init(name: String, shape: [Int], start: Start) {
        self.name = name
        self.shape = shape
        self.start = start
    }
}
