import Foundation

/// The hyperbolic tangent of each element.
public struct Tanh: UnaryOperation {
    public static let name = "tanh"

    public init() {}

    public func callAsFunction(_ x: Float) -> Float { Float(tanh(Double(x))) }
}
