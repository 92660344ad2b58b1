import Denoising
import Diffusion
public import EdgeFormat
import Evaluation
import Imaging
import Inference
public import ModelGraph
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
        report.pictures = try pictures(
            float, DiffusionModel(model), settings, threads: threads, progress: progress)
        report.facts = facts(float, settings, model)
        return report
    }

    /// Parts that `report` counts.
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
