import Foundation
import ModelGraph

/// What values are in the mean, as the batch norms that the layers took in say, without any data: a norm's result is taken to
/// be normally distributed, with the mean and the deviation that it has in training (Nagel and others, *Data-free
/// quantization*, ICCV 2019, section 4.2.1 and appendix C).
package struct ExpectedMeans {
    /// Of one channel.
    struct Channel: Equatable {
        var mean: Double
        /// Nil where only the mean is known.
        var deviation: Double?
    }

    /// By value: its channels, the last axis; nil where nothing is known of them.
    private var channels: [[Channel]?]
    private let graph: Graph

    package init(_ graph: Graph) {
        self.graph = graph
        channels = [[Channel]?](repeating: nil, count: graph.values.count)
        for node in graph.nodes where node.outputs.count == 1 {
            let found = expectation(node)
            let width = graph.values[node.outputs[0]].type.shape.last ?? 1
            channels[node.outputs[0]] = found?.count == width ? found : nil
        }
    }

    /// A value of which each element is what its channel is in the mean.
    package func elements(_ value: Graph.ValueID) -> [Float]? {
        guard let known = channels[value], !known.isEmpty else { return nil }
        return (0..<graph.values[value].type.count).map { Float(known[$0 % known.count].mean) }
    }

    private func expectation(_ node: Graph.Node) -> [Channel]? {
        let given = node.inputs.map { channels[$0] }
        switch node.operation {
        case is Convolution, is Dense, is ConvolutionAddition: return layer(node)
        case is ReLU: return given[0]?.clipped(.relu)
        case let clip as Clip:
            return given[0]?.clipped(.clip(minimum: clip.minimum, maximum: clip.maximum))
        case is AveragePool: return given[0]?.map { Channel(mean: $0.mean) }
        case is Addition: return sum(given)
        case let joined as Concatenation where joined.joinsChannels(of: graph.values[node.inputs[0]].type.shape):
            let parts = given.compactMap { $0 }
            return parts.count == given.count ? parts.flatMap { $0 } : nil
        case is Flatten, is Reshape, is Identity:
            guard let channels = given[0], !channels.isEmpty else { return nil }
            let width = graph.values[node.outputs[0]].type.shape.last ?? 1
            return (0..<width).map { channels[$0 % channels.count] }
        default: return nil
        }
    }

    /// A layer's results: of the norm that it took in, or, their means alone, of what it reads.
    private func layer(_ node: Graph.Node) -> [Channel]? {
        guard let layer = LinearLayer(node, of: graph) else { return nil }
        var result: [Channel]?
        if let trained = graph.values[node.outputs[0]].trained {
            result = zip(trained.means, trained.deviations).map {
                Channel(mean: Double($0), deviation: Double($1))
            }
        } else {
            result = means(of: node, layer)?.map { Channel(mean: $0) }
        }
        if node.operation is ConvolutionAddition { result = sum([result, channels[node.inputs[3]]]) }
        return layer.activation == .none ? result : result?.clipped(layer.activation)
    }

    /// What a layer computes in the mean before addend and activation.
    func means(of node: Graph.Node, _ layer: LinearLayer) -> [Double]? {
        guard let elements = elements(node.inputs[0]) else { return nil }
        let bias = node.inputs.count > 2 ? graph.values[node.inputs[2]].constant?.floats : nil
        var sums = LayerSums()
        let type = TensorType(.float32, graph.values[node.inputs[0]].type.shape)
        try? sums.add(layer, operand: 0, (type, .float32(elements)))
        return sums.products(layer)?.enumerated().map { $1 + Double(bias?[$0] ?? 0) }
    }

    /// Two that are taken to be independent.
    private func sum(_ given: [[Channel]?]) -> [Channel]? {
        guard given.count == 2, let a = given[0], let b = given[1], a.count == b.count else { return nil }
        return zip(a, b).map { a, b in
            let variance = a.deviation.flatMap { a in b.deviation.map { a * a + $0 * $0 } }
            return Channel(mean: a.mean + b.mean, deviation: variance?.squareRoot())
        }
    }
}

extension Concatenation {
    fileprivate func joinsChannels(of shape: [Int]) -> Bool { axis == -1 || axis == shape.count - 1 }
}

extension [ExpectedMeans.Channel] {
    /// Normally distributed values cut to an activation's bounds; nil where a deviation is not known.
    fileprivate func clipped(_ activation: Activation) -> [ExpectedMeans.Channel]? {
        let (minimum, maxima) = (Double(activation.range.minimum), activation.maxima(channels: count))
        let cut = zip(self, maxima).compactMap { $0.clipped(minimum, Double($1)) }
        return cut.count == count ? cut : nil
    }
}

extension ExpectedMeans.Channel {
    fileprivate func clipped(_ low: Double, _ high: Double) -> ExpectedMeans.Channel? {
        guard let deviation else { return nil }
        guard deviation > 0 else { return .init(mean: min(max(mean, low), high), deviation: 0) }
        let (a, b) = (Bound(low, mean, deviation), Bound(high, mean, deviation))
        let inside = b.below - a.below
        // An end that is infinite adds nothing.
        let (ends, squaredEnds) = (
            a.value * a.below + b.value * (1 - b.below),
            a.value * a.value * a.below + b.value * b.value * (1 - b.below)
        )
        let first = mean * inside + deviation * (a.density - b.density) + ends
        let second =
            (mean * mean + deviation * deviation) * inside
            + deviation * ((mean + a.value) * a.density - (mean + b.value) * b.density) + squaredEnds
        return .init(mean: first, deviation: max(second - first * first, 0).squareRoot())
    }

    /// An end of a range: the standard normal distribution there.
    private struct Bound {
        /// 0 in the place of an infinite one, whose shares are 0.
        var value = 0.0
        /// The share of values below it.
        var below: Double
        var density = 0.0

        init(_ bound: Double, _ mean: Double, _ deviation: Double) {
            let z = (bound - mean) / deviation
            below = 0.5 * erfc(-z / 2.0.squareRoot())
            guard bound.isFinite else { return }
            value = bound
            density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
        }
    }
}
