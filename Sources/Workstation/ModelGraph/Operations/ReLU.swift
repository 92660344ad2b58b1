/// max(x, 0) of each element.
public struct ReLU: UnaryOperation {
    public static let name = "relu"

    public init() {}

    public func callAsFunction(_ x: Float) -> Float { x < 0 ? 0 : x }
}
