import EdgeFormat
import ModelGraph

// Convolutions and dense layers.
extension TFLiteImporter {
    mutating func convolution(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try picture(node)
        let weights = try filters(node)
        let window = try window(node, x, weights.shape, dilations: 4)
        guard shape(x)[3] % weights.shape[3] == 0 else {
            throw EdgeError(
                .data, at: "", "filters of \(weights.shape[3]) channels do not divide \(shape(x)[3]) channels")
        }
        let operation = Convolution(
            strides: window.strides, padding: window.padding, dilations: window.dilations,
            groups: shape(x)[3] / weights.shape[3], activation: try node.activation(3))
        try add(operation, for: node, [x] + constants(node, of: x, weights))
    }

    /// Its filters are 1·KH·KW·O, where each of the C input channels has O/C of them.
    mutating func depthwiseConvolution(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try picture(node)
        var weights = try filters(node)
        guard weights.shape[0] == 1, weights.scales.count <= 1 || weights.quantizedAxis == 3 else {
            throw EdgeError(
                .data, at: "", "its filters are \(Shape.text(weights.shape)), or have scales for no channel")
        }
        weights = try weights.transposed([3, 1, 2, 0])
        let window = try window(node, x, weights.shape, dilations: 5)
        let operation = Convolution(
            strides: window.strides, padding: window.padding, dilations: window.dilations, groups: shape(x)[3],
            activation: try node.activation(4))
        try add(operation, for: node, [x] + constants(node, of: x, weights))
    }

    /// Without a wish to keep the axes, all but the last become one.
    mutating func dense(_ node: TFLiteOperator) throws(EdgeError) {
        var x = try input(node)
        let weights = try constant(node, 1, "weights")
        guard try node.options?.byte(1) ?? 0 == 0 else {
            throw EdgeError(.data, at: "", "shuffled weights are not supported")
        }
        guard weights.shape.count == 2, try Shape.elementCount(weights.shape) > 0 else {
            throw EdgeError(.data, at: "", "its weights are \(Shape.text(weights.shape)); two dimensions are needed")
        }
        let (count, depth) = (type(x).count, weights.shape[1])
        guard count % depth == 0 else {
            throw EdgeError(.data, at: "", "weights take \(depth) values, the input has \(Shape.text(shape(x)))")
        }
        let keeps = try node.flag(2) && shape(x).last == depth && shape(x).count >= 2
        if !keeps, shape(x) != [count / depth, depth] {
            x = try add(
                Reshape(shape: [count / depth, depth]), name: label(node.outputs[0]) + ".rows", [x], type(x))
        }
        try add(Dense(activation: try node.activation(0)), for: node, [x] + constants(node, of: x, weights))
    }

    /// A convolution of the picture with zeros between its pixels and around it, the filters O·KH·KW·I turned around. Its
    /// inputs are the result's shape, filters, picture and bias.
    mutating func transposedConvolution(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try picture(node, 2)
        var weights = try filters(node)
        let (given, result) = (shape(x), try integers(node, 0, "the result's shape"))
        guard weights.shape[3] == given[3], result.count == 4, result[0] == given[0], result[3] == weights.shape[0],
            result.allSatisfy({ (1...Shape.windowLimit).contains($0) }), given.allSatisfy({ $0 <= Shape.windowLimit })
        else {
            throw EdgeError(
                .data, at: "",
                "filters \(Shape.text(weights.shape)) make no \(result) of \(Shape.text(given))")
        }
        _ = try Shape.elementCount(result)
        var window = Window(
            size: Extent(weights.shape[1], weights.shape[2]), strides: try node.strides(1), dilations: .one,
            padding: .none)
        // As of the convolution that would make the picture of the result.
        window.padding = try node.padding(0, window, height: result[1], width: result[2])
        let strides = window.strides
        guard (1...64).contains(strides.height), (1...64).contains(strides.width) else {
            throw EdgeError(.data, at: "", "strides \(strides.height) and \(strides.width) are outside 1 … 64")
        }
        let (top, left) = (window.size.height - 1 - window.padding.top, window.size.width - 1 - window.padding.left)
        let pads = Padding(
            top: top, left: left,
            bottom: result[1] - 1 - (given[1] - 1) * strides.height - top + window.size.height - 1,
            right: result[2] - 1 - (given[2] - 1) * strides.width - left + window.size.width - 1)
        let name = label(node.outputs[0]) + ".spread"
        let spread = try add(Rearrangement.spread(given, strides: strides, pads: pads), name: name, [x], type(x))
        weights = try weights.turnedAround()
        let operation = Convolution(activation: try node.activation(3))
        try add(operation, for: node, [spread] + constants(node, of: x, weights, biasAt: 3))
    }

    private mutating func filters(_ node: TFLiteOperator) throws(EdgeError) -> TFLiteConstant {
        let weights = try constant(node, 1, "filters")
        guard weights.shape.count == 4, try Shape.elementCount(weights.shape) > 0 else {
            throw EdgeError(.data, at: "", "its filters are \(Shape.text(weights.shape)); four dimensions are needed")
        }
        return weights
    }

    /// The window of a convolution: padding, stride_w and stride_h are its first options.
    private func window(
        _ node: TFLiteOperator, _ x: Graph.ValueID, _ filters: [Int], dilations: Int
    ) throws(EdgeError) -> Window {
        var window = Window(
            size: Extent(filters[1], filters[2]), strides: try node.strides(1),
            dilations: Extent(try node.int(dilations + 1, default: 1), try node.int(dilations, default: 1)),
            padding: .none)
        window.padding = try node.padding(0, window, height: shape(x)[1], width: shape(x)[2])
        return window
    }

    /// Weights, output channels first, and bias as constants of the graph: floats for an input of floats, integers for a
    /// quantized one.
    private mutating func constants(
        _ node: TFLiteOperator, of x: Graph.ValueID, _ weights: TFLiteConstant, biasAt place: Int = 2
    ) throws(EdgeError) -> [Graph.ValueID] {
        let name = label(try operand(node, 1))
        let bias = optionalOperand(node, place) == nil ? nil : try constant(node, place, "bias")
        guard type(x).quantization == nil else {
            return try integerConstants(node, name: name, type(x), weights, bias)
        }
        guard let floats = weights.reals else {
            throw EdgeError(.data, at: "", "weights are integers without a scale")
        }
        var ids = [result.addConstant(name, weights.shape, .float32(floats))]
        if let bias {
            guard let floats = bias.reals else { throw EdgeError(.data, at: "", "bias has integers without a scale") }
            ids.append(result.addConstant(name + ".bias", bias.shape, .float32(floats)))
        }
        return ids
    }

    private mutating func integerConstants(
        _ node: TFLiteOperator, name: String, _ input: TensorType, _ weights: TFLiteConstant, _ bias: TFLiteConstant?
    ) throws(EdgeError) -> [Graph.ValueID] {
        let form = try IntegerWeights(weights)
        let output = try outputType(node).activationQuantization
        let channels = weights.shape[0]
        var elements = [Int32](repeating: 0, count: channels)
        if let bias {
            guard let given = bias.data.integers, given.count == channels else {
                throw EdgeError(
                    .data, at: "",
                    "bias is \(bias.data.elementType.rawValue) \(Shape.text(bias.shape)); int32 \(channels) is needed")
            }
            try form.expectScale(of: bias, input: try input.activationQuantization.scales[0], output: output.scales[0])
            elements = given
        }
        return [
            result.addConstant(name, weights.shape, .int8(form.elements), quantization: form.quantization),
            result.addConstant(name + ".bias", [channels], .int32(elements)),
        ]
    }
}

/// Weights of 8 bits as graphs have them: less their zero points wherever that fits into 8 bits.
private struct IntegerWeights {
    let elements: [Int8]
    let quantization: Quantization

    /// - Parameter constant: output channels first.
    init(_ constant: TFLiteConstant) throws(EdgeError) {
        guard let given = constant.data.bytes, !constant.scales.isEmpty else {
            throw EdgeError(
                .data, at: "", "weights are \(constant.data.elementType.rawValue); int8 with a scale is needed")
        }
        guard constant.scales.count == 1 || constant.quantizedAxis == 0 else {
            throw EdgeError(.data, at: "", "weights have scales along axis \(constant.quantizedAxis)")
        }
        let channels = constant.shape[0]
        let depth = given.count / channels
        var (elements, rest) = (given, [Int32](repeating: 0, count: channels))
        for channel in 0..<channels {
            let zeroPoint = constant.zeroPoints[constant.zeroPoints.count == 1 ? 0 : channel]
            guard zeroPoint != 0 else { continue }
            let places = channel * depth..<(channel + 1) * depth
            if places.allSatisfy({ (-128...127).contains(Int32(given[$0]) - zeroPoint) }) {
                for place in places { elements[place] = Int8(truncatingIfNeeded: Int32(given[place]) - zeroPoint) }
            } else {
                rest[channel] = zeroPoint
            }
        }
        self.elements = elements
        var quantization =
            constant.scales.count == 1
            ? Quantization(scale: constant.scales[0], zeroPoint: 0) : Quantization(scales: constant.scales, axis: 0)
        if rest.contains(where: { $0 != 0 }) { quantization.channelZeroPoints = rest }
        self.quantization = quantization
    }

    /// A bias counts in units of input scale times weight scale. Converters round that product; more than a fiftieth of an
    /// output step (LiteRT's bound) is another meaning.
    func expectScale(of bias: TFLiteConstant, input: Float, output: Float) throws(EdgeError) {
        for (channel, scale) in bias.scales.enumerated() {
            let weights = quantization.scales[quantization.scales.count == bias.scales.count ? channel : 0]
            guard abs(Double(scale) - Double(input) * Double(weights)) <= 0.02 * Double(output) else {
                throw EdgeError(
                    .data, at: "", "the bias counts in \(scale), not in input scale times weight scale")
            }
        }
    }
}

extension TFLiteConstant {
    /// Axis k of the result is axis `order[k]`.
    func transposed(_ order: [Int]) throws(EdgeError) -> TFLiteConstant {
        var other = try rearranged(Rearrangement.transpose(shape, order))
        other.quantizedAxis = order.firstIndex(of: quantizedAxis) ?? 0
        return other
    }

    /// Filters O·KH·KW·I with rows and columns in reverse.
    func turnedAround() throws(EdgeError) -> TFLiteConstant {
        let places = shape.indices.map { axis in
            (1...2).contains(axis) ? Array((0..<shape[axis]).reversed()) : Array(0..<shape[axis])
        }
        return try rearranged(Rearrangement.selection("turn", shape, places: places))
    }

    private func rearranged(_ operation: Rearrangement) throws(EdgeError) -> TFLiteConstant {
        let type = TensorType(data.elementType, shape)
        var other = self
        other.shape = operation.shape
        other.data = try operation.evaluate([(type, data)], outputs: operation.outputTypes(of: [type]))[0]
        return other
    }
}
