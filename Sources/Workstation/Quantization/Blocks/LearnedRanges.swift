public import EdgeFormat
public import ModelGraph
import Platform

/// Ranges of activations learned by block: of each block, the ends of the ranges of what it reads and computes inside are moved,
/// as long as its results come nearer to the float graph's, block after block, on what the blocks before it give
/// (docs/quantization.md).
///
/// That a block's results, not a value's own error, say what is best is from BRECQ (Li and others, 2021, arXiv:2102.05426); that
/// steps of activations are learned from LSQ (Esser and others, 2020, arXiv:1902.08153), which follows gradients. A range has two
/// numbers, so here they are tried.
public struct LearnedRanges: Sendable {
    private let graph: Graph
    private let quantized: Graph
    private let plan: PrecisionPlan
    private let scales: ScaleGroups
    private let byteRanges: [ValueRange?]
    private let threads: Int
    /// Asked before each block; what it throws ends the learning.
    private let mayContinue: @Sendable () throws(EdgeError) -> Void
    /// Called with the blocks done and all of them.
    private let progress: @Sendable (_ done: Int, _ all: Int) -> Void

    /// More samples change the ends by little.
    private static let sampleLimit = 64
    /// Bytes that values between blocks may have, of all samples together.
    private static let memoryLimit = 80 << 20

    /// - Parameters:
    ///   - graph: as the quantizer gets it, in floats.
    ///   - quantized: what became of it with these ranges: its weights and biases, as they were corrected, stand in for those that
    ///     the learned ranges will have.
    ///   - ranges: by value of the graph, as calibration saw them.
    ///   - byteRanges: the same of what 8 bits are to stand for, to begin with.
    public init(
        _ graph: Graph, quantized: Graph, ranges: [ValueRange?], byteRanges: [ValueRange?], recipe: QuantizationRecipe,
        threads: Int, mayContinue: @escaping @Sendable () throws(EdgeError) -> Void = {},
        progress: @escaping @Sendable (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) {
        self.graph = graph
        self.quantized = quantized
        self.byteRanges = byteRanges
        self.threads = threads
        self.mayContinue = mayContinue
        self.progress = progress
        plan = PrecisionPlan(graph, names: Set(recipe.sixteenBit), floats: Set(recipe.floats))
        scales = ScaleGroups(graph, plan, ranges: ranges, byteRanges: byteRanges)
    }

    /// The ranges that 8 bits are to stand for, by value of the graph. What shares a scale still does; outputs, prescribed
    /// scales and 16 bits stay as they are.
    /// - Parameter samples: at most 64 of them are looked at, spread evenly; fewer where their values would be large.
    /// - Throws: `EdgeError` when the graph cannot be run, and what `mayContinue` throws.
    public func learned(_ samples: CalibrationSamples) throws(EdgeError) -> [ValueRange?] {
        let blocks = graph.blocks { id in
            // What only moves integers shares its scale with what comes before: both belong to one block.
            graph.producer(of: id).map { plan.forms[$0] != .sameScale } ?? true
        }
        let samples = samples.thinned(to: sampleCount(blocks))
        guard samples.count > 1 else { return byteRanges }
        var rounded = try RoundedGraph(graph, weights: graph.weighted(as: quantized), plan, scales)
        var run = try BlockRun(graph, samples, threads: threads)
        var (seen, learned) = (Set<Graph.ValueID>(), Set<Graph.ValueID>())
        for (index, block) in blocks.enumerated() {
            guard !Interrupts.requested else { throw EdgeError.interrupted }
            try mayContinue()
            progress(index, blocks.count)
            try run.begin(block, rounded)
            let bytes = rounded.bytes(block).map(scales.group)
            // What an earlier block read would be another there.
            let groups = groups(bytes.filter { !seen.contains($0) }, in: block)
            seen.formUnion(bytes)
            if !groups.isEmpty {
                var search = try RangeSearch(block, rounded, run)
                try search.improve(groups)
                rounded = search.graph
                learned.formUnion(groups)
            }
            try run.finish(block, rounded)
        }
        progress(blocks.count, blocks.count)
        return byteRanges.enumerated().map { id, range in
            guard range != nil, learned.contains(scales.group(of: id)) else { return range }
            return rounded.scales.byteRange(of: id)
        }
    }

    /// The groups whose range a block alone tells about, each once, in their order.
    private func groups(_ all: [Graph.ValueID], in block: Block) -> [Graph.ValueID] {
        var groups: [Graph.ValueID] = []
        for group in all where !groups.contains(group) && isWhole(group, in: block) { groups.append(group) }
        return groups
    }

    /// Whether all that has a group's scale, and is not only moved, is read in a block and computed before its end.
    private func isWhole(_ group: Graph.ValueID, in block: Block) -> Bool {
        guard scales.isFree(group) else { return false }
        let inside = Set(graph.nodes[block.nodes].flatMap(\.outputs))
        return graph.values.indices.filter { scales.group(of: $0) == group }.allSatisfy { id in
            // Nothing behind an output would say what is lost by cutting it.
            guard !graph.outputs.contains(id) else { return false }
            if let producer = graph.producer(of: id), plan.forms[producer] == .sameScale { return true }
            return inside.contains(id) ? !block.after.contains(id) : block.before.contains(id)
        }
    }

    /// Samples that are looked at, where there are so many: what memory allows.
    private func sampleCount(_ blocks: [Block]) -> Int {
        let elements = blocks.map { block in
            (block.before + block.after + block.results).reduce(0) { $0 + graph.values[$1].type.count }
        }
        return min(Self.sampleLimit, max(2, Self.memoryLimit / max(4 * (elements.max() ?? 0), 1)))
    }
}
