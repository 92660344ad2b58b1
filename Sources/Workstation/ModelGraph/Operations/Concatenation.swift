import EdgeFormat

/// Two to eight tensors side by side along the last axis: of pictures, their channels.
public struct Concatenation: Operation {
    public static let name = "concatenation"

    public init() {}

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        guard (2...8).contains(inputs.count) else {
            throw EdgeError(.data, at: "", "concatenation has \(inputs.count) inputs; 2 ... 8 are supported")
        }
        let element = inputs[0].element
        try expect(element, [.float32, .int8, .int16])
        var width = 0
        for input in inputs {
            _ = try Shape.elementCount(input.shape)
            guard let last = input.shape.last, input.element == element,
                input.shape.dropLast() == inputs[0].shape.dropLast()
            else {
                throw EdgeError(
                    .data, at: "", "\(input.text) cannot stand beside \(inputs[0].text)")
            }
            width += last
        }
        let shape = Array(inputs[0].shape.dropLast()) + [width]
        _ = try Shape.elementCount(shape)
        return [TensorType(element, shape)]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        for input in inputs { try expectSameQuantization(input.type, outputs[0]) }
        let widths = inputs.map { $0.type.shape.last ?? 1 }
        switch outputs[0].element {
        case .float32: return [.float32(joined(inputs.compactMap(\.data.floats), widths))]
        case .int8: return [.int8(joined(inputs.compactMap(\.data.bytes), widths))]
        case .int16: return [.int16(joined(inputs.compactMap(\.data.words), widths))]
        default: throw notComputed(inputs)
        }
    }
}

extension Concatenation {
    private func joined<Element: BitwiseCopyable>(_ parts: [[Element]], _ widths: [Int]) -> [Element] {
        let total = widths.reduce(0, +)
        let rows = (parts.first?.count ?? 0) / (widths.first ?? 1)
        return [Element](unsafeUninitializedCapacity: rows * total) { y, count in
            var first = 0
            for (part, width) in zip(parts, widths) {
                part.withUnsafeBufferPointer { part in
                    guard let source = part.baseAddress, let target = y.baseAddress else { return }
                    for row in 0..<rows {
                        (target + row * total + first).initialize(from: source + row * width, count: width)
                    }
                }
                first += width
            }
            count = rows * total
        }
    }
}
