internal import EdgeFormat
internal import Kernels

/// The end of an object detector: boxes are decoded and the best ones kept that no better one covers. A single unit.
final class PreparedDetection: PreparedOperation {
    private let parameters: DetectionParameters
    private let encodings: UnsafeMutablePointer<Float>
    private let scores: UnsafeMutablePointer<Float>
    private let anchors: UnsafeMutablePointer<Float>
    /// Numbers of an encoding, and scores of a box.
    private let (encodingSize, scoreSize): (Int, Int)
    private let boxCount: Int
    private let boxes: UnsafeMutablePointer<Float>
    private let kinds: UnsafeMutablePointer<Float>
    private let found: UnsafeMutablePointer<Float>
    private let number: UnsafeMutablePointer<Float>
    private var candidates: Candidates

    /// - Parameters:
    ///   - inputs: encodings, scores, anchors.
    ///   - results: boxes, classes, scores, their number.
    /// - Throws: `EdgeError` when there is no memory to sort boxes in.
    init(
        _ parameters: DetectionParameters, _ inputs: [PlainView], results: [PlainView], output: TensorView
    ) throws(EdgeError) {
        self.parameters = parameters
        (encodings, scores, anchors) = (inputs[0].floats(0), inputs[1].floats(0), inputs[2].floats(0))
        (boxes, kinds) = (results[0].floats(0), results[1].floats(0))
        (found, number) = (results[2].floats(0), results[3].floats(0))
        encodingSize = inputs[0].tensor.shape[2]
        scoreSize = inputs[1].tensor.shape[2]
        boxCount = inputs[1].tensor.shape[1]
        candidates = try Candidates(boxes: boxCount)
        super.init(output: output, units: 1, cost: 8 * boxCount * scoreSize, kernelName: "detection_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        guard !units.isEmpty else { return }
        let places = parameters.limit * parameters.classesPerBox
        boxes.update(repeating: 0, count: 4 * places)
        kinds.update(repeating: 0, count: places)
        found.update(repeating: 0, count: places)
        var count = 0
        if parameters.separatesClasses {
            for kind in 0..<parameters.classes { count = select(kind, after: count) }
        } else {
            count = select(nil, after: 0)
        }
        number.pointee = Float(count)
    }

    /// Puts the boxes of one class among those of the classes before it, all in the order of their scores.
    /// - Parameter own: nil for the boxes of all classes, each standing for its best one.
    /// - Returns: the number of all boxes.
    private func select(_ own: Int?, after first: Int) -> Int {
        let copies = own == nil ? parameters.classesPerBox : 1
        candidates.fill(boxCount) { index in
            guard let kind = own ?? bestClass(index, after: nil) else { return nil }
            let score = classScores(index)[kind]
            return score >= parameters.score ? score : nil
        }
        var (count, left) = (first, own == nil ? parameters.limit : parameters.limitPerClass)
        while left > 0, let index = candidates.best {
            let score = candidates.scores[index]
            candidates.removeBest()
            // What follows is not better.
            if count == parameters.limit, score <= found[(count - 1) * copies] { break }
            let box = decode(index)
            if isCovered(box, count, copies, own) { continue }
            left -= 1
            count = min(count + 1, parameters.limit)
            var place = (count - 1) * copies
            guard own == nil else {
                while place > 0, found[place - 1] < score {
                    put(kept(place - 1), kind: kinds[place - 1], score: found[place - 1], at: place)
                    place -= 1
                }
                put(box, kind: Float(own ?? 0), score: score, at: place)
                continue
            }
            var kind = bestClass(index, after: nil)
            for place in place..<place + copies {
                guard let known = kind else { break }
                put(box, kind: Float(known), score: classScores(index)[known], at: place)
                kind = bestClass(index, after: known)
            }
        }
        return count
    }

    /// Whether one of the boxes found so far, of one class or of all, covers another.
    private func isCovered(_ box: Box, _ count: Int, _ copies: Int, _ own: Int?) -> Bool {
        for other in 0..<count {
            if let own, kinds[other] != Float(own) { continue }
            if box.overlap(kept(other * copies)) > parameters.overlap { return true }
        }
        return false
    }

    /// Scores of a box, without the background's.
    private func classScores(_ box: Int) -> UnsafeMutablePointer<Float> {
        scores + ((box + 1) * scoreSize - parameters.classes)
    }

    /// The class of the best score that comes after one's, of equal ones the first; nil where none is left. A NaN is none.
    private func bestClass(_ box: Int, after last: Int?) -> Int? {
        let row = classScores(box)
        var best: Int?
        for kind in 0..<parameters.classes {
            let score = row[kind]
            if let last, !(score < row[last] || score == row[last] && kind > last) { continue }
            if let best, !(score > row[best]) { continue }
            if score == score { best = kind }
        }
        return best
    }

    /// A box of the output.
    private func kept(_ place: Int) -> Box {
        Box(
            top: boxes[4 * place], left: boxes[4 * place + 1], bottom: boxes[4 * place + 2],
            right: boxes[4 * place + 3])
    }

    private func put(_ box: Box, kind: Float, score: Float, at place: Int) {
        (boxes[4 * place], boxes[4 * place + 1]) = (box.top, box.left)
        (boxes[4 * place + 2], boxes[4 * place + 3]) = (box.bottom, box.right)
        kinds[place] = kind
        found[place] = score
    }

    /// A box from its anchor: the centre moved by parts of the anchor's size, the size by a power.
    private func decode(_ index: Int) -> Box {
        let (y, height) = side(0, index)
        let (x, width) = side(1, index)
        return Box(top: y - height, left: x - width, bottom: y + height, right: x + width)
    }

    /// Centre and half the size along y (0) or x (1).
    private func side(_ axis: Int, _ index: Int) -> (centre: Float, half: Float) {
        let (encoding, anchor) = (encodings + (index * encodingSize + axis), anchors + (4 * index + axis))
        let (place, size) = (Double(anchor[0]), Double(anchor[2]))
        let centre = Double(encoding[0]) / Double(parameters.scales[axis]) * size + place
        let power = Double(encoding[2]) / Double(parameters.scales[axis + 2])
        return (Float(centre), plain_scaled_exponential(0.5 * size, power))
    }
}
