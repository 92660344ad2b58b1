import EdgeFormat

/// Tensors side by side along one axis: of pictures by default their channels.
public struct Concatenation: Operation {
    public static let name = "concatenation"

    /// Counted from the front, or from the end where it is negative.
    public var axis: Int

    public init(axis: Int = -1) {
        self.axis = axis
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        guard (1...1024).contains(inputs.count) else {
            throw EdgeError(.data, at: "", "concatenation has \(inputs.count) inputs; 1 ... 1024 are supported")
        }
        let element = inputs[0].element
        var shape = inputs[0].shape
        let axis = try axis(axis, of: shape)
        shape[axis] = 0
        for input in inputs {
            _ = try Shape.elementCount(input.shape)
            var rest = input.shape
            guard rest.count == shape.count, input.element == element else { throw misfit(input, inputs[0]) }
            let size = rest[axis]
            rest[axis] = shape[axis]
            guard rest == shape else { throw misfit(input, inputs[0]) }
            shape[axis] += size
        }
        _ = try Shape.elementCount(shape)
        return [TensorType(element, shape)]
    }

    private func misfit(_ a: TensorType, _ b: TensorType) -> EdgeError {
        EdgeError(.data, at: "", "\(a.text) cannot stand beside \(b.text)")
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        for input in inputs { try expectSameQuantization(input.type, outputs[0]) }
        // Elements from one index of the axes before to the next.
        let axis = try axis(axis, of: outputs[0].shape)
        let widths = inputs.map { $0.type.shape[axis...].reduce(1, *) }
        switch outputs[0].element {
        case .float32: return [.float32(joined(inputs.compactMap(\.data.floats), widths))]
        case .int8: return [.int8(joined(inputs.compactMap(\.data.bytes), widths))]
        case .int16: return [.int16(joined(inputs.compactMap(\.data.words), widths))]
        case .float16: return [TensorData(.float16, reals: joined(inputs.compactMap(\.data.reals), widths))]
        default:
            return [TensorData(outputs[0].element, wholes: joined(inputs.compactMap(\.data.wholes), widths))]
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
