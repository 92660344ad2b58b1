import Foundation

// What mathematics has names for. Outside their domain logarithm, square root and reciprocal give what IEEE 754 says;
// their tables keep to the domain's edge.

/// eˣ of each element.
public struct Exponential: UnaryOperation {
    public static let name = "exponential"

    public init() {}

    public func callAsFunction(_ x: Float) -> Float { Float(exp(Double(x))) }
}

/// The natural logarithm of each element.
public struct Logarithm: UnaryOperation {
    public static let name = "logarithm"

    public init() {}

    public func callAsFunction(_ x: Float) -> Float { Float(log(Double(x))) }

    /// −∞ of everything up to 0, which quantization cuts to the smallest number.
    public func tableArgument(_ x: Float) -> Float { max(x, 0) }
}

/// The square root of each element.
public struct SquareRoot: UnaryOperation {
    public static let name = "square-root"

    public init() {}

    public func callAsFunction(_ x: Float) -> Float { x.squareRoot() }

    /// 0 of everything up to 0.
    public func tableArgument(_ x: Float) -> Float { max(x, 0) }
}

/// 1 / x of each element.
public struct Reciprocal: UnaryOperation {
    public static let name = "reciprocal"

    public init() {}

    public func callAsFunction(_ x: Float) -> Float { 1 / x }
}

/// The error function of each element: 2/√π times the integral of exp(−t²) from 0 to x.
public struct ErrorFunction: UnaryOperation {
    public static let name = "error-function"

    public init() {}

    public func callAsFunction(_ x: Float) -> Float { Float(erf(Double(x))) }
}

/// The sine of each element, in radians.
public struct Sine: UnaryOperation {
    public static let name = "sine"

    public init() {}

    public func callAsFunction(_ x: Float) -> Float { Float(sin(Double(x))) }
}

/// The cosine of each element, in radians.
public struct Cosine: UnaryOperation {
    public static let name = "cosine"

    public init() {}

    public func callAsFunction(_ x: Float) -> Float { Float(cos(Double(x))) }
}

/// |x| of each element.
public struct AbsoluteValue: UnaryOperation {
    public static let name = "absolute-value"

    public init() {}

    public func callAsFunction(_ x: Float) -> Float { abs(x) }

    public func integer(_ x: Int64) -> Int64? { x < 0 ? 0 &- x : x }
}

/// −x of each element.
public struct Negation: UnaryOperation {
    public static let name = "negation"

    public init() {}

    public func callAsFunction(_ x: Float) -> Float { -x }

    public func integer(_ x: Int64) -> Int64? { 0 &- x }
}
