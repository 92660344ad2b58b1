// Operations that choose boxes.

/// Boxes B·N·4 and scores B·C·N: the boxes of each class that no better one covers. The first output has a row for each:
/// picture, class, box; the second one how many there are; the third one, which may be missing, their scores.
public struct SuppressionParameters: Equatable, Sendable {
    /// Boxes are centre and size (x, y, width, height), not two corners (y, x, y, x).
    public var hasCentres: Bool
    /// Boxes that a class keeps at most.
    public var limit: Int
    /// Share of two boxes' union that their intersection may have.
    public var overlap: Float
    /// Only boxes with scores above it count; nil for all.
    public var score: Float?
    /// How gently scores fall where boxes overlap: σ of exp(−share² / 2σ); 0 where they stay.
    public var sigma: Float
    /// Whether a box goes that overlaps by just `overlap`.
    public var isStrict: Bool

    public init(
        hasCentres: Bool, limit: Int, overlap: Float, score: Float?, sigma: Float = 0, isStrict: Bool = false
    ) {
        self.hasCentres = hasCentres
        self.limit = limit
        self.overlap = overlap
        self.score = score
        self.sigma = sigma
        self.isStrict = isStrict
    }

    /// The parameters as `OperationRecord` stores them.
    public var stored: [Int] {
        [
            hasCentres ? 1 : 0, limit, overlap.stored, score == nil ? 0 : 1, (score ?? 0).stored, sigma.stored,
            isStrict ? 1 : 0,
        ]
    }

    init(_ context: OperationContext) throws(EdgeError) {
        try context.checkPlain(inputs: 2...2, outputs: context.record.outputs.count == 3 ? 3 : 2)
        let (boxes, scores) = (context.input(0), context.input(1))
        let (rows, count) = (context.output, context.output(1))
        try context.checkElements([boxes, scores], [.float32])
        guard boxes.shape.count == 3, scores.shape.count == 3, boxes.shape[2] == 4, boxes.shape[0] == scores.shape[0],
            boxes.shape[1] == scores.shape[2]
        else { throw context.fail("has boxes and scores that do not fit each other") }
        guard rows.element == .int64, rows.shape.count == 2, rows.shape[1] == 3, count.element == .int64,
            count.count == 1
        else { throw context.fail("has outputs that are not rows of three int64 and their number") }
        if context.record.outputs.count == 3 {
            guard context.output(2).element == .float32, context.output(2).shape == [rows.shape[0]] else {
                throw context.fail("has a third output that is not one float32 a row")
            }
        }
        hasCentres = try context.flag(0)
        limit = context.parameter(1)
        overlap = context.real(2)
        score = try context.flag(3) ? context.real(4) : nil
        sigma = context.real(5)
        isStrict = try context.flag(6)
        guard limit >= 0 else { throw context.fail("keeps less than no boxes") }
        guard sigma >= 0 else { throw context.fail("has a sigma below 0") }
    }
}

/// Box encodings 1·N·K (y, x, height, width, K − 4 more), class scores 1·N·S and anchors N·4 (centre y, x, height, width):
/// the best boxes as corners 1·M·4, their classes 1·M, scores 1·M, and how many there are.
public struct DetectionParameters: Equatable, Sendable {
    /// Boxes found at most.
    public var limit: Int
    /// Classes that a box is given with; M is as many times `limit`.
    public var classesPerBox: Int
    /// Boxes that a class keeps at most, where classes are on their own.
    public var limitPerClass: Int
    /// Whether boxes of different classes leave each other alone, rather than a box standing for its best class.
    public var separatesClasses: Bool
    /// The least score that counts.
    public var score: Float
    /// Share of two boxes' union that their intersection may have.
    public var overlap: Float
    /// S, or one less where the first score is the background's.
    public var classes: Int
    /// What encodings are divided by: y, x, height, width.
    public var scales: SIMD4<Float>

    public init(
        limit: Int, classesPerBox: Int, limitPerClass: Int, separatesClasses: Bool, score: Float, overlap: Float,
        classes: Int, scales: SIMD4<Float>
    ) {
        self.limit = limit
        self.classesPerBox = classesPerBox
        self.limitPerClass = limitPerClass
        self.separatesClasses = separatesClasses
        self.score = score
        self.overlap = overlap
        self.classes = classes
        self.scales = scales
    }

    /// The parameters as `OperationRecord` stores them.
    public var stored: [Int] {
        var numbers = [limit, classesPerBox, limitPerClass, separatesClasses ? 1 : 0, score.stored, overlap.stored]
        numbers.append(classes)
        for index in 0..<4 { numbers.append(scales[index].stored) }
        return numbers
    }

    init(_ context: OperationContext) throws(EdgeError) {
        try context.checkPlain(inputs: 3...3, outputs: 4)
        limit = context.parameter(0)
        classesPerBox = context.parameter(1)
        limitPerClass = context.parameter(2)
        separatesClasses = try context.flag(3)
        (score, overlap) = (context.real(4), context.real(5))
        classes = context.parameter(6)
        scales = .zero
        for index in 0..<4 {
            scales[index] = context.real(7 + index)
            guard scales[index] > 0, scales[index].isFinite else {
                throw context.fail("has a scale that is not finite and above 0")
            }
        }
        guard limit >= 1, classesPerBox >= 1, limitPerClass >= 1, score == score, overlap > 0, overlap <= 1 else {
            throw context.fail("has limits or thresholds that find nothing")
        }
        try checkOperands(context)
    }

    private func checkOperands(_ context: OperationContext) throws(EdgeError) {
        let (boxes, size) = (context.input(1).dimension(1), context.input(0).dimension(2))
        let stored = context.input(1).dimension(2)
        for tensor in context.record.inputs + context.record.outputs where context.tensors[tensor].element != .float32 {
            throw context.fail("does not compute with \(context.tensors[tensor].element.name)")
        }
        guard size >= 4, context.input(0).isOfShape(1, boxes, size), context.input(1).isOfShape(1, boxes, stored),
            context.input(2).isOfShape(boxes, 4)
        else { throw context.fail("has boxes, scores and anchors that do not fit each other") }
        guard classes >= 1, classes == stored || classes == stored - 1 else {
            throw context.fail("has \(stored) scores a box for \(classes) classes")
        }
        let count = limit * classesPerBox
        guard context.output.isOfShape(1, count, 4), context.output(1).isOfShape(1, count),
            context.output(2).isOfShape(1, count), context.output(3).count == 1
        else { throw context.fail("has outputs that are not its boxes, classes, scores and their number") }
    }
}

extension ModelTensor {
    /// The size of an axis; 0 where there is none.
    fileprivate func dimension(_ axis: Int) -> Int { axis < shape.count ? shape[axis] : 0 }

    /// Whether it has these axes, of which the last one may be left out, and no others.
    fileprivate func isOfShape(_ first: Int, _ second: Int, _ third: Int? = nil) -> Bool {
        dimension(0) == first && dimension(1) == second && (third == nil || dimension(2) == third)
            && shape.count == (third == nil ? 2 : 3)
    }
}
