import EdgeFormat

/// Boxes that stay when of each class, in the order of falling scores, those go that overlap a kept one too much.
///
/// Inputs: boxes B·N·4 and scores B·C·N. Outputs: as many rows (batch, class, box) of int64 as there can be, and how many
/// of them count, as one int64; the rest is 0.
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

    public init(limit: Int, overlapThreshold: Float, scoreThreshold: Float?, format: BoxFormat = .corners) {
        self.limit = limit
        self.overlapThreshold = overlapThreshold
        self.scoreThreshold = scoreThreshold
        self.format = format
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try expect(inputs, count: 2...2)
        for input in inputs {
            _ = try Shape.elementCount(input.shape)
            try expect(input.element, [.float32])
        }
        let (boxes, scores) = (inputs[0].shape, inputs[1].shape)
        guard boxes.count == 3, scores.count == 3, boxes[0] == scores[0], boxes[1] == scores[2], boxes[2] == 4,
            limit >= 0
        else { throw EdgeError(.data, at: "", "\(inputs[0].text) as boxes of the scores \(inputs[1].text)") }
        let capacity = max(scores[0] * scores[1] * min(limit, boxes[1]), 1)
        return [TensorType(.int64, [capacity, 3]), TensorType(.int64, [1])]
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        guard case .float32(let boxes) = inputs[0].data, case .float32(let scores) = inputs[1].data else {
            throw notComputed(inputs)
        }
        let shape = inputs[1].type.shape
        var rows: [Int64] = []
        for batch in 0..<shape[0] {
            let all = (batch * shape[2]..<(batch + 1) * shape[2]).map { corners(boxes[$0 * 4..<$0 * 4 + 4]) }
            for kind in 0..<shape[1] {
                let first = (batch * shape[1] + kind) * shape[2]
                for box in kept(all, Array(scores[first..<first + shape[2]])) {
                    rows += [Int64(batch), Int64(kind), Int64(box)]
                }
            }
        }
        let count = Int64(rows.count / 3)
        return [.int64(rows + [Int64](repeating: 0, count: outputs[0].count - rows.count)), .int64([count])]
    }
}

extension NonMaximumSuppression {
    struct Box {
        var top: Float
        var left: Float
        var bottom: Float
        var right: Float

        var area: Float { (bottom - top) * (right - left) }

        /// Whether two overlap by more than a share of their union.
        func overlaps(_ other: Box, over threshold: Float) -> Bool {
            let height = min(bottom, other.bottom) - max(top, other.top)
            let width = min(right, other.right) - max(left, other.left)
            guard height > 0, width > 0 else { return false }
            let both = height * width
            return both > threshold * (area + other.area - both)
        }
    }

    private func corners(_ numbers: ArraySlice<Float>) -> Box {
        let n = Array(numbers)
        if format == .corners {
            return Box(top: min(n[0], n[2]), left: min(n[1], n[3]), bottom: max(n[0], n[2]), right: max(n[1], n[3]))
        }
        let (width, height) = (n[2] / 2, n[3] / 2)
        return Box(top: n[1] - height, left: n[0] - width, bottom: n[1] + height, right: n[0] + width)
    }

    private func kept(_ boxes: [Box], _ scores: [Float]) -> [Int] {
        let candidates = scores.indices.filter { index in scoreThreshold.map { scores[index] > $0 } ?? true }
        var kept: [Int] = []
        for box in candidates.sorted(by: { scores[$0] == scores[$1] ? $0 < $1 : scores[$0] > scores[$1] }) {
            guard kept.count < limit else { break }
            if !kept.contains(where: { boxes[$0].overlaps(boxes[box], over: overlapThreshold) }) { kept.append(box) }
        }
        return kept
    }
}
