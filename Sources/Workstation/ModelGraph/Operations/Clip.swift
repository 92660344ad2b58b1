import EdgeFormat

/// min(max(x, minimum), maximum) of each element.
public struct Clip: UnaryOperation {
    public static let name = "clip"

    public var minimum: Float
    public var maximum: Float

    public init(minimum: Float, maximum: Float) {
        self.minimum = minimum
        self.maximum = maximum
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        guard minimum <= maximum else {
            throw EdgeError(.data, at: "", "clip to \(minimum) ... \(maximum) is empty")
        }
        return try functionType(inputs)
    }

    public func callAsFunction(_ x: Float) -> Float { x < minimum ? minimum : x > maximum ? maximum : x }
}
