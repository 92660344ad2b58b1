public import EdgeFormat
public import ModelGraph
import Platform
public import Quantization

/// Looks for the cheapest recipe with which a model keeps its accuracy, one change after the other in the order of what
/// they cost; what helps is kept (docs/quantization.md).
public struct QuantizationSearch {
    /// A recipe that was tried.
    public struct Trial: Sendable {
        public let recipe: QuantizationRecipe
        /// Nil where the recipe cannot be followed: an operation of the model stands against it.
        public let verdict: SearchJudge.Verdict?
        public let seconds: Double
    }

    /// Why a search ended.
    public enum Ending: Sendable {
        /// A recipe holds the bar.
        case held
        /// There is nothing left to try.
        case exhausted
        case timeIsOver
    }

    /// The best recipe that was found.
    public struct Outcome: Sendable {
        public let recipe: QuantizationRecipe
        public let verdict: SearchJudge.Verdict
        public let ending: Ending
    }

    private struct Candidate {
        let recipe: QuantizationRecipe
        let verdict: SearchJudge.Verdict
        let quantized: Graph
    }

    private let imported: Graph
    private let preprocessing: Preprocessing
    private let data: ModelBuild.CalibrationData
    private let build: ModelBuild
    private let judge: SearchJudge
    /// The most that `Verdict.drop` may be.
    private let bar: Double
    /// On the clock that never jumps; nil for all the time there is.
    private let deadline: Int64?
    private let tell: (Trial) -> Void
    /// By whether channels are equalised.
    private var calibrated: [Bool: ModelBuild.CalibratedGraph] = [:]
    private var tried: [QuantizationRecipe] = []
    private var isLate = false

    private static let timeIsOver = EdgeError(.check, at: "", "the time is over")

    /// - Parameters:
    ///   - build: with the recipe to begin with.
    ///   - bar: the most that `SearchJudge.Verdict.drop` may be.
    ///   - deadline: by `Clock.nanoseconds`; the first recipe is tried whatever it is.
    ///   - tell: called with each recipe that was tried.
    /// - Throws: what goes wrong with the first recipe, and what the system refuses.
    public static func run(
        _ imported: Graph, _ preprocessing: Preprocessing, _ data: ModelBuild.CalibrationData, build: ModelBuild,
        judge: SearchJudge, bar: Double, deadline: Int64? = nil, tell: @escaping (Trial) -> Void = { _ in }
    ) throws(EdgeError) -> Outcome {
        var search = QuantizationSearch(imported, preprocessing, data, build, judge, bar, deadline, tell)
        let best = try search.best()
        let ending: Ending = best.verdict.drop <= bar ? .held : search.isLate ? .timeIsOver : .exhausted
        return Outcome(recipe: best.recipe, verdict: best.verdict, ending: ending)
    }

    private init(
        _ imported: Graph, _ preprocessing: Preprocessing, _ data: ModelBuild.CalibrationData, _ build: ModelBuild,
        _ judge: SearchJudge, _ bar: Double, _ deadline: Int64?, _ tell: @escaping (Trial) -> Void
    ) {
        (self.imported, self.preprocessing, self.data, self.judge) = (imported, preprocessing, data, judge)
        (self.bar, self.deadline, self.tell) = (bar, deadline, tell)
        var build = build
        build.afterStage = { _, _ in }
        build.afterCalibration = { _ in }
        build.progress = { _ in }
        build.learningProgress = { _, _ in }
        self.build = build
    }

    /// Goes through the changes, the cheapest one first.
    private mutating func best() throws(EdgeError) -> Candidate {
        guard var best = try candidate(build.recipe, isFirst: true) else { throw Self.timeIsOver }
        try improve(&best) { $0.biasCorrection = .empirical }
        for method in [.percentile(99.99), .leastSquares, .divergence] as [RangeMethod] {
            try improve(&best) { $0.ranges = method }
        }
        try improve(&best) { $0.weightRanges = .leastSquares }
        try improve(&best) { $0.learnsRanges = true }
        try improve(&best) { $0.equalizes = true }
        try improve(&best, \.sixteenBit) { $0.layersForWords }
        try improve(&best) { $0.rounding = .adaptive }
        try spareWords(&best)
        try improve(&best, \.floats) { $0.layersForFloats }
        try spareWords(&best)
        return best
    }

    /// Tries one change, and keeps it if it helps.
    private mutating func improve(
        _ best: inout Candidate, _ change: (inout QuantizationRecipe) -> Void
    ) throws(EdgeError) {
        guard !isOver(best) else { return }
        var recipe = best.recipe
        change(&recipe)
        guard let other = try candidate(recipe), other.verdict.isBetter(than: best.verdict) else { return }
        best = other
    }

    /// Names the worst layers, 1, 2, 4 … of them, and keeps what helps.
    /// - Parameter possible: the layers of a graph that may be named.
    private mutating func improve(
        _ best: inout Candidate, _ list: WritableKeyPath<QuantizationRecipe, [String]>,
        among possible: (Graph) -> [String]
    ) throws(EdgeError) {
        guard !isOver(best), let graph = calibrated[best.recipe.equalizes]?.graph, let samples = build.samples(data)
        else { return }
        let named = best.recipe[keyPath: list]
        let candidates = Set(possible(graph)).subtracting(named)
        let worst = try OwnErrors(float: graph, quantized: best.quantized)
            .worstLayers(samples, threads: build.threads).filter { candidates.contains($0) }
        var count = 1
        while count < 2 * worst.count {
            let layers = named + worst.prefix(count)
            try improve(&best) { $0[keyPath: list] = layers }
            count *= 2
        }
    }

    /// 16 bits that helped before something else did may not be needed any more.
    private mutating func spareWords(_ best: inout Candidate) throws(EdgeError) {
        guard best.verdict.drop <= bar, !isLate else { return }
        var recipe = best.recipe
        recipe.sixteenBit = build.recipe.sixteenBit
        guard let other = try candidate(recipe), other.verdict.drop <= bar else { return }
        best = other
    }

    /// Whether nothing more is to be tried.
    private mutating func isOver(_ best: Candidate) -> Bool {
        if let deadline, Clock.nanoseconds() > deadline { isLate = true }
        return isLate || best.verdict.drop <= bar
    }

    /// Builds and judges what a recipe makes of the model; nil where it was tried before, is in vain, or time is over.
    private mutating func candidate(_ recipe: QuantizationRecipe, isFirst: Bool = false) throws(EdgeError) -> Candidate?
    {
        guard !tried.contains(recipe) else { return nil }
        tried.append(recipe)
        let started = Clock.nanoseconds()
        func told(_ verdict: SearchJudge.Verdict?) {
            tell(Trial(recipe: recipe, verdict: verdict, seconds: Double(Clock.nanoseconds() - started) / 1e9))
        }
        do throws(EdgeError) {
            let candidate = try judged(recipe, isFirst: isFirst)
            told(candidate.verdict)
            return candidate
        } catch {
            guard !isFirst, error.kind != .system else { throw error }
            if error == Self.timeIsOver { isLate = true } else { told(nil) }
            return nil
        }
    }

    private mutating func judged(_ recipe: QuantizationRecipe, isFirst: Bool) throws(EdgeError) -> Candidate {
        var build = build
        build.recipe = recipe
        if let deadline, !isFirst {
            build.mayContinue = { () throws(EdgeError) in
                if Clock.nanoseconds() > deadline { throw Self.timeIsOver }
            }
        }
        let ready: ModelBuild.CalibratedGraph
        if let known = calibrated[recipe.equalizes] {
            ready = known
        } else {
            // Histograms, once, serve every method.
            ready = try build.calibrated(imported, data, method: .leastSquares)
            calibrated[recipe.equalizes] = ready
        }
        let quantized = try build.quantized(ready, data)
        let compiled = try build.compiled(quantized, preprocessing, data)
        try build.mayContinue()
        return Candidate(recipe: recipe, verdict: try judge.verdict(quantized, compiled), quantized: quantized)
    }
}
