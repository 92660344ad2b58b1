import EdgeFormat

/// y = W·x + b for the last axis of x, then a clamp.
///
/// Inputs: x …·I, weights O·I, and optionally a bias of O. Output: …·O.
public struct Dense: Operation {
    public static let name = "dense"

    public var activation: Activation

    public init(activation: Activation = .none) {
        self.activation = activation
    }

    public var choosesWidth: Bool { true }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try expect(inputs, count: 2...3)
        for input in inputs { _ = try Shape.elementCount(input.shape) }
        guard inputs[1].shape.count == 2 else {
            throw EdgeError(
                .data, at: "", "weights have shape \(Shape.text(inputs[1].shape)); two dimensions are needed")
        }
        try expectLinear(inputs, outputs: inputs[1].shape[0])
        try activation.expect(channels: inputs[1].shape[0])
        guard inputs[0].shape.count >= 2, inputs[0].shape.last == inputs[1].shape[1] else {
            throw EdgeError(
                .data, at: "",
                "weights take \(inputs[1].shape[1]) values, the input has shape \(Shape.text(inputs[0].shape))")
        }
        let shape = Array(inputs[0].shape.dropLast()) + [inputs[1].shape[0]]
        _ = try Shape.elementCount(shape)
        return [TensorType(inputs[0].element, shape)]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        let weights = inputs[1].type
        switch (inputs[0].data, inputs[1].data) {
        case (.float32(let x), .float32(let w)):
            let bias = inputs.count == 3 ? inputs[2].data.floats : nil
            let minimum = activation.range.minimum
            let maxima = activation.maxima(channels: weights.shape[0])
            return [
                .float32(
                    rows(x, w, weights.shape) { x, w, channel in
                        let sum = DotProduct.floats(x, w, count: weights.shape[1]) + (bias?[channel] ?? 0)
                        return Activation.clamp(sum, minimum, maxima[channel])
                    })
            ]
        case (.int8(let x), .int8(let w)):
            return [try integers(x, w, inputs, outputs[0])]
        case (.int16(let x), .int8(let w)):
            return [try integers(x, w, inputs, outputs[0])]
        default:
            throw notComputed(inputs)
        }
    }
}

extension Dense {
    @inline(__always)
    private func integers<Element: FixedWidthInteger>(
        _ x: [Element], _ w: [Int8], _ inputs: [(type: TensorType, data: TensorData)], _ output: TensorType
    ) throws(EdgeError) -> TensorData {
        let weights = inputs[1].type
        let bias = inputs.count == 3 ? inputs[2].data.integers : nil
        let requantize = try Requantization(
            input: inputs[0].type, weights: weights, output: output, activation: activation)
        let (zeroPoint, weightZeroPoints) = (requantize.inputZeroPoint, weights.channelZeroPoints)
        let values: [Int32] = rows(x, w, weights.shape) { x, w, channel in
            let sum = DotProduct.integers(
                x, zeroPoint: zeroPoint, w, weightZeroPoint: weightZeroPoints[channel], count: weights.shape[1])
            return requantize(sum &+ (bias?[channel] ?? 0), channel: channel)
        }
        return TensorData(output.element, count: values.count) { values[$0] }
    }

    /// Every row of x against every row of w.
    @inline(__always)
    private func rows<Element, Weight, Result>(
        _ x: [Element], _ w: [Weight], _ weightShape: [Int],
        _ product: (_ x: UnsafePointer<Element>, _ w: UnsafePointer<Weight>, _ channel: Int) -> Result
    ) -> [Result] {
        let (channels, depth) = (weightShape[0], weightShape[1])
        var y: [Result] = []
        y.reserveCapacity(x.count / depth * channels)
        x.withUnsafeBufferPointer { x in
            w.withUnsafeBufferPointer { w in
                guard let firstX = x.baseAddress, let firstW = w.baseAddress else { return }
                for row in 0..<x.count / depth {
                    for channel in 0..<channels {
                        y.append(product(firstX + row * depth, firstW + channel * depth, channel))
                    }
                }
            }
        }
        return y
    }
}
