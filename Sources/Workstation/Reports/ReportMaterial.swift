import Denoising
import Diffusion
public import EdgeFormat
import Evaluation
import Imaging
import Inference
public import ModelGraph
import Quantization
import Synchronization

/// What a build leaves for its report: the float graph that the quantizer got and the quantized graph, as the stages of
/// a `ModelBuild` pass by.
public final class ReportMaterial: Sendable {
    private let graphs = Mutex<(float: Graph?, quantized: Graph?)>((nil, nil))

    public init() {}

    /// To be called after every stage of a build, in their order.
    public func see(_ stage: String, _ graph: Graph) {
        graphs.withLock { if stage == "quantize" { $0.quantized = graph } else { $0.float = graph } }
    }

    /// Measures a compiled model against its float graph: errors and cost layer by layer, and what both make of pictures.
    /// - Parameters:
    ///   - file: the compiled model.
    ///   - flags: of `quantize`, that make it again.
    ///   - floatBytes: size of the float model's file.
    ///   - data: what a model that is no denoiser is measured on; a denoiser makes its own.
    ///   - progress: called with the parts done, from any thread: `data.parts` in all, of a denoiser `parts`.
    /// - Throws: `.usage` where there is nothing to measure, and what measuring throws.
    public func report(
        file: [UInt8], flags: String, floatBytes: Int, data: ReportData? = nil, threads: Int,
        progress: @escaping @Sendable (Int) -> Void
    ) throws(EdgeError) -> QuantizationReport {
        let (float, quantized) = graphs.withLock { $0 }
        guard let float, let quantized else {
            throw EdgeError(.usage, at: "--report", "nothing was quantized that a report could be made of")
        }
        let model = try Model(bytes: file, place: float.name)
        let settings = try DiffusionSettings(metadata: float.metadata)
        var report: QuantizationReport
        if let settings {
            report = try denoiserReport(
                float, quantized, model, settings, flags: flags, threads: threads, progress: progress)
        } else if let data {
            report = try dataReport(float, quantized, model, data, flags: flags, threads: threads, progress: progress)
        } else {
            throw EdgeError(.usage, at: "--report", "there is no data to measure errors on")
        }
        report.outputs = Set(float.outputs.map { float.values[$0].name })
        report.floatBytes = floatBytes
        report.quantizedBytes = file.count
        report.costs = try LayerCosts(model, quantized: quantized, layers: report.errors.layers)
        return report
    }

    private func dataReport(
        _ float: Graph, _ quantized: Graph, _ model: Model, _ data: ReportData, flags: String, threads: Int,
        progress: @escaping @Sendable (Int) -> Void
    ) throws(EdgeError) -> QuantizationReport {
        let errors = try LayerErrors.run(
            float: float, quantized: quantized, samples: data.samples, threads: threads, progress: progress)
        var report = QuantizationReport(name: float.name, flags: flags, errors: errors)
        if let labelled = data.labelled {
            let comparison = try AnswerComparison.run(
                labelled.pictures, float: float, quantized: quantized, model: model,
                preprocessing: labelled.preprocessing, threads: threads, progress: progress)
            report.answers = (comparison, data.source)
        }
        let count = min(data.samples.count, LayerErrors.sampleLimit)
        let samples = count == 1 ? "1 sample" : "\(count) samples"
        report.facts = [
            .init("Compiled by", model.file.meta[.producer] ?? ""),
            .init("Digest of the float file", model.file.meta[.source] ?? ""),
            .init("Errors measured", "on \(samples) of \(data.source)"),
        ].filter { !$0.value.isEmpty }
        return report
    }

    private func denoiserReport(
        _ float: Graph, _ quantized: Graph, _ model: Model, _ settings: DiffusionSettings, flags: String, threads: Int,
        progress: @escaping @Sendable (Int) -> Void
    ) throws(EdgeError) -> QuantizationReport {
        let errors = try LayerErrors.run(
            float: float, quantized: quantized, settings: settings, samplings: Self.samplings, threads: threads,
            progress: progress)
        var report = QuantizationReport(name: float.name, flags: flags, errors: errors, steps: settings.steps)
        report.pictures = try pictures(
            float, DiffusionModel(model), settings, threads: threads, progress: progress)
        report.facts = facts(float, settings, model)
        return report
    }

    /// Parts that the report of a denoiser counts.
    public static var parts: Int { samplings.count + 2 * pairs }

    private static let samplings = LayerErrors.Samplings()
    /// Pairs of pictures, and what they are drawn with, by DDIM; a shorter schedule takes all its steps.
    private static let pairs = 10
    private static let steps = 50
    private static let seed: UInt64 = 1

    /// Both models' pictures of the same seed, the compiled one's by the device's own code.
    private func pictures(
        _ float: Graph, _ model: DiffusionModel, _ settings: DiffusionSettings, threads: Int,
        progress: @escaping @Sendable (Int) -> Void
    ) throws(EdgeError) -> [PicturePair] {
        let plan = try StepPlan(
            schedule: model.schedule, sampler: .ddim(eta: 0), steps: min(Self.steps, model.schedule.count))
        var request = SamplingRequest(plan: plan, guidance: settings.guidance, classes: settings.classes)
        request.count = Self.pairs
        request.seed = Self.seed
        let reference = try Sampling.run(float, settings, request, threads: threads, progress: progress)
        let compiled = try Sampling.run(model, request, kernels: .best, threads: threads, progress: progress)
        var pairs: [PicturePair] = []
        for number in 0..<request.count {
            pairs.append(
                try PicturePair(
                    label: model.name(of: request.label(number)), seed: request.seed, number: number,
                    float: reference.picture(number), quantized: compiled.picture(number)))
        }
        return pairs
    }

    private func facts(_ float: Graph, _ settings: DiffusionSettings, _ model: Model) -> [QuantizationReport.Fact] {
        let samplings = Self.samplings
        func steps(_ wanted: Int) -> String {
            let count = min(wanted, settings.steps)
            return count == 1 ? "1 step" : "\(count) steps"
        }
        return [
            .init("Compiled by", model.file.meta[.producer] ?? ""),
            .init("Digest of the float file", model.file.meta[.source] ?? ""),
            .init("Schedule", "\(settings.scheduleKind.rawValue), \(steps(settings.steps))"),
            .init("Labels", "\(settings.classes), guidance \(settings.guidance)"),
            .init(
                "Errors measured",
                "on \(samplings.count) samplings by the float model, \(steps(samplings.steps)) of DDIM each"),
            .init("Pictures", "\(steps(Self.steps)) of DDIM, seed \(Self.seed)"),
        ].filter { !$0.value.isEmpty }
    }
}

extension Sampling {
    fileprivate func picture(_ number: Int) throws(EdgeError) -> Picture {
        guard shape.count == 3,
            let picture = Picture(width: shape[1], height: shape[0], channels: shape[2], bytes: Array(self[number]))
        else { throw EdgeError(.data, at: "report", "the model's latent is no picture") }
        return picture
    }
}
