public import EdgeFormat
import Foundation
public import ModelGraph

/// Cross-layer equalisation: a channel between two layers may be divided by any number above zero if the second layer's
/// weights for it are multiplied by the same, and is so brought to the range of its neighbours, with which it shares
/// one scale (docs/quantization.md).
public struct Equalization: Sendable {
    private let graph: Graph
    /// By value: what its channels are.
    private var spreads: [Graph.ValueID: ChannelSpread] = [:]

    /// Two layers and the value that the first computes.
    private struct Pair {
        let first: Int
        let second: Int
        let value: Graph.ValueID
        /// Whether the value may be negative.
        let isSigned: Bool
    }

    private static let sampleLimit = 64
    private static let shard = 4
    /// Channels are not stretched by more: what never shows in the samples may show later.
    private static let mostStretch: Float = 64

    /// Looks at what the channels between layers are on some samples.
    public init(_ graph: Graph, _ samples: CalibrationSamples, threads: Int) throws(EdgeError) {
        self.graph = graph
        let pairs = graph.nodes.indices.compactMap { Self.pair($0, graph) }
        let values = Set(pairs.map(\.value))
        let samples = samples.thinned(to: Self.sampleLimit)
        let interpreter = try ReferenceInterpreter(graph, .quick)
        spreads = try concurrently(shards(samples.count, of: Self.shard), threads: threads, into: [:]) {
            (range) throws(EdgeError) in
            var spreads: [Graph.ValueID: ChannelSpread] = [:]
            for sample in range {
                _ = try interpreter.run(try samples[sample].inputs) { id, data in
                    guard values.contains(id), let elements = data.floats else { return }
                    let channels = graph.values[id].type.shape.last ?? 1
                    spreads[id, default: ChannelSpread(channels: channels)].add(elements)
                }
            }
            return spreads
        } merge: {
            $0.merge($1) { all, part in
                var all = all
                all.merge(part)
                return all
            }
        }
    }

    /// The equalised graph.
    public func equalized() -> Graph {
        var result = graph
        for index in graph.nodes.indices {
            guard let pair = Self.pair(index, graph), let factors = factors(pair, result) else { continue }
            result = result.scaling(pair.first, byOutput: factors.map { 1 / $0 })
            result = result.scaling(pair.second, byInput: factors)
        }
        return result.removingDeadCode()
    }

    /// What each channel is divided by: a_i^α / w_i^β, a_i its largest activation and w_i the largest weight that reads it,
    /// with the exponents that promise the least error. Nil where that is no division at all.
    private func factors(_ pair: Pair, _ graph: Graph) -> [Float]? {
        guard let spread = spreads[pair.value], let limit = spread.largest.max(), limit > 0,
            let layer = LinearLayer(graph.nodes[pair.second], of: graph)
        else { return nil }
        let weights = layer.largestByInput(channels: spread.largest.count)
        guard let least = weights.filter({ $0 > 0 }).min() else { return nil }
        // What no sample shows may come to be as large as the others; what nothing reads hinders nobody.
        let sizes = zip(spread.largest, weights).map { ($0 > 0 ? $0 : limit, $1 > 0 ? $1 : least) }
        var best: (error: Double, factors: [Float]?) = (.infinity, nil)
        for alpha in Self.exponents {
            for beta in Self.exponents {
                let factors = sizes.map { pow($0, alpha) / pow($1, beta) }
                guard let widest = factors.max(), widest.isNormal else { continue }
                let bounded = factors.map { max($0 / widest, 1 / Self.mostStretch) }
                let error = spread.error(of: layer, dividing: bounded, isSigned: pair.isSigned)
                if error < best.error { best = (error, alpha == 0 && beta == 0 ? nil : bounded) }
            }
        }
        return best.factors
    }

    private static let exponents: [Float] = [0, 0.25, 0.5, 0.75, 1]

    /// The pair whose first layer is a node: what it computes is read by one other layer alone, directly or after pools, and
    /// stays in proportion when it is scaled.
    private static func pair(_ first: Int, _ graph: Graph) -> Pair? {
        let node = graph.nodes[first]
        guard node.operation is Convolution || node.operation is Dense, LinearLayer(node, of: graph) != nil,
            node.activation?.isScalable == true
        else { return nil }
        var value = node.outputs[0]
        while true {
            let users = graph.users(of: value)
            guard users.count == 1, !graph.results.contains(value) else { return nil }
            let user = graph.nodes[users[0]]
            if LinearLayer(user, of: graph) != nil {
                guard user.inputs[0] == value, !user.inputs.dropFirst().contains(value) else { return nil }
                let isSigned = node.activation?.range.minimum != 0
                return Pair(first: first, second: users[0], value: node.outputs[0], isSigned: isSigned)
            }
            guard user.operation is MaxPool || user.operation is AveragePool else { return nil }
            value = user.outputs[0]
        }
    }
}

extension ChannelSpread {
    /// The mean square error, summed over a layer's outputs, that rounding makes of these channels and of its weights when
    /// each channel is divided, and the weights that read it multiplied, by a factor: s²/12 for a step s of activations and,
    /// times the variance of what they are multiplied with, of weights.
    /// - Parameter isSigned: whether the activations' 255 steps reach to both sides of 0.
    fileprivate func error(of layer: LinearLayer, dividing factors: [Float], isSigned: Bool) -> Double {
        let reach = zip(largest, factors).reduce(0) { max($0, $1.0 / $1.1) }
        let step = Double(reach) * (isSigned ? 2 : 1) / 255
        let depth = layer.weights.count / layer.outputs
        var (activations, weights) = (0.0, 0.0)
        let variances = largest.indices.map { variance($0) / Double(factors[$0] * factors[$0]) }
        for output in 0..<layer.outputs {
            var (widest, spread) = (Float(0), 0.0)
            for place in output * depth..<(output + 1) * depth {
                let channel = layer.inputChannel(ofWeight: place)
                let weight = layer.weights[place] * factors[channel]
                widest = max(widest, abs(weight))
                spread += variances[channel]
                activations += share(channel) * Double(weight * weight)
            }
            weights += spread * Double(widest / 127) * Double(widest / 127)
        }
        return (step * step * activations + weights) / 12
    }
}
