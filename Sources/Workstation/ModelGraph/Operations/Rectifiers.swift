import EdgeFormat
import Foundation

// Units that pass what is above 0, or above a threshold, and treat the rest in ways of their own.

/// x of each element, times the slope where it is below 0.
public struct LeakyReLU: UnaryOperation {
    public static let name = "leaky-relu"

    public var slope: Float

    public init(slope: Float) {
        self.slope = slope
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try functionType(inputs, parameters: [slope])
    }

    public func callAsFunction(_ x: Float) -> Float { x < 0 ? slope * x : x }
}

/// x of each element that is above the threshold, 0 of every other one.
public struct ThresholdedReLU: UnaryOperation {
    public static let name = "thresholded-relu"

    public var threshold: Float

    public init(threshold: Float) {
        self.threshold = threshold
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try functionType(inputs, parameters: [threshold])
    }

    public func callAsFunction(_ x: Float) -> Float { x <= threshold ? 0 : x }
}

/// x of each element, α·(exp(x) − 1) where it is below 0: the exponential linear unit.
public struct ELU: UnaryOperation {
    public static let name = "elu"

    /// −α is what the unit falls to.
    public var alpha: Float

    public init(alpha: Float) {
        self.alpha = alpha
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try functionType(inputs, parameters: [alpha])
    }

    public func callAsFunction(_ x: Float) -> Float { x < 0 ? Float(Double(alpha) * expm1(Double(x))) : x }
}

/// γ times an ELU: the scaled exponential linear unit, which keeps mean and spread of what passes.
public struct SELU: UnaryOperation {
    public static let name = "selu"

    public var alpha: Float
    public var gamma: Float

    public init(alpha: Float, gamma: Float) {
        self.alpha = alpha
        self.gamma = gamma
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try functionType(inputs, parameters: [alpha, gamma])
    }

    public func callAsFunction(_ x: Float) -> Float {
        Float(Double(gamma) * (x < 0 ? Double(alpha) * expm1(Double(x)) : Double(x)))
    }
}
