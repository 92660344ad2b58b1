import Foundation

/// 1 / (1 + exp(−x)) of each element.
public struct Sigmoid: UnaryOperation {
    public static let name = "sigmoid"

    public init() {}

    public func callAsFunction(_ x: Float) -> Float { Float(1 / (1 + exp(-Double(x)))) }
}
