import EdgeFormat

import func Foundation.exp

/// The end of an object detector: boxes from anchors, and the best of them that no better one covers.
///
/// Inputs: box encodings 1·N·K (y, x, height, width, and K − 4 more that are not read), class scores 1·N·S, anchors N·4
/// (centre y, x, height, width). Outputs in float32: corners 1·M·4 (y, x, y, x), classes 1·M, scores 1·M, and how many
/// boxes there are, 1; the rest is 0. M is `limit` · `classesPerBox`. As LiteRT's TFLite_Detection_PostProcess computes it.
public struct Detection: Operation {
    public static let name = "detection"

    /// What box encodings are divided by.
    public struct Scales: Equatable, Sendable {
        public var y: Float
        public var x: Float
        public var height: Float
        public var width: Float

        public init(y: Float, x: Float, height: Float, width: Float) {
            self.y = y
            self.x = x
            self.height = height
            self.width = width
        }
    }

    /// Boxes found at most.
    public var limit: Int
    /// Its best classes that a box is given with, one after the other; where classes are on their own there is one.
    public var classesPerBox: Int
    /// Boxes that a class keeps at most, where classes are on their own.
    public var limitPerClass: Int
    /// Whether boxes of each class are suppressed by those of the same class alone. Else a box stands for its best class,
    /// and is suppressed by boxes of any.
    public var separatesClasses: Bool
    /// The least score that counts.
    public var scoreThreshold: Float
    /// A box goes whose intersection with a kept one is above this share of their union.
    public var overlapThreshold: Float
    /// S, or S − 1 where the first score is the background's.
    public var classes: Int
    public var scales: Scales

    /// The largest limits.
    public static let largestLimit = 1 << 16

    public init(
        limit: Int, classesPerBox: Int = 1, limitPerClass: Int = 100, separatesClasses: Bool = false,
        scoreThreshold: Float, overlapThreshold: Float, classes: Int, scales: Scales
    ) {
        self.limit = limit
        self.classesPerBox = classesPerBox
        self.limitPerClass = limitPerClass
        self.separatesClasses = separatesClasses
        self.scoreThreshold = scoreThreshold
        self.overlapThreshold = overlapThreshold
        self.classes = classes
        self.scales = scales
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try expect(inputs, count: 3...3)
        for input in inputs {
            _ = try Shape.elementCount(input.shape)
            try expect(input.element, [.float32])
        }
        try checkParameters()
        let (boxes, scores, anchors) = (inputs[0].shape, inputs[1].shape, inputs[2].shape)
        guard boxes.count == 3, scores.count == 3, boxes[0] == 1, scores[0] == 1, boxes[1] == scores[1], boxes[2] >= 4
        else { throw EdgeError(.data, at: "", "\(inputs[0].text) as boxes of the scores \(inputs[1].text)") }
        guard anchors == [boxes[1], 4] else {
            throw EdgeError(.data, at: "", "\(inputs[2].text) as anchors of \(boxes[1]) boxes")
        }
        guard (scores[2] - 1...scores[2]).contains(classes) else {
            throw EdgeError(
                .data, at: "",
                "\(scores[2]) scores a box; \(classes) classes have as many, or one more for none of them")
        }
        let count = limit * classesPerBox
        _ = try Shape.elementCount([1, count, 4])
        return [[1, count, 4], [1, count], [1, count], [1]].map { TensorType(.float32, $0) }
    }

    private func checkParameters() throws(EdgeError) {
        for (what, number) in [
            ("boxes at most", limit), ("classes a box", classesPerBox), ("boxes a class", limitPerClass),
            ("classes", classes),
        ] where !(1...Self.largestLimit).contains(number) {
            throw EdgeError(.data, at: "", "\(number) \(what); 1 ... \(Self.largestLimit) are possible")
        }
        guard !scoreThreshold.isNaN else { throw EdgeError(.data, at: "", "the score threshold is no number") }
        guard overlapThreshold > 0, overlapThreshold <= 1 else {
            throw EdgeError(
                .data, at: "", "the overlap threshold \(overlapThreshold) is not above 0 and at most 1")
        }
        for scale in [scales.y, scales.x, scales.height, scales.width] where !(scale > 0 && scale.isFinite) {
            throw EdgeError(.data, at: "", "a scale of boxes is \(scale), not finite and above 0")
        }
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        guard case .float32(let encodings) = inputs[0].data, case .float32(let scores) = inputs[1].data,
            case .float32(let anchors) = inputs[2].data
        else { throw notComputed(inputs) }
        let (size, stored) = (inputs[0].type.shape[2], inputs[1].type.shape[2])
        let boxes = (0..<inputs[0].type.shape[1]).map {
            decode(encodings[$0 * size..<$0 * size + 4], anchors[$0 * 4..<$0 * 4 + 4])
        }
        // The background's score is left out.
        let rows = boxes.indices.map { Array(scores[($0 + 1) * stored - classes..<($0 + 1) * stored]) }
        let found = separatesClasses ? findByClass(boxes, rows) : find(boxes, rows)
        var results = outputs.map { [Float](repeating: 0, count: $0.count) }
        for (number, detection) in found.enumerated() {
            for (copy, kind) in detection.kinds.enumerated() {
                let place = number * (separatesClasses ? 1 : classesPerBox) + copy
                results[0].replaceSubrange(4 * place..<4 * place + 4, with: boxes[detection.box].corners)
                results[1][place] = Float(kind)
                results[2][place] = rows[detection.box][kind]
            }
        }
        results[3][0] = Float(found.count)
        return results.map { .float32($0) }
    }
}

extension Detection {
    /// A box and the classes that it is given with.
    private struct Found {
        var box: Int
        var kinds: [Int]
    }

    /// The centre moved by parts of the anchor's size; the size the anchor's by a power. In double precision, each number
    /// rounded once.
    private func decode(_ encoding: ArraySlice<Float>, _ anchor: ArraySlice<Float>) -> Box {
        let (e, a) = (encoding.map { Double($0) }, anchor.map { Double($0) })
        let y = Float(e[0] / Double(scales.y) * a[2] + a[0])
        let x = Float(e[1] / Double(scales.x) * a[3] + a[1])
        let height = Float(0.5 * exp(e[2] / Double(scales.height)) * a[2])
        let width = Float(0.5 * exp(e[3] / Double(scales.width)) * a[3])
        return Box(top: y - height, left: x - width, bottom: y + height, right: x + width)
    }

    /// The indices of so many largest numbers in their order, of equal ones the first first; a NaN is none.
    private func best(_ count: Int, of scores: [Float]) -> [Int] {
        let all = scores.indices.filter { !scores[$0].isNaN }
        return Array(all.sorted { scores[$0] == scores[$1] ? $0 < $1 : scores[$0] > scores[$1] }.prefix(count))
    }

    /// The best boxes of one score each that no better one covers, in the order of their scores.
    private func suppress(_ boxes: [Box], _ scores: [Float], limit: Int) -> [Int] {
        var kept: [Int] = []
        for box in best(scores.count, of: scores) where scores[box] >= scoreThreshold {
            guard kept.count < limit else { break }
            if !kept.contains(where: { boxes[$0].overlap(boxes[box]) > overlapThreshold }) { kept.append(box) }
        }
        return kept
    }

    /// Boxes by their best classes.
    private func find(_ boxes: [Box], _ scores: [[Float]]) -> [Found] {
        let largest = scores.map { row in best(1, of: row).first.map { row[$0] } ?? .nan }
        return suppress(boxes, largest, limit: limit).map { box in
            Found(box: box, kinds: best(classesPerBox, of: scores[box]))
        }
    }

    /// Boxes of each class, the best of all classes together; of equal ones the first class first, then the first box.
    private func findByClass(_ boxes: [Box], _ scores: [[Float]]) -> [Found] {
        var all: [(score: Float, found: Found)] = []
        for kind in 0..<classes {
            let column = scores.map { $0[kind] }
            for box in suppress(boxes, column, limit: min(limitPerClass, limit)) {
                all.append((column[box], Found(box: box, kinds: [kind])))
            }
        }
        let order = best(limit, of: all.map(\.score))
        return order.map { all[$0].found }
    }
}
