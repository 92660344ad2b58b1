public import Datasets
import Evaluation
public import ModelGraph
public import Quantization

/// What a model that is no denoiser is measured on for its report.
public struct ReportData: Sendable {
    /// Inputs for the errors of its layers; `LayerErrors.sampleLimit` of them are looked at.
    public let samples: CalibrationSamples
    /// Pictures with labels, for its answers; nil where there are none.
    public private(set) var labelled: (pictures: LabelledPictures, preprocessing: Preprocessing)?
    /// Where they come from, in words.
    public let source: String

    /// - Parameter source: what the samples are, in words.
    public init(_ samples: CalibrationSamples, source: String) {
        self.samples = samples
        self.source = source
    }

    /// Some pictures of a set, spread evenly: `AnswerComparison.limit` at most. Labels count where all of them have one that
    /// fits the graph's output.
    public init(
        _ pictures: LabelledPictures, _ indices: [Int], _ preprocessing: Preprocessing, of graph: Graph, source: String
    ) {
        self.init(CalibrationSamples(pictures, indices, preprocessing), source: source)
        let count = min(indices.count, AnswerComparison.limit)
        let some = pictures.subset((0..<count).map { indices[$0 * indices.count / count] })
        if AnswerComparison.fits(some, graph) { labelled = (some, preprocessing) }
    }

    /// Parts that the progress of a report counts.
    public var parts: Int { min(samples.count, LayerErrors.sampleLimit) + 2 * (labelled?.pictures.count ?? 0) }
}
