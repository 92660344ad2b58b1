import EdgeFormat

/// The largest or smallest elements along the last axis, in order, and their indices as int64; of equal ones the lower
/// index comes first. Outputs: values and indices, …·count.
public struct TopK: Operation {
    public static let name = "top-k"

    public var count: Int
    public var largest: Bool

    public init(count: Int, largest: Bool = true) {
        self.count = count
        self.largest = largest
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        let type = try sameType(inputs, ElementType.allCases)[0]
        guard let size = type.shape.last, (1...size).contains(count) else {
            throw EdgeError(.data, at: "", "the first \(count) of \(type.text)")
        }
        let shape = type.shape.dropLast() + [count]
        return [TensorType(type.element, Array(shape)), TensorType(.int64, Array(shape))]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        try expectSameQuantization(inputs[0].type, outputs[0])
        let size = inputs[0].type.shape.last ?? 1
        let places: [Int]
        if let x = inputs[0].data.reals {
            places = order(x, size)
        } else if let x = inputs[0].data.wholes {
            places = order(x, size)
        } else {
            throw notComputed(inputs)
        }
        return [inputs[0].data.gathered(places), .int64(places.map { Int64($0 % size) })]
    }

    private func order<Element: Comparable>(_ x: [Element], _ size: Int) -> [Int] {
        stride(from: 0, to: x.count, by: size).flatMap { start in
            (start..<start + size).sorted { a, b in
                x[a] == x[b] ? a < b : largest ? x[a] > x[b] : x[a] < x[b]
            }.prefix(count)
        }
    }
}
