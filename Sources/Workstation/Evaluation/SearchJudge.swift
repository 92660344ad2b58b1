import Compilation
public import Datasets
public import EdgeFormat
import Foundation
import Inference
public import ModelGraph
public import Quantization

/// What the candidates of a search are judged by: pictures that calibration does not look at, and what the float network
/// makes of them (docs/quantization.md).
public struct SearchJudge: Sendable {
    /// What counts as a loss.
    public enum Measure: Sendable {
        /// Right answers: how many fewer there are than the float network's.
        case labels
        /// Of pictures without labels: answers that are not the float network's.
        case agreement
        /// Of outputs that are no classes: the energy of their errors beside that of the float network's outputs.
        case signal
    }

    /// What a candidate loses.
    public struct Verdict: Equatable, Sendable {
        /// In percent of the pictures, of `signal` in percent of the energy; below 0 where it is better than the float network.
        public let drop: Double
        /// Answers that are right, or the float network's; 0 of `signal`.
        public let hits: Int
        /// Pictures.
        public let total: Int
        /// Signal to quantization noise of the first output in dB, over all pictures.
        public let ratio: Double

        /// Loses less, or the same with less noise.
        func isBetter(than other: Verdict) -> Bool {
            drop == other.drop ? ratio > other.ratio : drop < other.drop
        }
    }

    public let measure: Measure
    /// Pictures that it judges by.
    public var count: Int { pictures.count }
    /// What one picture is worth, in percent; 0 of `signal`.
    public var step: Double { measure == .signal ? 0 : 100 / Double(max(count, 1)) }

    /// The loss that is let pass where no more than `bar` is asked for: a single picture is chance, so that a bar between none
    /// and one is one. A bar of 0 stays 0.
    public func allowance(_ bar: Double) -> Double { bar == 0 ? 0 : max(bar, step) }
    /// What the float network made of them.
    public let float: Evaluation
    private let pictures: LabelledPictures
    private let preprocessing: Preprocessing
    private let threads: Int

    /// - Parameter graph: the imported float network.
    public init(
        _ graph: Graph, _ preprocessing: Preprocessing, _ pictures: LabelledPictures, threads: Int
    ) throws(EdgeError) {
        let simplified = graph.simplified()
        let output = simplified.outputs.first.map { simplified.values[$0].type.shape } ?? []
        let areClasses =
            (output.last ?? 0) > 1 && output.dropLast().allSatisfy { $0 == 1 } && simplified.outputs.count == 1
        let areLabelled = (0..<pictures.count).allSatisfy { pictures.label($0) != nil }
        measure = areClasses ? (areLabelled ? .labels : .agreement) : .signal
        (self.pictures, self.preprocessing, self.threads) = (pictures, preprocessing, threads)
        float = try Evaluation.run(
            simplified, preprocessing: preprocessing, pictures, threads: threads, arithmetic: .quick,
            needsLabels: false
        ) { _ in }
    }

    /// What a candidate loses.
    func verdict(_ quantized: Graph, _ compiled: CompiledModel) throws(EdgeError) -> Verdict {
        let result = try evaluation(quantized, compiled)
        let (signal, noise) = zip(float.outputs, result.outputs).reduce(into: (0.0, 0.0)) { sums, pair in
            let (f, q) = (Double(pair.0), Double(pair.1))
            sums.0 += f * f
            sums.1 += (q - f) * (q - f)
        }
        let ratio = noise == 0 ? Double.infinity : 10 * log10(signal / noise)
        func verdict(lost: Int, hits: Int) -> Verdict {
            Verdict(drop: 100 * Double(lost) / Double(max(count, 1)), hits: hits, total: count, ratio: ratio)
        }
        switch measure {
        case .labels:
            let right = result.accuracy.right
            return verdict(lost: float.accuracy.right - right, hits: right)
        case .agreement:
            let equal = float.sameAnswers(as: result)
            return verdict(lost: count - equal, hits: equal)
        case .signal:
            return Verdict(drop: signal == 0 ? 0 : 100 * noise / signal, hits: 0, total: count, ratio: ratio)
        }
    }

    /// Classes by the device's own code, everything else by the definition of the integers, which is the same.
    private func evaluation(_ quantized: Graph, _ compiled: CompiledModel) throws(EdgeError) -> Evaluation {
        let isOfBytes = quantized.outputs.first.map { quantized.values[$0].type.element == .int8 } ?? false
        guard measure != .signal, isOfBytes else {
            return try Evaluation.run(
                quantized, preprocessing: preprocessing, pictures, threads: threads, arithmetic: .quick,
                needsLabels: false
            ) { _ in }
        }
        let model = try Model(bytes: compiled.file, place: "candidate")
        return try Evaluation.run(model, pictures, kernels: .best, threads: threads, needsLabels: false) { _ in }
    }
}

extension SearchJudge {
    /// More pictures than these would cost time and tell little more: one of them is 0.05 points.
    private static let mostPictures = 2000

    /// The pictures of a set that judge, where the same set calibrates: those that calibration does not look at.
    /// - Parameter recipe: looks at no more than half of the set from now on.
    public static func others(
        _ pictures: LabelledPictures, besides recipe: inout QuantizationRecipe
    ) -> LabelledPictures {
        recipe.calibrationCount = max(1, min(recipe.calibrationCount, pictures.count / 2))
        let taken = Set(recipe.samples(of: pictures.count))
        return thinned(pictures.subset((0..<pictures.count).filter { !taken.contains($0) }))
    }

    /// At most so many pictures as judge, spread evenly.
    public static func thinned(_ pictures: LabelledPictures) -> LabelledPictures {
        let count = min(pictures.count, mostPictures)
        return pictures.subset((0..<count).map { $0 * pictures.count / count })
    }
}
