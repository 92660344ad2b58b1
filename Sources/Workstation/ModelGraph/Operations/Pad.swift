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
        let type = try sameType(inputs, [.float32, .int8, .int16])[0]
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

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        let shape = inputs[0].type.shape
        switch inputs[0].data {
        case .float32(let x):
            return [.float32(padded(x, shape, value))]
        case .int8(let x):
            try expectSameQuantization(inputs[0].type, outputs[0])
            return [.int8(padded(x, shape, try outputs[0].activationQuantization.quantize(value)))]
        case .int16(let x):
            try expectSameQuantization(inputs[0].type, outputs[0])
            return [.int16(padded(x, shape, try outputs[0].activationQuantization.quantize(word: value)))]
        default:
            throw notComputed(inputs)
        }
    }
}

extension Pad {
    private func padded<Element>(_ x: [Element], _ shape: [Int], _ value: Element) -> [Element] {
        var (elements, inner) = (x, 1)
        // One axis after the other, the last one first: `inner` elements a step of the axis.
        for axis in shape.indices.reversed() {
            let run = shape[axis] * inner
            let (front, back) = (before[axis] * inner, after[axis] * inner)
            if front + back > 0 {
                var next: [Element] = []
                next.reserveCapacity(elements.count / run * (run + front + back))
                for start in stride(from: 0, to: elements.count, by: run) {
                    next += repeatElement(value, count: front)
                    next += elements[start..<start + run]
                    next += repeatElement(value, count: back)
                }
                elements = next
            }
            inner = run + front + back
        }
        return elements
    }
}
