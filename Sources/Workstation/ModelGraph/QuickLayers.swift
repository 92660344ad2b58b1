import EdgeFormat

/// How a run computes sums of products.
public enum SumArithmetic: Sendable {
    /// Of floats in the order of the definition: the same on every processor.
    case inOrder
    /// As `LinearLayer` does, many times as fast.
    case quick
}

extension LinearLayer {
    /// The layer's output; nil for operands that only the definition computes.
    /// - Parameter operands: of its node.
    func output(
        _ operands: [(type: TensorType, data: TensorData)], _ output: TensorType
    ) throws(EdgeError) -> TensorData? {
        let shape = operands[0].type.shape
        let addend = operands.count > 3 ? operands[3] : nil
        if case .float32(let x) = operands[0].data {
            var y = try sums(x, shape)
            y.add(bias: operands.count > 2 ? operands[2].data.floats : nil)
            if let addend {
                guard let elements = addend.data.floats else { return nil }
                y.add(elements, AddendPlace(addend.type, output))
            }
            return .float32(activation.applied(to: y, channels: outputs))
        }
        guard addend == nil else { return nil }
        let zeroPoint = try operands[0].type.activationQuantization.zeroPoint
        guard let x = operands[0].data.floats(less: zeroPoint) else { return nil }
        let bias = operands.count > 2 ? operands[2].data.integers : nil
        let requantize = try Requantization(
            input: operands[0].type, weights: operands[1].type, output: output, activation: activation)
        return try sums(x, shape).requantized(requantize, bias ?? [Int32](repeating: 0, count: outputs), output.element)
    }
}

extension TensorData {
    /// Quantized elements, each less the zero point, as floats; nil for others.
    public func floats(less zeroPoint: Int32) -> [Float]? {
        switch self {
        case .int8(let elements): elements.map { Float(Int32($0) - zeroPoint) }
        case .int16(let elements): elements.map { Float(Int32($0) - zeroPoint) }
        default: nil
        }
    }
}

extension [Float] {
    /// Whole sums, row by row, with their bias as 8 or 16 bits.
    fileprivate func requantized(
        _ requantize: Requantization, _ bias: [Int32], _ element: ElementType
    ) -> TensorData {
        element == .int16
            ? .int16(requantized(requantize, bias) { Int16(truncatingIfNeeded: $0) })
            : .int8(requantized(requantize, bias) { Int8(truncatingIfNeeded: $0) })
    }

    @inline(__always)
    private func requantized<Integer: BinaryInteger>(
        _ requantize: Requantization, _ bias: [Int32], _ element: (Int32) -> Integer
    ) -> [Integer] {
        [Integer](unsafeUninitializedCapacity: count) { result, initialized in
            for row in stride(from: 0, to: count, by: bias.count) {
                for channel in bias.indices {
                    let sum = Int32(clamping: Int64(self[row + channel]) + Int64(bias[channel]))
                    result.initializeElement(at: row + channel, to: element(requantize(sum, channel: channel)))
                }
            }
            initialized = count
        }
    }

    /// Adds a bias to each row.
    fileprivate mutating func add(bias: [Float]?) {
        guard let bias else { return }
        withUnsafeMutableBufferPointer { y in
            for row in stride(from: 0, to: y.count, by: bias.count) {
                for channel in bias.indices { y[row + channel] += bias[channel] }
            }
        }
    }

    fileprivate mutating func add(_ addend: [Float], _ place: AddendPlace) {
        for index in indices { self[index] += addend[place(index)] }
    }
}
