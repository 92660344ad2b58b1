import ModelGraph

/// Nodes in a row of a graph's order that are looked at as one.
struct Block: Equatable, Sendable {
    /// Indices into the graph's nodes.
    let nodes: Range<Int>
    /// Values, given or computed, that lead into the block: what it or a later node reads of what comes before.
    let before: [Graph.ValueID]
    /// Values that lead on from it: what later nodes read.
    let after: [Graph.ValueID]
    /// What it computes of these, and of the graph's outputs.
    let results: [Graph.ValueID]

    /// Nodes after which a block ends where there is no single cut.
    static let mostNodes = 32
}

extension Graph {
    /// The nodes as blocks, in their order: each ends where a single value leads on, which every path from inputs to outputs
    /// passes through. Where there is no such place for `Block.mostNodes`, it ends in their second half, where the
    /// least elements lead on.
    /// - Parameter isEnd: whether a value may be such a single one.
    func blocks(endingAt isEnd: (ValueID) -> Bool = { _ in true }) -> [Block] {
        let live = liveValues
        let outputs = Set(results)
        var (blocks, start) = ([Block](), 0)
        while start < nodes.count {
            let end = blockEnd(from: start, live, isEnd)
            let own = nodes[start..<end].flatMap(\.outputs)
            let next = Set(live[end])
            blocks.append(
                Block(
                    nodes: start..<end, before: live[start], after: live[end],
                    results: own.filter { next.contains($0) || outputs.contains($0) }))
            start = end
        }
        return blocks
    }

    /// Behind the last node of the block that begins with a node.
    private func blockEnd(from start: Int, _ live: [[ValueID]], _ isEnd: (ValueID) -> Bool) -> Int {
        let ends = start + 1...min(start + Block.mostNodes, nodes.count)
        if let cut = ends.first(where: { live[$0].count == 1 && isEnd(live[$0][0]) }) { return cut }
        guard ends.upperBound < nodes.count else { return nodes.count }
        // Of equal ones the last.
        let late = ends.suffix(Block.mostNodes / 2).reversed()
        return late.min { elements(live[$0]) < elements(live[$1]) } ?? ends.upperBound
    }

    /// Before each node, and behind the last one: the values that it or later nodes read, without constants and states.
    private var liveValues: [[ValueID]] {
        var live: [[ValueID]] = [[]]
        var read: Set<ValueID> = []
        for node in nodes.reversed() {
            read.subtract(node.outputs)
            read.formUnion(node.inputs.filter { values[$0].constant == nil })
            live.append(read.sorted())
        }
        return live.reversed()
    }

    private func elements(_ ids: [ValueID]) -> Int { ids.reduce(0) { $0 + values[$1].type.count } }
}
