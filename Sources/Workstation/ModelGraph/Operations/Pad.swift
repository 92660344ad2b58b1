import EdgeFormat

/// A border of one value around a tensor.
public struct Pad: Operation {
    public static let name = "pad"

    /// Elements added before and after, an entry an axis.
    public var before: [Int]
    public var after: [Int]
    public var value: Float

    public init(before: [Int], after: [Int], value: Float = 0) {
        self.before = before
        self.after = after
        self.value = value
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        let type = try sameType(inputs)[0]
        guard before.count == type.shape.count, after.count == type.shape.count else {
            throw EdgeError(.data, at: "", "pad has amounts for \(before.count) axes of \(type.shape.count)")
        }
        for amount in before + after where amount < 0 || amount > Shape.windowLimit {
            throw EdgeError(.data, at: "", "padding \(amount) is outside 0 ... \(Shape.windowLimit)")
        }
        let shape = type.shape.indices.map { before[$0] + type.shape[$0] + after[$0] }
        _ = try Shape.elementCount(shape)
        return [TensorType(type.element, shape)]
    }
}
