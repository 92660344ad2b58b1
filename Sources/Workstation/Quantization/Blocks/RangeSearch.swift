import EdgeFormat
import ModelGraph

/// The search for the ranges of one block's values: one end after the other is moved by factors, the large ones first, for as
/// long as it helps.
struct RangeSearch {
    private let block: Block
    private let run: BlockRun
    /// With the ranges as they are.
    private(set) var graph: RoundedGraph
    /// Of the two halves of the samples.
    private var errors: (Double, Double)

    /// What an end is multiplied by, again and again.
    private static let factors: [Float] = [0.7, 0.85, 0.95, 1.05]
    /// The least share by which the error must fall: less is noise of the samples.
    private static let leastGain = 1e-3
    /// How often all values take their turns: what one of them gains by depends on the others.
    private static let sweeps = 2
    /// Times that one factor is taken at most.
    private static let mostSteps = 16

    private enum End {
        case low, high
    }

    init(_ block: Block, _ graph: RoundedGraph, _ run: BlockRun) throws(EdgeError) {
        self.block = block
        self.graph = graph
        self.run = run
        errors = (0, 0)
        errors = (try error(half: 0), try error(half: 1))
    }

    /// Moves the ends of the ranges of some groups of values.
    mutating func improve(_ groups: [Graph.ValueID]) throws(EdgeError) {
        for _ in 0..<Self.sweeps {
            var hasMoved = false
            for group in groups {
                for end in [End.high, .low] {
                    if try move(end, of: group) { hasMoved = true }
                }
            }
            // One value alone depends on nothing else.
            guard hasMoved, groups.count > 1 else { return }
        }
    }

    /// - Returns: whether the end is another one now.
    private mutating func move(_ end: End, of group: Graph.ValueID) throws(EdgeError) -> Bool {
        var hasMoved = false
        for factor in Self.factors {
            for _ in 0..<Self.mostSteps {
                guard try multiply(end, of: group, by: factor) else { break }
                hasMoved = true
            }
        }
        return hasMoved
    }

    /// Moves an end if the block's error falls by it on all samples together, and on no half of them rises: what helps one half
    /// alone would not help samples that are not among these.
    /// - Returns: whether it did.
    private mutating func multiply(_ end: End, of group: Graph.ValueID, by factor: Float) throws(EdgeError) -> Bool {
        guard let old = graph.scales.byteRange(of: group) else { return false }
        var new = old
        switch end {
        case .low: new.minimum = min(old.minimum, 0) * factor
        case .high: new.maximum = max(old.maximum, 0) * factor
        }
        guard new != old else { return false }
        graph.scales.setByteRange(new, of: group)
        let first = try error(half: 0)
        if first <= errors.0 {
            let second = try error(half: 1)
            if second <= errors.1, first + second < (errors.0 + errors.1) * (1 - Self.leastGain) {
                errors = (first, second)
                return true
            }
        }
        graph.scales.setByteRange(old, of: group)
        return false
    }

    private func error(half: Int) throws(EdgeError) -> Double {
        try run.errors(block, graph, half: half).relative
    }
}
