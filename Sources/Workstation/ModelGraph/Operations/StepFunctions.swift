// Functions of whole steps. An interpolated table makes a slope of 64 integers of each step.

/// The largest whole number that is not above x, of each element.
public struct Floor: UnaryOperation {
    public static let name = "floor"

    public init() {}

    public func callAsFunction(_ x: Float) -> Float { x.rounded(.down) }
}

/// The smallest whole number that is not below x, of each element.
public struct Ceiling: UnaryOperation {
    public static let name = "ceiling"

    public init() {}

    public func callAsFunction(_ x: Float) -> Float { x.rounded(.up) }
}

/// The nearest whole number of each element, the even one of two.
public struct NearestInteger: UnaryOperation {
    public static let name = "nearest-integer"

    public init() {}

    public func callAsFunction(_ x: Float) -> Float { x.rounded(.toNearestOrEven) }
}

/// 1, −1 or 0 of each element, as it is above, below or equal to 0.
public struct Sign: UnaryOperation {
    public static let name = "sign"

    public init() {}

    public func callAsFunction(_ x: Float) -> Float { x > 0 ? 1 : x < 0 ? -1 : x }

    public func integer(_ x: Int64) -> Int64? { x.signum() }
}
