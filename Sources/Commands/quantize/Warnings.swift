import Compilation
import Console
import Datasets
import EdgeFormat
import Evaluation
import Inference
import ModelGraph
import Platform
import Quantization
import Synchronization

/// What a build is warned of, a line each on the standard error; a report repeats it.
final class Warnings: Sendable {
    private struct State {
        var said: [String] = []
        var deadChannels: [DeadChannels] = []
        var quantized: Graph?
    }

    private let state = Mutex(State())
    private let isQuiet: Bool
    /// Whether anybody reads them.
    private let areWanted: Bool

    init(_ arguments: Arguments) {
        isQuiet = arguments.quiet
        areWanted = !arguments.quiet || arguments.value("report") != nil
    }

    /// All that was said.
    var sentences: [String] { state.withLock { $0.said } }

    /// Notes what the build sees on its way.
    func watch(_ build: inout ModelBuild) {
        let others = build.afterStage
        build.afterStage = { stage, graph in
            others(stage, graph)
            if stage == "quantize" { self.state.withLock { $0.quantized = graph } }
        }
        build.afterCalibration = { calibration in
            let dead = calibration.deadChannels
            self.state.withLock { $0.deadChannels = dead }
        }
    }

    /// Before the work: whether the calibration pictures are what the network needs.
    func review(_ graph: Graph, _ data: ModelBuild.CalibrationData, _ build: ModelBuild) throws(Failure) {
        guard areWanted, case .pictures(let pictures, let preprocessing) = data else { return }
        let review = CalibrationReview(
            graph, pictures, build.recipe.samples(of: pictures.count), preprocessing, threads: build.threads)
        for sentence in try reporting({ () throws(EdgeError) in try review.warnings() }) { say(sentence) }
    }

    /// After it: what costs more than it needs to.
    /// - Parameters:
    ///   - hasSamples: whether calibration looked at more than random numbers.
    ///   - floats: the network before it was quantized, where that is to be compared.
    func reviewCost(
        _ file: [UInt8], hasSamples: Bool = false, floats: Graph? = nil, _ build: ModelBuild
    ) throws(Failure) {
        guard areWanted else { return }
        let (dead, quantized) = state.withLock { ($0.deadChannels, $0.quantized) }
        if hasSamples, let sentence = CostWarnings.deadChannels(dead) { say(sentence) }
        guard let quantized else { return }
        let sentences = try reporting { () throws(EdgeError) in
            let model = try Model(bytes: file, place: quantized.name)
            // A network that cannot be compiled in floats has nothing to be compared with.
            let others = floats.flatMap { graph in (try? build.runTimed(graph)).map { (graph.name, $0.file) } }
            let other = try others.map { (name, file) throws(EdgeError) in try Model(bytes: file, place: name) }
            return try CostWarnings.operations(quantized, model, floats: other)
        }
        for sentence in sentences { say(sentence) }
    }

    private func say(_ sentence: String) {
        state.withLock { $0.said.append(sentence) }
        if !isQuiet { Output.error("quantize: \(sentence)\n") }
    }
}
