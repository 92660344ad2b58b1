public import EdgeFormat
public import ModelGraph
import Quantization

/// A float graph and the quantized graph that was made of it, run on the same inputs.
public struct GraphComparison: Sendable {
    /// A layer in both graphs.
    private struct Place {
        let float: Graph.ValueID
        let quantized: Graph.ValueID
        /// The reals that count as inside.
        let inside: ClosedRange<Float>
    }

    private let float: ReferenceInterpreter
    private let quantized: ReferenceInterpreter
    private let places: [Place]
    /// By value of the quantized graph: the layers that it is.
    private let layersOf: [Graph.ValueID: [Int]]
    public let layers: [LayerErrors.Layer]

    /// - Parameters:
    ///   - float: the graph as the quantizer got it, after all passes.
    ///   - quantized: what the quantizer made of it; values are the same where they have the same name.
    ///   - arithmetic: how both graphs' sums are computed; integers are the same either way.
    /// - Throws: `EdgeError` when a graph is not valid.
    public init(float: Graph, quantized: Graph, _ arithmetic: SumArithmetic = .inOrder) throws(EdgeError) {
        self.float = try ReferenceInterpreter(float, arithmetic)
        self.quantized = try ReferenceInterpreter(quantized, arithmetic)
        var ids: [String: Graph.ValueID] = [:]
        for (id, value) in quantized.values.enumerated() where value.constant == nil { ids[value.name] = id }
        var places: [Place] = []
        var layers: [LayerErrors.Layer] = []
        var indices: [Graph.ValueID: Int] = [:]
        func add(_ id: Graph.ValueID, _ node: Graph.Node?) {
            let value = float.values[id]
            guard value.type.element == .float32, let other = ids[value.name],
                quantized.values[other].type.shape == value.type.shape
            else { return }
            let (bounds, inside) = quantized.values[other].type.reals
            let first = quantized.producer(of: other).flatMap { quantized.nodes[$0].inputs.first }
            indices[id] = layers.count
            places.append(Place(float: id, quantized: other, inside: inside))
            layers.append(
                LayerErrors.Layer(
                    name: value.name, operation: node.map { type(of: $0.operation).name } ?? "input",
                    shape: value.type.shape, bits: quantized.values[other].type.element.bits,
                    inputBits: first.map { quantized.values[$0].type.element.bits } ?? 0,
                    multiplications: node.map(float.multiplications) ?? 0,
                    sources: node?.inputs.compactMap { indices[$0] } ?? [], bounds: bounds))
        }
        for id in float.inputs { add(id, nil) }
        for node in float.nodes {
            for id in node.outputs { add(id, node) }
        }
        self.places = places
        self.layers = layers
        layersOf = Dictionary(grouping: places.indices) { places[$0].quantized }
    }

    /// Runs both graphs and adds what they differ by.
    /// - Parameters:
    ///   - inputs: of the float graph; the quantized one gets them in its own types.
    ///   - name: of the sample, for errors.
    /// - Returns: the float graph's outputs.
    /// - Throws: `EdgeError` when a graph cannot be run, and `.data` for a value that is no finite number.
    public func observe(
        _ inputs: [TensorData], bin: Int, name: String, into errors: inout LayerErrors
    ) throws(EdgeError) -> [TensorData] {
        let floats = try float.runAll(inputs)
        // The quantized values pass by one at a time: only the float ones are all in memory.
        _ = try quantized.run(quantizedInputs(inputs)) { (id, data) throws(EdgeError) in
            for index in layersOf[id] ?? [] {
                guard let elements = floats[places[index].float]?.floats,
                    let reals = try quantized.graph.values[id].type.reals(data)
                else { continue }
                var sums = LayerErrors.Sums()
                sums.add(elements, reals, outside: places[index].inside)
                guard sums.signal.isFinite, sums.error.isFinite else {
                    throw EdgeError(.data, at: name, "value '\(layers[index].name)' is not finite")
                }
                errors[index, bin].add(sums)
                errors.histograms[index].add(elements)
            }
        }
        return float.graph.outputs.compactMap { floats[$0] }
    }

    private func quantizedInputs(_ inputs: [TensorData]) throws(EdgeError) -> [TensorData] {
        var result: [TensorData] = []
        for (data, id) in zip(inputs, quantized.graph.inputs) {
            result.append(try quantized.graph.values[id].type.converted(data))
        }
        return result
    }
}

extension Graph {
    /// Multiplications of layers and matrix products that a node needs for what it computes.
    fileprivate func multiplications(_ node: Node) -> Int {
        if node.operation is MatrixProduct, let first = node.inputs.first, let output = node.outputs.first {
            return values[output].type.count * (values[first].type.shape.last ?? 1)
        }
        guard node.operation is Convolution || node.operation is ConvolutionAddition || node.operation is Dense,
            node.inputs.count > 1, let output = node.outputs.first
        else { return 0 }
        return values[output].type.count * values[node.inputs[1]].type.shape.dropFirst().reduce(1, *)
    }
}

extension ElementType {
    fileprivate var bits: Int { 8 * size }
}

extension TensorType {
    /// What the integers of a quantized type can stand for, and the same with half a step on both sides.
    fileprivate var reals: (bounds: ClosedRange<Float>?, inside: ClosedRange<Float>) {
        let all = -Float.greatestFiniteMagnitude...Float.greatestFiniteMagnitude
        guard element.isQuantized, let quantization, let scale = quantization.scales.first else { return (nil, all) }
        let limits: (Float, Float) = element == .int8 ? (-128, 127) : (-32767, 32767)
        let zero = Float(quantization.zeroPoint)
        let (low, high) = ((limits.0 - zero) * scale, (limits.1 - zero) * scale)
        return (low...high, low - scale / 2...high + scale / 2)
    }

    /// The reals that elements of this type stand for; nil for plain integers.
    func reals(_ data: TensorData) throws(EdgeError) -> [Float]? {
        switch data {
        case .float32(let elements): return elements
        case .int8(let elements):
            let quantization = try activationQuantization
            return elements.map { quantization.dequantize($0) }
        case .int16(let elements):
            let quantization = try activationQuantization
            return elements.map { quantization.dequantize(word: $0) }
        default: return data.reals
        }
    }
}
