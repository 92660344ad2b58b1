import EdgeFormat
import Foundation

// Activations beside sigmoid, tanh and SiLU: smooth ones, and the straight lines that stand for them.

/// x · Φ(x) of each element, Φ being the distribution function of the normal distribution: the Gaussian error linear unit.
public struct GELU: UnaryOperation {
    public static let name = "gelu"

    public enum Approximation: String, Equatable, Sendable {
        case none
        /// Φ(x) as (1 + tanh(√(2/π)·(x + 0.044715·x³))) / 2.
        case tanh
    }

    public var approximation: Approximation

    public init(approximation: Approximation = .none) {
        self.approximation = approximation
    }

    public func callAsFunction(_ x: Float) -> Float {
        let x = Double(x)
        switch approximation {
        // erfc, which keeps its digits where 1 + erf has none left.
        case .none: return Float(0.5 * x * erfc(-x * 0.5.squareRoot()))
        case .tanh:
            let argument = (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)
            return Float(0.5 * x * (1 + Foundation.tanh(argument)))
        }
    }
}

/// x · tanh(ln(1 + exp(x))) of each element.
public struct Mish: UnaryOperation {
    public static let name = "mish"

    public init() {}

    public func callAsFunction(_ x: Float) -> Float { Float(Double(x) * tanh(Softplus.value(Double(x)))) }
}

/// ln(1 + exp(x)) of each element.
public struct Softplus: UnaryOperation {
    public static let name = "softplus"

    public init() {}

    public func callAsFunction(_ x: Float) -> Float { Float(Self.value(Double(x))) }

    /// The same without the overflow of exp.
    static func value(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }
}

/// x / (1 + |x|) of each element.
public struct Softsign: UnaryOperation {
    public static let name = "softsign"

    public init() {}

    public func callAsFunction(_ x: Float) -> Float { Float(Double(x) / (1 + abs(Double(x)))) }
}

/// The line slope·x + offset of each element, cut to 0 … 1.
public struct HardSigmoid: UnaryOperation {
    public static let name = "hard-sigmoid"

    public var slope: Float
    public var offset: Float

    public init(slope: Float, offset: Float) {
        self.slope = slope
        self.offset = offset
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try functionType(inputs, parameters: [slope, offset])
    }

    public func callAsFunction(_ x: Float) -> Float {
        Float(min(max(Double(slope) * Double(x) + Double(offset), 0), 1))
    }
}

/// x times its hard sigmoid of slope 1/6 and offset 1/2, of each element.
public struct HardSwish: UnaryOperation {
    public static let name = "hard-swish"

    public init() {}

    public func callAsFunction(_ x: Float) -> Float { Float(Double(x) * min(max(Double(x) / 6 + 0.5, 0), 1)) }
}
