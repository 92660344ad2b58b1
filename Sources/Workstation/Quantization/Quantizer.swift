public import EdgeFormat
public import ModelGraph

/// Turns a simplified float graph into the same graph in 8-bit integers: activations with one scale and a zero point,
/// weights with one scale an output channel, biases in units of input scale times weight scale.
public struct Quantizer {
    private let source: Graph
    private let ranges: [ValueRange?]
    private var result: Graph

    /// - Parameter ranges: by value of the graph, as calibration saw them.
    public init(_ graph: Graph, ranges: [ValueRange?]) {
        source = graph
        self.ranges = ranges
        result = graph
    }

    /// The quantized graph.
    /// - Throws: `EdgeError` that names every node without an 8-bit form.
    public consuming func quantized() throws(EdgeError) -> Graph {
        try refuseUnsupported()
        for id in source.inputs { try setActivation(id, range(of: id)) }
        for node in source.nodes { try quantize(node) }
        let graph = result.removingDeadCode()
        try graph.validate()
        return graph
    }

    private func refuseUnsupported() throws(EdgeError) {
        let refused = source.nodes.filter { $0.operation.integerForm == nil }
        guard refused.isEmpty else {
            let list = refused.map { "\(type(of: $0.operation).name) (node '\($0.name)')" }.joined(separator: ", ")
            throw EdgeError(.data, at: source.name, "has no 8-bit form for: \(list)")
        }
        for node in source.nodes {
            if let convolution = node.operation as? Convolution, convolution.groups != 1 {
                throw EdgeError(
                    .data, at: "node '\(node.name)'", "\(convolution.groups) groups have no 8-bit form yet; only 1 has")
            }
        }
    }

    private mutating func quantize(_ node: Graph.Node) throws(EdgeError) {
        switch node.operation.integerForm {
        case .linear: try quantizeLinear(node)
        case .sameScale:
            result.values[node.outputs[0]].type.element = .int8
            result.values[node.outputs[0]].type.quantization = result.values[node.inputs[0]].type.quantization
        case .function: try setActivation(node.outputs[0], range(of: node.outputs[0]))
        case .probabilities:
            set(node.outputs[0], Quantization(scale: 1 / 256, zeroPoint: -128))
        case nil: break
        }
    }

    private func range(of id: Graph.ValueID) throws(EdgeError) -> ValueRange {
        guard let range = ranges[id] else {
            throw EdgeError(.data, at: "value '\(source.values[id].name)'", "was not calibrated")
        }
        return range
    }

    private mutating func setActivation(_ id: Graph.ValueID, _ range: ValueRange) throws(EdgeError) {
        set(id, Quantization(covering: range))
    }

    private mutating func set(_ id: Graph.ValueID, _ quantization: Quantization) {
        result.values[id].type.element = .int8
        result.values[id].type.quantization = quantization
    }

    /// Weights, bias and output of a convolution or dense layer.
    private mutating func quantizeLinear(_ node: Graph.Node) throws(EdgeError) {
        let input = try result.values[node.inputs[0]].type.activationQuantization
        try setActivation(node.outputs[0], range(of: node.outputs[0]))
        let output = try result.values[node.outputs[0]].type.activationQuantization
        let weightValue = source.values[node.inputs[1]]
        guard let weights = weightValue.constant?.floats else {
            throw EdgeError(.data, at: "node '\(node.name)'", "has weights that are no constant floats")
        }
        let bias = node.inputs.count == 3 ? source.values[node.inputs[2]].constant?.floats : nil
        let quantized: QuantizedWeights
        do throws(EdgeError) {
            quantized = try QuantizedWeights(
                weights, channels: weightValue.type.shape[0], bias: bias, input: input.scales[0],
                output: output.scales[0])
        } catch {
            throw error.within("node '\(node.name)'")
        }
        // A value of its own for each layer: shared weights may meet different input scales.
        let weightID = result.addConstant(
            weightValue.name, weightValue.type.shape, .int8(quantized.weights),
            quantization: Quantization(scales: quantized.scales, axis: 0))
        let biasID = result.addConstant(node.name + ".bias", [quantized.bias.count], .int32(quantized.bias))
        guard let index = result.producer(of: node.outputs[0]) else { return }
        result.nodes[index].inputs = [node.inputs[0], weightID, biasID]
    }
}

/// How an operation is computed in 8 bits.
enum IntegerForm {
    /// Sums of products, requantized.
    case linear
    /// Only moves, compares or averages bytes: scale and zero point stay.
    case sameScale
    /// A table of a function.
    case function
    /// Softmax: 1/256 a step from −128 up.
    case probabilities
}

extension Operation {
    /// The 8-bit form, or nil where there is none.
    var integerForm: IntegerForm? {
        switch self {
        case is Convolution, is Dense: .linear
        case is AveragePool, is MaxPool, is Flatten, is Reshape: .sameScale
        case is any UnaryOperation: .function
        case is Softmax: .probabilities
        default: nil
        }
    }
}

extension Quantization {
    /// 255 steps over a range that includes 0, so that 0 has a value of its own.
    public init(covering range: ValueRange) {
        let minimum = min(range.minimum, 0)
        let maximum = max(range.maximum, 0)
        let span = maximum - minimum
        guard span.isNormal, (span / 255).isNormal else {
            self.init(scale: 1 / 128, zeroPoint: 0)
            return
        }
        let scale = span / 255
        let zeroPoint = (-128 - minimum / scale).rounded(.toNearestOrEven)
        self.init(scale: scale, zeroPoint: Int32(min(max(zeroPoint, -128), 127)))
    }
}
