internal import EdgeFormat
internal import Platform

/// A box by its corners.
struct Box {
    var top: Float
    var left: Float
    var bottom: Float
    var right: Float

    private var area: Float { (bottom - top) * (right - left) }

    /// The share of two boxes' union that both cover; 0 where they share nothing, whatever their areas.
    func overlap(_ other: Box) -> Float {
        let height = min(bottom, other.bottom) - max(top, other.top)
        let width = min(right, other.right) - max(left, other.left)
        guard height > 0, width > 0 else { return 0 }
        let both = height * width
        return both / (area + other.area - both)
    }
}

/// Boxes to choose from, the best score first, of equal ones the first box: a heap in memory of its own.
struct Candidates {
    private let memory: ReservedMemory
    private let order: UnsafeMutablePointer<Int32>
    private var count = 0
    /// Of each box.
    let scores: UnsafeMutablePointer<Float>
    /// For each box a number of the caller's, 0 at first.
    let marks: UnsafeMutablePointer<Int32>

    /// - Throws: `EdgeError` when the system does not have memory for so many boxes.
    init(boxes: Int) throws(EdgeError) {
        memory = try ReservedMemory(bytes: 12 * boxes, for: "the order of boxes")
        order = memory.base.assumingMemoryBound(to: Int32.self)
        scores = (memory.base + 4 * boxes).assumingMemoryBound(to: Float.self)
        marks = (memory.base + 8 * boxes).assumingMemoryBound(to: Int32.self)
    }

    /// Takes the boxes 0 ..< `boxes` that have a score.
    /// - Parameter score: nil for a box that does not count.
    mutating func fill(_ boxes: Int, _ score: (Int) -> Float?) {
        count = 0
        for index in 0..<boxes {
            guard let score = score(index) else { continue }
            scores[index] = score
            marks[index] = 0
            order[count] = Int32(truncatingIfNeeded: index)
            count += 1
        }
        for place in stride(from: count / 2 - 1, through: 0, by: -1) { sink(place) }
    }

    /// The best box; nil where none is left.
    var best: Int? { count == 0 ? nil : Int(order[0]) }

    mutating func removeBest() {
        count -= 1
        order[0] = order[count]
        sink(0)
    }

    /// Puts the best box where it belongs after its score fell.
    func lowerBest() { sink(0) }

    private func sink(_ start: Int) {
        var place = start
        while 2 * place + 1 < count {
            var child = 2 * place + 1
            if child + 1 < count, precedes(order[child + 1], order[child]) { child += 1 }
            guard precedes(order[child], order[place]) else { return }
            (order[place], order[child]) = (order[child], order[place])
            place = child
        }
    }

    private func precedes(_ a: Int32, _ b: Int32) -> Bool {
        let (x, y) = (scores[Int(a)], scores[Int(b)])
        return x == y ? a < b : x > y
    }
}
