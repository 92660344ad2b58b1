import EdgeFormat
import Foundation
import ModelGraph
import Quantization

/// What each layer loses by its own integers: by operands and weights that are rounded as the quantized graph has them,
/// while everything before the layer is float.
struct OwnErrors {
    /// A layer of the float graph, and the types that its operands have in the quantized one.
    private struct Layer {
        let node: Int
        let operands: [TensorType]
    }

    private let float: ReferenceInterpreter
    /// The same with the weights that the quantized graph's integers stand for.
    private let rounded: ReferenceInterpreter
    private let layers: [Layer]

    /// Samples that are looked at.
    private static let sampleLimit = 16
    private static let everything = -Float.greatestFiniteMagnitude...Float.greatestFiniteMagnitude

    /// - Parameters:
    ///   - float: the graph as the quantizer got it.
    ///   - quantized: what the quantizer made of it; layers are the same where their results have the same name.
    init(float: Graph, quantized: Graph) throws(EdgeError) {
        var others: [String: Graph.Node] = [:]
        for node in quantized.nodes {
            for id in node.outputs { others[quantized.values[id].name] = node }
        }
        var (layers, graph) = ([Layer](), float)
        for (index, node) in float.nodes.enumerated() {
            guard let other = others[float.values[node.outputs[0]].name], other.inputs.count >= node.inputs.count,
                type(of: other.operation).name == type(of: node.operation).name
            else { continue }
            let values = other.inputs.map { quantized.values[$0] }
            layers.append(Layer(node: index, operands: values.map(\.type)))
            for (id, value) in zip(node.inputs, values) {
                if let weights = value.dequantizedConstant { graph.values[id].constant = .float32(weights) }
            }
        }
        self.layers = layers
        self.float = try ReferenceInterpreter(float, .quick)
        rounded = try ReferenceInterpreter(graph, .quick)
    }

    /// The names of the layers, the one with the lowest signal to noise first; without exact ones, and without names that
    /// no list can hold.
    func worstLayers(_ samples: CalibrationSamples, threads: Int) throws(EdgeError) -> [String] {
        let samples = samples.thinned(to: Self.sampleLimit)
        let empty = [LayerErrors.Sums](repeating: LayerErrors.Sums(), count: layers.count)
        let sums = try concurrently(shards(samples.count, of: 1), threads: threads, into: empty) {
            [self] (range) throws(EdgeError) in
            var sums = empty
            for sample in range {
                let values = try float.runAll(try samples[sample].inputs)
                for (index, layer) in layers.enumerated() { sums[index].add(try errors(layer, values)) }
            }
            return sums
        } merge: { (all, part) throws(EdgeError) in
            for index in all.indices { all[index].add(part[index]) }
        }
        let ratios = sums.map { $0.ratio ?? .infinity }
        let order = layers.indices.filter { ratios[$0] < .infinity }.sorted { (ratios[$0], $0) < (ratios[$1], $1) }
        return order.map { float.graph.nodes[layers[$0].node].name }.filter { !$0.isEmpty && !$0.contains(",") }
    }

    /// How far a layer's result is from the float one's, where its operands are the float graph's, rounded.
    private func errors(_ layer: Layer, _ values: [TensorData?]) throws(EdgeError) -> LayerErrors.Sums {
        var sums = LayerErrors.Sums()
        let node = float.graph.nodes[layer.node]
        var operands: [TensorData] = []
        for (id, type) in zip(node.inputs, layer.operands) {
            guard let data = rounded.graph.values[id].constant ?? values[id] else { return sums }
            let isRounded = float.graph.values[id].constant == nil && type.element.isQuantized && data.floats != nil
            let reals = isRounded ? try type.reals(try type.converted(data)) : nil
            operands.append(reals.map { .float32($0) } ?? data)
        }
        guard let wanted = values[node.outputs[0]]?.floats,
            let result = try rounded.evaluate(layer.node, operands).first?.floats
        else { return sums }
        sums.add(wanted, result, outside: Self.everything)
        return sums
    }
}

extension Graph.Value {
    /// Of weights in 8 bits: the reals that they stand for.
    fileprivate var dequantizedConstant: [Float]? {
        guard let bytes = constant?.bytes, let scales = type.quantization?.scales, let channels = type.shape.first,
            channels > 0, scales.count == 1 || scales.count == channels
        else { return nil }
        let depth = max(bytes.count / channels, 1)
        return bytes.enumerated().map { Float($1) * scales[scales.count == 1 ? 0 : $0 / depth] }
    }
}
