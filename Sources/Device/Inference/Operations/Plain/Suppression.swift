internal import EdgeFormat
internal import Kernels

/// Non-maximum suppression: of each class of each picture the boxes in the order of their scores, but those that overlap a
/// better one too much. A single unit: rows of all classes follow one another.
final class PreparedSuppression: PreparedOperation {
    private let parameters: SuppressionParameters
    private let boxes: UnsafeMutablePointer<Float>
    private let scores: UnsafeMutablePointer<Float>
    private let (pictures, classes, boxCount): (Int, Int, Int)
    private let rows: UnsafeMutablePointer<Int64>
    private let count: UnsafeMutablePointer<Int64>
    /// The score of each row; nil where nobody asks.
    private let found: UnsafeMutablePointer<Float>?
    private let capacity: Int
    private var candidates: Candidates

    /// - Parameter results: rows, their number and perhaps their scores.
    /// - Throws: `EdgeError` when there is no memory to sort boxes in.
    init(
        _ parameters: SuppressionParameters, boxes: PlainView, scores: PlainView, results: [PlainView],
        output: TensorView
    ) throws(EdgeError) {
        self.parameters = parameters
        (self.boxes, self.scores) = (boxes.floats(0), scores.floats(0))
        let shape = scores.tensor.shape
        (pictures, classes, boxCount) = (shape[0], shape[1], shape[2])
        rows = results[0].start.assumingMemoryBound(to: Int64.self)
        count = results[1].start.assumingMemoryBound(to: Int64.self)
        found = results.count > 2 ? results[2].floats(0) : nil
        capacity = results[0].tensor.shape[0]
        candidates = try Candidates(boxes: boxCount)
        super.init(
            output: output, units: 1, cost: 64 * pictures * classes * boxCount,
            kernelName: "non_maximum_suppression_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        guard !units.isEmpty else { return }
        rows.update(repeating: 0, count: 3 * capacity)
        found?.update(repeating: 0, count: capacity)
        var number = 0
        for picture in 0..<pictures {
            for label in 0..<classes { number = select(picture, label, after: number) }
        }
        count.pointee = Int64(number)
    }

    /// Appends the boxes of one class; returns the number of rows.
    private func select(_ picture: Int, _ label: Int, after first: Int) -> Int {
        let row = scores + (picture * classes + label) * boxCount
        candidates.fill(boxCount) { index in isEnough(row[index]) ? row[index] : nil }
        var number = first
        while let index = candidates.best, number < capacity, number - first < parameters.limit {
            let before = candidates.scores[index]
            let isCovered = compare(picture, index, first..<number)
            let score = candidates.scores[index]
            if isCovered || score != before && !isEnough(score) {
                candidates.removeBest()
            } else if score != before {
                candidates.lowerBest()
            } else {
                candidates.removeBest()
                (rows[3 * number], rows[3 * number + 1], rows[3 * number + 2]) = (
                    Int64(picture), Int64(label), Int64(index)
                )
                if let found { found[number] = score }
                number += 1
            }
        }
        return number
    }

    /// Whether a score counts; a NaN does not.
    private func isEnough(_ score: Float) -> Bool {
        if let least = parameters.score { return score > least }
        return score == score
    }

    /// Compares a box with the kept ones that it has not been compared with, the last one first, and lowers its score by
    /// them; whether one covers it.
    private func compare(_ picture: Int, _ index: Int, _ kept: Range<Int>) -> Bool {
        let box = box(picture, index)
        let compared = Int(candidates.marks[index])
        candidates.marks[index] = Int32(truncatingIfNeeded: kept.count)
        for other in stride(from: kept.upperBound - 1, through: kept.lowerBound + compared, by: -1) {
            let share = box.overlap(self.box(picture, Int(rows[3 * other + 2])))
            if share > parameters.overlap || parameters.isStrict && share == parameters.overlap { return true }
            guard parameters.sigma > 0 else { continue }
            let scale = -0.5 / parameters.sigma
            candidates.scores[index] *= plain_scaled_exponential(1, Double(scale * share * share))
            if !isEnough(candidates.scores[index]) { return true }
        }
        return false
    }

    private func box(_ picture: Int, _ index: Int) -> Box {
        let values = boxes + (picture * boxCount + index) * 4
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
}
