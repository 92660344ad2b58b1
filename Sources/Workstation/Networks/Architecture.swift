public import EdgeFormat

/// What a network computes, written once: the same lines compute on a tape and write a graph, so that what is trained
/// is what is exported.
public protocol Architecture: Sendable {
    /// The shape of one sample, H·W·C.
    var input: [Int] { get }
    /// What a graph calls the input, the whole numbers that come with each sample, and the output.
    var inputName: String { get }
    var indexNames: [String] { get }
    var outputName: String { get }

    /// Computes a few samples with a builder's operations.
    /// - Parameters:
    ///   - x: N·(input).
    ///   - indices: for each of `indexNames` one number a sample.
    /// - Throws: `EdgeError` where the shapes do not fit; that depends on `input` only.
    func build<Builder: NetworkBuilder>(
        _ x: Builder.Value, _ indices: [Builder.Indices], with builder: inout Builder
    ) throws(EdgeError) -> Builder.Value
}

extension Architecture {
    public var inputName: String { "input" }
    public var indexNames: [String] { [] }
    public var outputName: String { "logits" }
}

/// A tensor that is trained.
public struct Parameter: Equatable, Sendable {
    public enum Start: Equatable, Sendable {
        case zeros
        case ones
        /// Even between ±bound.
        case even(bound: Float)
        /// Even between ±√(6 / inputs), inputs being what one output adds up: right before ReLU (He and others, 2015).
        case rectified(inputs: Int)
        /// Even between ±√(6 / (inputs + outputs)): right before sigmoid, tanh and softmax (Glorot and Bengio, 2010).
        case balanced(inputs: Int, outputs: Int)

        /// The bound of the even distribution.
        public var bound: Float {
            switch self {
            case .zeros, .ones: 0
            case .even(let bound): bound
            case .rectified(let inputs): (6 / Float(inputs)).squareRoot()
            case .balanced(let inputs, let outputs): (6 / Float(inputs + outputs)).squareRoot()
            }
        }
    }

    /// The operation's name and the parameter's, such as "convolution1.weights".
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
