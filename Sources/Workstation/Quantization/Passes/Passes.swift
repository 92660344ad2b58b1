public import ModelGraph

/// A rewrite of a graph that computes the same: a value to a value.
public struct Pass: Sendable {
    /// The name that `--print-after` takes.
    public let name: String
    /// The rewritten graph, or nil when there is nothing to rewrite.
    let rewrite: @Sendable (Graph) -> Graph?
}

extension Pass {
    /// The passes before calibration, in their order.
    public static let all: [Pass] = [
        .mergingSlices, .droppingIdentities, .foldingPads, .fusingActivations, .splittingNorms, .dividingNorms,
        .sinkingConcatenations, .flatteningConcatenations, .dividingConvolutions, .fusingAdditions,
    ]

    /// What a graph that is quantized already goes through: nothing that changes one of its integers.
    public static let quantized: [Pass] = [
        .mergingSlices, .droppingIdentities, .flatteningConcatenations, .foldingPads, .integerEnds,
        .splittingWideWeights,
    ]

    /// The passes that a graph may go through.
    public static func passes(for graph: Graph) -> [Pass] { graph.isQuantized ? quantized : all }

    /// Applies the pass until it finds nothing more, then removes what is no longer needed.
    public func callAsFunction(_ graph: Graph) -> Graph {
        var graph = graph
        while let next = rewrite(graph) { graph = next }
        return graph.removingDeadCode()
    }
}

extension Graph {
    /// The graph after every pass.
    public func simplified() -> Graph {
        Pass.passes(for: self).reduce(self) { $1($0) }
    }

    /// The node that computes a value when nothing else reads that value, as an index into `nodes`.
    func soleProducer(of value: ValueID) -> Int? {
        guard users(of: value).count == 1, !results.contains(value) else { return nil }
        return producer(of: value)
    }
}
