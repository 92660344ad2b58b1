/// The range of reals that a value took.
public struct ValueRange: Equatable, Sendable {
    public var minimum: Float
    public var maximum: Float

    public init(minimum: Float, maximum: Float) {
        self.minimum = minimum
        self.maximum = maximum
    }

    /// The smallest range that holds both.
    public func union(_ other: ValueRange) -> ValueRange {
        ValueRange(minimum: min(minimum, other.minimum), maximum: max(maximum, other.maximum))
    }
}
