import EdgeFormat

/// Cross-correlation of a picture with `O` filters, plus bias, then a clamp.
///
/// Inputs: x N·H·W·C, weights O·KH·KW·(C/groups), and optionally a bias of O. Output: N·H'·W'·O.
public struct Convolution: Operation {
    public static let name = "convolution"

    public var strides: Extent
    public var padding: Padding
    public var dilations: Extent
    /// Output channel o reads the C/groups input channels of group o / (O/groups).
    public var groups: Int
    public var activation: Activation

    public init(
        strides: Extent = .one, padding: Padding = .none, dilations: Extent = .one, groups: Int = 1,
        activation: Activation = .none
    ) {
        self.strides = strides
        self.padding = padding
        self.dilations = dilations
        self.groups = groups
        self.activation = activation
    }

    /// The window for weights of this shape.
    public func window(weights shape: [Int]) -> Window {
        Window(size: Extent(shape[1], shape[2]), strides: strides, dilations: dilations, padding: padding)
    }

    public var choosesWidth: Bool { true }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try expect(inputs, count: 2...3)
        let x = try Shape.picture(inputs[0], "the input")
        let weights = try Shape.picture(inputs[1], "weights")
        try expectLinear(inputs, outputs: weights.count)
        try activation.expect(channels: weights.count)
        guard groups >= 1, x.channels % groups == 0 else {
            throw EdgeError(.data, at: "", "group \(groups) does not divide \(x.channels) channels")
        }
        guard weights.count % groups == 0 else {
            throw EdgeError(.data, at: "", "group \(groups) does not divide \(weights.count) output channels")
        }
        guard weights.channels == x.channels / groups else {
            throw EdgeError(
                .data, at: "",
                "weights are for \(weights.channels) channels a group, the input has \(x.channels / groups)")
        }
        let places = try window(weights: inputs[1].shape).places(height: x.height, width: x.width)
        let shape = [x.count, places.height, places.width, weights.count]
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
            return [.float32(floats(x, inputs[0].type.shape, w, weights.shape, bias, places: outputs[0].places))]
        case (.int8, .int8), (.int16, .int8):
            let requantize = try Requantization(
                input: inputs[0].type, weights: weights, output: outputs[0], activation: activation)
            let sums = try sums(inputs, places: outputs[0].places)
            let channels = weights.shape[0]
            return [
                TensorData(outputs[0].element, count: sums.count) { requantize(sums[$0], channel: $0 % channels) }
            ]
        case (.int32(let x), .int32(let w)) where activation == .none:
            let bias = inputs.count == 3 ? inputs[2].data.integers : nil
            let zeroPoints = (Int32(0), weights.channelZeroPoints)
            return [
                .int32(sums(x, inputs[0].type.shape, zeroPoints, w, weights.shape, bias, outputs[0].places))
            ]
        default:
            throw notComputed(inputs)
        }
    }
}

extension Convolution {
    /// N·H'·W'·O in floats.
    func floats(
        _ x: [Float], _ shape: [Int], _ w: [Float], _ weightShape: [Int], _ bias: [Float]?, places: Extent
    ) -> [Float] {
        let channels = weightShape[0]
        let perGroup = channels / groups
        let depth = weightShape[1] * weightShape[2] * weightShape[3]
        let (minimum, maxima) = (activation.range.minimum, activation.maxima(channels: channels))
        var y = [Float](repeating: 0, count: shape[0] * places.height * places.width * channels)
        w.withUnsafeBufferPointer { w in
            guard let w = w.baseAddress else { return }
            window(weights: weightShape).forEachPatch(
                of: x, shape: shape, places: places, groups: groups, border: 0
            ) { patch, pixel, group in
                for channel in group * perGroup..<(group + 1) * perGroup {
                    let sum = DotProduct.floats(patch, w + channel * depth, count: depth) + (bias?[channel] ?? 0)
                    y[pixel * channels + channel] = Activation.clamp(sum, minimum, maxima[channel])
                }
            }
        }
        return y
    }

    /// The exact 32-bit sums of quantized inputs, Σ (x − zero point)·w + bias, before they become 8 or 16 bits:
    /// N·H'·W'·O.
    public func sums(
        _ inputs: [(type: TensorType, data: TensorData)], places: Extent
    ) throws(EdgeError) -> [Int32] {
        guard let w = inputs[1].data.bytes else { throw notComputed(inputs) }
        let zeroPoint = try inputs[0].type.activationQuantization.zeroPoint
        let bias = inputs.count > 2 ? inputs[2].data.integers : nil
        let shapes = (inputs[0].type.shape, inputs[1].type.shape)
        let zeroPoints = (zeroPoint, inputs[1].type.channelZeroPoints)
        switch inputs[0].data {
        case .int8(let x): return sums(x, shapes.0, zeroPoints, w, shapes.1, bias, places)
        case .int16(let x): return sums(x, shapes.0, zeroPoints, w, shapes.1, bias, places)
        default: throw notComputed(inputs)
        }
    }

    @inline(__always)
    private func sums<Element: FixedWidthInteger, Weight: FixedWidthInteger>(
        _ x: [Element], _ shape: [Int], _ zeroPoints: (input: Int32, weights: [Int32]), _ w: [Weight],
        _ weightShape: [Int], _ bias: [Int32]?, _ places: Extent
    ) -> [Int32] {
        let channels = weightShape[0]
        let perGroup = channels / groups
        let depth = weightShape[1] * weightShape[2] * weightShape[3]
        var y = [Int32](repeating: 0, count: shape[0] * places.height * places.width * channels)
        w.withUnsafeBufferPointer { w in
            guard let w = w.baseAddress else { return }
            window(weights: weightShape).forEachPatch(
                of: x, shape: shape, places: places, groups: groups, border: Element(clamping: zeroPoints.input)
            ) { patch, pixel, group in
                for channel in group * perGroup..<(group + 1) * perGroup {
                    let sum = DotProduct.integers(
                        patch, zeroPoint: zeroPoints.input, w + channel * depth,
                        weightZeroPoint: zeroPoints.weights[channel], count: depth)
                    y[pixel * channels + channel] = sum &+ (bias?[channel] ?? 0)
                }
            }
        }
        return y
    }
}

extension TensorType {
    /// Height and width of a picture N·H·W·C.
    var places: Extent { Extent(shape[1], shape[2]) }
}
