import EdgeFormat

import func Foundation.exp

/// Boxes that stay when of each class, in the order of falling scores, those go that overlap a kept one too much; with a
/// σ, scores fall by what a box overlaps with kept ones (Soft-NMS: Bodla et al., 2017).
///
/// Inputs: boxes B·N·4 and scores B·C·N. Outputs: as many rows (batch, class, box) of int64 as there can be, how many
/// of them count, as one int64, and perhaps the score of each; the rest is 0.
public struct NonMaximumSuppression: Operation {
    public static let name = "non-maximum-suppression"

    /// How four numbers mean a box: two corners y, x, y, x, or centre and size x, y, width, height.
    public enum BoxFormat: String, CaseIterable, Sendable {
        case corners, centers
    }

    /// Boxes kept a class at most.
    public var limit: Int
    /// A box goes whose intersection with a kept one is above this share of their union.
    public var overlapThreshold: Float
    /// Only boxes with a score above it count; nil for all.
    public var scoreThreshold: Float?
    public var format: BoxFormat
    /// A score is multiplied by exp(−share² / 2σ) for each kept box that has a share of the union in common with it; 0
    /// where scores stay.
    public var sigma: Float
    /// Whether a box goes that overlaps by just the threshold, too.
    public var isStrict: Bool
    /// Whether the third output is given.
    public var givesScores: Bool

    public init(
        limit: Int, overlapThreshold: Float, scoreThreshold: Float?, format: BoxFormat = .corners, sigma: Float = 0,
        isStrict: Bool = false, givesScores: Bool = false
    ) {
        self.limit = limit
        self.overlapThreshold = overlapThreshold
        self.scoreThreshold = scoreThreshold
        self.format = format
        self.sigma = sigma
        self.isStrict = isStrict
        self.givesScores = givesScores
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try expect(inputs, count: 2...2)
        for input in inputs {
            _ = try Shape.elementCount(input.shape)
            try expect(input.element, [.float32])
        }
        let (boxes, scores) = (inputs[0].shape, inputs[1].shape)
        guard boxes.count == 3, scores.count == 3, boxes[0] == scores[0], boxes[1] == scores[2], boxes[2] == 4,
            limit >= 0, sigma >= 0
        else { throw EdgeError(.data, at: "", "\(inputs[0].text) as boxes of the scores \(inputs[1].text)") }
        let capacity = max(scores[0] * scores[1] * min(limit, boxes[1]), 1)
        let rows = [TensorType(.int64, [capacity, 3]), TensorType(.int64, [1])]
        return rows + (givesScores ? [TensorType(.float32, [capacity])] : [])
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        guard case .float32(let boxes) = inputs[0].data, case .float32(let scores) = inputs[1].data else {
            throw notComputed(inputs)
        }
        let shape = inputs[1].type.shape
        var rows: [Int64] = []
        var found: [Float] = []
        for batch in 0..<shape[0] {
            let all = (batch * shape[2]..<(batch + 1) * shape[2]).map { corners(boxes[$0 * 4..<$0 * 4 + 4]) }
            for kind in 0..<shape[1] {
                let first = (batch * shape[1] + kind) * shape[2]
                for (box, score) in kept(all, Array(scores[first..<first + shape[2]])) {
                    rows += [Int64(batch), Int64(kind), Int64(box)]
                    found.append(score)
                }
            }
        }
        let count = found.count
        rows += [Int64](repeating: 0, count: outputs[0].count - rows.count)
        guard givesScores else { return [.int64(rows), .int64([Int64(count)])] }
        found += [Float](repeating: 0, count: outputs[2].count - count)
        return [.int64(rows), .int64([Int64(count)]), .float32(found)]
    }
}

extension NonMaximumSuppression {
    private func corners(_ numbers: ArraySlice<Float>) -> Box {
        let n = Array(numbers)
        if format == .corners {
            return Box(top: min(n[0], n[2]), left: min(n[1], n[3]), bottom: max(n[0], n[2]), right: max(n[1], n[3]))
        }
        let (width, height) = (n[2] / 2, n[3] / 2)
        return Box(top: n[1] - height, left: n[0] - width, bottom: n[1] + height, right: n[0] + width)
    }

    private func isEnough(_ score: Float) -> Bool { scoreThreshold.map { score > $0 } ?? !score.isNaN }

    /// The boxes of a class that stay, with their scores. Each is the best of those left once kept boxes lowered its score.
    private func kept(_ boxes: [Box], _ scores: [Float]) -> [(box: Int, score: Float)] {
        let all = scores.indices.filter { isEnough(scores[$0]) }.map { Candidate(box: $0, score: scores[$0]) }
        var left = all.sorted { $0.precedes($1) }
        var kept: [(box: Int, score: Float)] = []
        while kept.count < limit, !left.isEmpty {
            var candidate = left.removeFirst()
            let before = candidate.score
            guard lower(&candidate, boxes, kept) else { continue }
            if candidate.score == before {
                kept.append((candidate.box, candidate.score))
            } else {
                left.insert(candidate, at: left.firstIndex { candidate.precedes($0) } ?? left.count)
            }
        }
        return kept
    }

    /// Compares a candidate with the kept boxes that it has not been compared with, the last one first.
    /// - Returns: whether it may stay.
    private func lower(_ candidate: inout Candidate, _ boxes: [Box], _ kept: [(box: Int, score: Float)]) -> Bool {
        for (other, _) in kept[candidate.compared...].reversed() {
            let share = boxes[candidate.box].overlap(boxes[other])
            if isStrict ? share >= overlapThreshold : share > overlapThreshold { return false }
            guard sigma > 0 else { continue }
            candidate.score *= Float(exp(Double(-0.5 / sigma * share * share)))
            if !isEnough(candidate.score) { return false }
        }
        candidate.compared = kept.count
        return true
    }
}

/// A box that may be kept.
private struct Candidate {
    var box: Int
    var score: Float
    /// How many kept boxes it has been compared with.
    var compared = 0

    /// Whether it comes before another: by falling scores, of equal ones the first box first.
    func precedes(_ other: Candidate) -> Bool {
        score == other.score ? box < other.box : score > other.score
    }
}

/// A box by its corners.
struct Box: Equatable {
    var top: Float
    var left: Float
    var bottom: Float
    var right: Float

    var corners: [Float] { [top, left, bottom, right] }
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
