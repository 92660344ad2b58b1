public import Datasets
public import EdgeFormat
public import Inference
public import ModelGraph
public import Quantization
import Recognition

/// How a classifier answers in floats and in integers, on the same labelled pictures.
public struct AnswerComparison: Equatable, Sendable {
    public var float: Accuracy
    public var quantized: Accuracy
    /// Pictures to which both give the same class.
    public var same: Int

    public init(float: Accuracy, quantized: Accuracy, same: Int) {
        self.float = float
        self.quantized = quantized
        self.same = same
    }

    /// Pictures that a report looks at, at most.
    public static let limit = 1000

    /// - Parameters:
    ///   - pictures: all of them labelled.
    ///   - float: the graph as the quantizer got it.
    ///   - quantized: what the quantizer made of it, which runs where the compiled model gives no scores of 8 bits.
    ///   - progress: called with the number of pictures done, each counted twice, from any thread.
    /// - Throws: `EdgeError` when a picture has no label or cannot be read.
    public static func run(
        _ pictures: LabelledPictures, float: Graph, quantized: Graph, model: Model, preprocessing: Preprocessing,
        threads: Int, progress: @escaping @Sendable (Int) -> Void
    ) throws(EdgeError) -> AnswerComparison {
        let before = try Evaluation.run(
            float, preprocessing: preprocessing, pictures, threads: threads, arithmetic: .quick, progress: progress)
        let after =
            givesScores(model)
            ? try Evaluation.run(model, pictures, kernels: .best, threads: threads, progress: progress)
            : try Evaluation.run(
                quantized, preprocessing: preprocessing, pictures, threads: threads, arithmetic: .quick,
                progress: progress)
        return AnswerComparison(
            float: before.accuracy, quantized: after.accuracy, same: before.sameAnswers(as: after))
    }

    private static func givesScores(_ model: Model) -> Bool { (try? Recognizer(model)) != nil }

    /// Whether a picture's labels can be classes of a model's first output: one row of scores, and none beyond it.
    public static func fits(_ pictures: LabelledPictures, _ graph: Graph) -> Bool {
        guard let output = graph.outputs.first, let classes = graph.values[output].type.shape.last,
            classes > 1, graph.values[output].type.count == classes, pictures.count > 0
        else { return false }
        return (0..<pictures.count).allSatisfy { index in
            guard pictures.label(index) != nil else { return false }
            return (0..<classes).contains(Evaluation.label(pictures, index, classes: classes))
        }
    }
}

extension Evaluation {
    /// Pictures that another evaluation gives the same class.
    func sameAnswers(as other: Evaluation) -> Int {
        zip(answers, other.answers).reduce(0) { $0 + ($1.0 == $1.1 ? 1 : 0) }
    }

    /// The best class of each picture, of equal ones the lowest.
    private var answers: [Int] {
        guard outputCount > 0 else { return [] }
        return stride(from: 0, to: outputs.count, by: outputCount).map { start in
            let scores = outputs[start..<min(start + outputCount, outputs.count)]
            let best = scores.indices.max { (scores[$0], $1) < (scores[$1], $0) }
            return (best ?? start) - start
        }
    }
}
