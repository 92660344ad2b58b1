internal import EdgeFormat

/// Non-maximum suppression: of each class of each picture the boxes in the order of their scores, but those that overlap a
/// better one too much. A single unit: rows of all classes follow one another.
final class PreparedSuppression: PreparedOperation {
    private let parameters: SuppressionParameters
    private let boxes: PlainView
    private let scores: PlainView
    private let rows: UnsafeMutablePointer<Int64>
    private let count: UnsafeMutablePointer<Int64>
    private let capacity: Int

    private struct Box {
        var top: Float
        var left: Float
        var bottom: Float
        var right: Float

        var area: Float { (bottom - top) * (right - left) }

        func intersection(_ other: Box) -> Float {
            let height = min(bottom, other.bottom) - max(top, other.top)
            let width = min(right, other.right) - max(left, other.left)
            return height > 0 && width > 0 ? height * width : 0
        }
    }

    init(
        _ parameters: SuppressionParameters, boxes: PlainView, scores: PlainView, rows: PlainView, count: PlainView,
        output: TensorView
    ) {
        self.parameters = parameters
        self.boxes = boxes
        self.scores = scores
        self.rows = rows.start.assumingMemoryBound(to: Int64.self)
        self.count = count.start.assumingMemoryBound(to: Int64.self)
        capacity = rows.tensor.shape[0]
        super.init(
            output: output, units: 1, cost: 64 * scores.tensor.count, kernelName: "non_maximum_suppression_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        guard !units.isEmpty else { return }
        rows.update(repeating: 0, count: 3 * capacity)
        var found = 0
        for picture in 0..<scores.tensor.shape[0] {
            for label in 0..<scores.tensor.shape[1] { found = select(picture, label, after: found) }
        }
        count.pointee = Int64(found)
    }

    /// Appends the boxes of one class; returns the number of rows.
    private func select(_ picture: Int, _ label: Int, after first: Int) -> Int {
        let number = scores.tensor.shape[2]
        let row = scores.floats((picture * scores.tensor.shape[1] + label) * number)
        var (found, candidate) = (first, best(row, number, after: nil))
        while let index = candidate, found < capacity, found - first < parameters.limit {
            let box = box(picture, index)
            var isCovered = false
            for other in first..<found where !isCovered {
                isCovered = overlap(box, self.box(picture, Int(rows[3 * other + 2])))
            }
            if !isCovered {
                (rows[3 * found], rows[3 * found + 1], rows[3 * found + 2]) = (
                    Int64(picture), Int64(label), Int64(index)
                )
                found += 1
            }
            candidate = best(row, number, after: index)
        }
        return found
    }

    /// The best of the scores that come after one, of equal ones the first; nil where none is left.
    private func best(_ row: UnsafeMutablePointer<Float>, _ number: Int, after last: Int?) -> Int? {
        var best: Int?
        for index in 0..<number {
            let score = row[index]
            if let least = parameters.score, !(score > least) { continue }
            if let last, !(score < row[last] || score == row[last] && index > last) { continue }
            if let best, !(score > row[best]) { continue }
            // A NaN comes before nothing.
            if score == score { best = index }
        }
        return best
    }

    private func box(_ picture: Int, _ index: Int) -> Box {
        let values = boxes.floats((picture * boxes.tensor.shape[1] + index) * 4)
        if parameters.hasCentres {
            let (halfWidth, halfHeight) = (values[2] / 2, values[3] / 2)
            return Box(
                top: values[1] - halfHeight, left: values[0] - halfWidth, bottom: values[1] + halfHeight,
                right: values[0] + halfWidth)
        }
        // Any two corners.
        return Box(
            top: min(values[0], values[2]), left: min(values[1], values[3]), bottom: max(values[0], values[2]),
            right: max(values[1], values[3]))
    }

    /// One product, no division; boxes that share nothing do not overlap, whatever their areas.
    private func overlap(_ a: Box, _ b: Box) -> Bool {
        let shared = a.intersection(b)
        return shared > 0 && shared > parameters.overlap * (a.area + b.area - shared)
    }
}
