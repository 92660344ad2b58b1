/// The rows of a result and where each operand's row begins. Axes that every operand walks through alike are taken
/// together, so that rows are as long as they can be.
struct BroadcastRows {
    /// Elements a row, and rows.
    let length: Int
    let rows: Int
    /// Pieces of at most `Chunk.size` elements a row.
    let chunks: Int
    /// For each operand the step along a row, 0 or 1.
    let innerSteps: [Int]
    /// For each operand its rows.
    private let outer: [Axes]

    init(_ operands: [[Int]], to shape: [Int]) {
        let steps = operands.map { Axes.broadcast($0, to: shape) }
        var sizes: [Int] = []
        var merged = [[Int]](repeating: [], count: operands.count)
        for (axis, size) in shape.enumerated() where size != 1 {
            let continues = steps.indices.allSatisfy { operand in
                merged[operand].last.map { $0 == steps[operand][axis] * size } ?? false
            }
            if continues {
                sizes[sizes.count - 1] *= size
                for operand in steps.indices { merged[operand][merged[operand].count - 1] = steps[operand][axis] }
            } else {
                sizes.append(size)
                for operand in steps.indices { merged[operand].append(steps[operand][axis]) }
            }
        }
        length = sizes.last ?? 1
        rows = sizes.dropLast().product
        chunks = (length + Chunk.size - 1) / Chunk.size
        innerSteps = merged.map { $0.last ?? 1 }
        outer = merged.map { Axes(sizes: Array(sizes.dropLast()), steps: Array($0.dropLast())) }
    }

    /// Pieces of all rows.
    var units: Int { rows * chunks }

    /// The elements of a piece: the first one's number in the result, and how many.
    func piece(_ unit: Int) -> (place: Int, count: Int) {
        let first = unit % chunks * Chunk.size
        return (unit / chunks * length + first, min(Chunk.size, length - first))
    }

    /// Where an operand's elements of a piece begin.
    func place(_ operand: Int, _ unit: Int) -> Int {
        outer[operand].place(unit / chunks) + unit % chunks * Chunk.size * innerSteps[operand]
    }
}
