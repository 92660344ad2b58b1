import Denoising
import Diffusion
public import EdgeFormat
import Evaluation
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

    /// Measures a compiled denoiser against its float graph: errors layer by layer, and a picture of each label.
    /// - Parameters:
    ///   - file: the compiled model.
    ///   - flags: of `quantize`, that make it again.
    ///   - floatBytes: size of the float model's file.
    ///   - progress: called with the parts done, `parts` in all, from any thread.
    /// - Throws: `.usage` where the model is no denoiser, and what a sampling throws.
    public func report(
        file: [UInt8], flags: String, floatBytes: Int, threads: Int, progress: @escaping @Sendable (Int) -> Void
    ) throws(EdgeError) -> QuantizationReport {
        let (float, quantized) = graphs.withLock { $0 }
        guard let float, let quantized, let settings = try DiffusionSettings(metadata: float.metadata) else {
            throw EdgeError(.usage, at: "--report", "reports are made of denoisers; this model is none")
        }
        let errors = try LayerErrors.run(
            float: float, quantized: quantized, settings: settings, samplings: Self.samplings, threads: threads,
            progress: progress)
        let model = try Model(bytes: file, place: float.name)
        var report = QuantizationReport(name: float.name, flags: flags, errors: errors, steps: settings.steps)
        report.outputs = Set(float.outputs.map { float.values[$0].name })
        report.floatBytes = floatBytes
        report.quantizedBytes = file.count
        report.pictures = try SampledPairs(float: float, model: DiffusionModel(model), settings: settings).pictures(
            Self.pairs, threads: threads, progress: progress)
        report.facts = facts(float, settings, model)
        return report
    }

    /// Parts that `report` counts.
    public static var parts: Int { samplings.count + pairs }

    private static let samplings = LayerErrors.Samplings()
    /// Pairs of pictures.
    private static let pairs = 10

    private func facts(_ float: Graph, _ settings: DiffusionSettings, _ model: Model) -> [QuantizationReport.Fact] {
        let samplings = Self.samplings
        return [
            .init("Compiled by", model.file.meta[.producer] ?? ""),
            .init("Digest of the float file", model.file.meta[.source] ?? ""),
            .init("Schedule", "\(settings.scheduleKind.rawValue), \(settings.steps) steps"),
            .init("Labels", "\(settings.classes), guidance \(settings.guidance)"),
            .init(
                "Errors measured",
                "on \(samplings.count) samplings by the float model, \(samplings.steps) steps of DDIM each"),
            .init("Pictures", "\(SampledPairs.steps) steps of DDIM, seed \(SampledPairs.seed)"),
        ].filter { !$0.value.isEmpty }
    }
}
