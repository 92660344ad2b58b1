public import EdgeFormat

/// The operations that an architecture is written with. Pictures are N·H·W·C, rows of values N·C; a name is that of the
/// operation in graphs and errors.
///
/// A builder is asked for parameters and operations in the order of the architecture, always the same one. Operations
/// with parameters, and their shapes, stand in the extension below.
public protocol NetworkBuilder {
    associatedtype Value
    /// One whole number a sample.
    associatedtype Indices

    /// A value's shape, the samples first.
    func shape(of value: Value) -> [Int]

    /// The next tensor that is trained.
    mutating func parameter(_ parameter: Parameter) throws(EdgeError) -> Value

    mutating func convolution(
        _ name: String, _ x: Value, weights: Value, bias: Value, window: SquareWindow, relu: Bool
    ) throws(EdgeError) -> Value
    mutating func dense(
        _ name: String, _ x: Value, weights: Value, bias: Value, relu: Bool
    ) throws(EdgeError) -> Value
    mutating func pool(_ name: String, _ x: Value, _ kind: PoolKind, window: SquareWindow) throws(EdgeError) -> Value
    mutating func flatten(_ name: String, _ x: Value) throws(EdgeError) -> Value
    mutating func activation(_ name: String, _ x: Value, _ kind: ActivationKind) throws(EdgeError) -> Value
    /// Group norm, then SiLU where asked.
    mutating func groupNorm(
        _ name: String, _ x: Value, factors: Value, offsets: Value, groups: Int, silu: Bool
    ) throws(EdgeError) -> Value
    /// Passes a share of the values on at 1 / (1 − rate) of their size and drops the others, while training only.
    mutating func dropout(_ x: Value, rate: Float) -> Value
    /// The sum of two values of one shape.
    mutating func addition(_ name: String, _ a: Value, _ b: Value) throws(EdgeError) -> Value
    /// Adds a row N·C to every pixel of N·H·W·C.
    mutating func rowAddition(_ name: String, _ x: Value, _ row: Value) throws(EdgeError) -> Value
    /// The channels of two pictures of one size behind each other.
    mutating func concatenation(_ name: String, _ a: Value, _ b: Value) throws(EdgeError) -> Value
    /// Every pixel `factor` times in both directions.
    mutating func upsampling(_ name: String, _ x: Value, factor: Int) throws(EdgeError) -> Value
    /// Rows of a table R·D by their numbers: N·D.
    mutating func embedding(_ name: String, _ indices: Indices, table: Value) throws(EdgeError) -> Value
    /// Sines, then cosines, of numbers times frequencies: N·2h.
    mutating func sinusoid(_ name: String, _ indices: Indices, frequencies: [Float]) throws(EdgeError) -> Value
}

/// A window as wide as high, and how it walks.
public struct SquareWindow: Equatable, Sendable {
    public let size: Int
    public let stride: Int
    /// Zeros on every side.
    public let padding: Int

    public init(_ size: Int, stride: Int = 1, padding: Int = 0) {
        self.size = size
        self.stride = stride
        self.padding = padding
    }
}

public enum PoolKind: Sendable { case average, largest }

public enum ActivationKind: Sendable { case relu, sigmoid, tanh, silu }

// MARK: - Operations with their parameters

extension NetworkBuilder {
    /// What is added to a group's variance before its root.
    static var normEpsilon: Float { 1e-5 }

    /// `filters` cross-correlations with a square window, plus bias, then ReLU where asked.
    /// - Parameter start: of the weights; by default what suits the function behind it.
    public mutating func convolution(
        _ name: String, _ x: Value, filters: Int, window: SquareWindow, relu: Bool = false,
        start: Parameter.Start? = nil
    ) throws(EdgeError) -> Value {
        let channels = try self.channels(of: x, rank: 4, name)
        guard filters >= 1, window.size >= 1 else { throw wrongInput(name, "at least one filter and one pixel", x) }
        let places = window.size * window.size
        let usual: Parameter.Start =
            relu
            ? .rectified(inputs: places * channels) : .balanced(inputs: places * channels, outputs: places * filters)
        let shape = [filters, window.size, window.size, channels]
        let weights = try parameter(Parameter(name: name + ".weights", shape: shape, start: start ?? usual))
        let bias = try parameter(Parameter(name: name + ".bias", shape: [filters], start: .zeros))
        return try convolution(name, x, weights: weights, bias: bias, window: window, relu: relu)
    }

    /// `outputs` sums over all inputs, plus bias, then ReLU where asked.
    public mutating func dense(
        _ name: String, _ x: Value, outputs: Int, relu: Bool = false, start: Parameter.Start? = nil
    ) throws(EdgeError) -> Value {
        let inputs = try channels(of: x, rank: 2, name)
        guard outputs >= 1 else { throw wrongInput(name, "at least one output", x) }
        let usual: Parameter.Start =
            relu ? .rectified(inputs: inputs) : .balanced(inputs: inputs, outputs: outputs)
        let weights = try parameter(
            Parameter(name: name + ".weights", shape: [outputs, inputs], start: start ?? usual))
        let bias = try parameter(Parameter(name: name + ".bias", shape: [outputs], start: .zeros))
        return try dense(name, x, weights: weights, bias: bias, relu: relu)
    }

    /// Group norm with a factor and an offset a channel, then SiLU where asked.
    public mutating func groupNorm(_ name: String, _ x: Value, groups: Int, silu: Bool) throws(EdgeError) -> Value {
        let channels = try self.channels(of: x, rank: 4, name)
        let factors = try parameter(Parameter(name: name + ".factors", shape: [channels], start: .ones))
        let offsets = try parameter(Parameter(name: name + ".offsets", shape: [channels], start: .zeros))
        return try groupNorm(name, x, factors: factors, offsets: offsets, groups: groups, silu: silu)
    }

    /// A trained row of `width` values for each number below `rows`.
    public mutating func embedding(
        _ name: String, _ indices: Indices, rows: Int, width: Int
    ) throws(EdgeError) -> Value {
        let table = try parameter(Parameter(name: name + ".table", shape: [rows, width], start: .even(bound: 1)))
        return try embedding(name, indices, table: table)
    }

    private func channels(of x: Value, rank: Int, _ name: String) throws(EdgeError) -> Int {
        let shape = shape(of: x)
        guard shape.count == rank, let channels = shape.last else {
            throw wrongInput(name, rank == 4 ? "a picture H·W·C" : "flat values", x)
        }
        return channels
    }

    private func wrongInput(_ name: String, _ wanted: String, _ x: Value) -> EdgeError {
        let shape = shape(of: x).dropFirst().map { "\($0)" }.joined(separator: "x")
        return EdgeError(.data, at: "layer '\(name)'", "takes \(wanted), not a shape of \(shape)")
    }
}
