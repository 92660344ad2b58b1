import Console
import Datasets
import EdgeFormat
import Evaluation
import ModelGraph
import Platform
import Quantization

extension Option {
    /// `--max-drop` and what belongs to it.
    static let search: [Option] = [
        Option(
            "max-drop", argument: "POINTS",
            help:
                "search for the cheapest settings that lose no more points of top-1 (without labels: that many percent of the answers); exit status 1 when none does"
        ),
        Option(
            "time-limit", argument: "TIME", help: "of the search: 90s, 10m (default) or 1h; the best so far is written"),
        Option(
            "search-data", argument: "DATA",
            help: "pictures that judge the search; by default calibration's set, without those that calibrate"),
        Option("search-labels", argument: "FILE", help: "list of `file index` lines for --search-data"),
    ]
}

/// The search that `--max-drop` asks for, when it is done.
struct RecipeSearch {
    private let outcome: QuantizationSearch.Outcome
    private let judge: SearchJudge
    private let bar: Double

    /// Searches, and leaves the best recipe in the build; nil where it is not asked for.
    init?(
        _ build: inout ModelBuild, _ graph: Graph, _ preprocessing: Preprocessing?, _ data: ModelBuild.CalibrationData,
        _ arguments: Arguments
    ) throws(Failure) {
        let started = Clock.nanoseconds()
        guard let bar = try arguments.decimal("max-drop", in: 0...100) else {
            try refuse(["time-limit", "search-data", "search-labels"], arguments, "belongs to --max-drop POINTS")
            return nil
        }
        guard case .pictures(let pictures, _) = data, let preprocessing else {
            throw Failure(.usage, "--max-drop: only pictures can judge what a model loses")
        }
        let deadline = started + Int64(try timeLimit(arguments) * 1e9)
        let others = try judgingPictures(pictures, &build.recipe, arguments)
        let threads = try arguments.threadCount
        let judge = try reporting { () throws(EdgeError) in
            try SearchJudge(graph, preprocessing, others, threads: threads)
        }
        let allowed = judge.allowance(bar)
        self.judge = judge
        self.bar = allowed
        if !arguments.quiet { Output.error(introduction(judge, allowed > bar)) }
        let quiet = arguments.quiet
        let start = build
        outcome = try reporting { () throws(EdgeError) in
            do throws(EdgeError) {
                return try QuantizationSearch.run(
                    graph, preprocessing, data, build: start, judge: judge, bar: allowed, deadline: deadline
                ) { trial in
                    if !quiet { Output.error(line(trial, judge)) }
                }
            } catch {
                throw error.within(arguments.operands[0])
            }
        }
        build.recipe = outcome.recipe
    }

    /// Ends the command with status 1 where the bar is missed.
    func requireHeld(_ arguments: Arguments, _ output: String) throws(Failure) {
        guard outcome.ending != .held else { return }
        let time = outcome.ending == .timeIsOver ? " when the time was over" : ""
        throw Failure(
            .check,
            "\(arguments.operands[0]): the best settings\(time) lose \(loss(outcome.verdict, judge.measure)), above \(hundredths(bar)); \(output) has them"
        )
    }
}

/// The pictures that judge.
private func judgingPictures(
    _ calibration: LabelledPictures, _ recipe: inout QuantizationRecipe, _ arguments: Arguments
) throws(Failure) -> LabelledPictures {
    guard let path = arguments.value("search-data") else {
        try refuse(["search-labels"], arguments, "belongs to --search-data DATA")
        let others = SearchJudge.others(calibration, besides: &recipe)
        guard others.count > 0 else {
            throw Failure(
                .usage, "--max-drop: one picture can calibrate or judge, not both; give more, or --search-data DATA")
        }
        return others
    }
    let pictures = try reporting { () throws(EdgeError) in
        try DataSource.open(path, split: .train, labels: arguments.value("search-labels"))
    }
    guard pictures.count > 0 else { throw Failure(.data, "\(path): holds no pictures") }
    return SearchJudge.thinned(pictures)
}

/// Seconds.
private func timeLimit(_ arguments: Arguments) throws(Failure) -> Double {
    guard let text = arguments.value("time-limit") else { return 600 }
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
    guard let last = text.last, let unit = units[last], let number = DecimalText.parse(String(text.dropLast())),
        number > 0, number * unit <= 1e6
    else {
        throw Failure(.usage, "--time-limit \(text): write seconds, minutes or hours, as 90s, 10m or 1h")
    }
    return number * unit
}

/// - Parameter isCoarse: whether one picture is worth more than the bar.
private func introduction(_ judge: SearchJudge, _ isCoarse: Bool) -> String {
    let point = hundredths(judge.step)
    let measure =
        switch judge.measure {
        case .labels:
            "top-1 by their labels, one is \(point) points; the float network has \(judge.float.accuracy.right) right"
        case .agreement: "answers as the float network's, one is \(point) percent"
        case .signal: "energy of errors in percent"
        }
    let chance = isCoarse ? "; that is more than the bar, so one may be lost" : ""
    return "quantize: searching, judged by \(judge.count) pictures: \(measure)\(chance)\n"
}

/// One line for a recipe that was tried.
private func line(_ trial: QuantizationSearch.Trial, _ judge: SearchJudge) -> String {
    let time = DecimalText.format(trial.seconds, digits: 1)
    guard let verdict = trial.verdict else { return "  \(trial.recipe.flags()): impossible, \(time) s\n" }
    let hits = judge.measure == .signal ? "" : "\(verdict.hits) of \(verdict.total), "
    let noise = verdict.ratio < .infinity ? ", \(DecimalText.format(verdict.ratio, digits: 1)) dB" : ""
    return "  \(trial.recipe.flags()): \(hits)drop \(signed(verdict.drop))\(noise), \(time) s\n"
}

private func loss(_ verdict: SearchJudge.Verdict, _ measure: SearchJudge.Measure) -> String {
    switch measure {
    case .labels: "\(hundredths(verdict.drop)) points of top-1 on \(verdict.total) pictures"
    case .agreement: "\(hundredths(verdict.drop)) % of the float network's answers on \(verdict.total) pictures"
    case .signal: "\(hundredths(verdict.drop)) % of the outputs' energy on \(verdict.total) pictures"
    }
}

private func signed(_ value: Double) -> String { (value < 0 ? "−" : "") + hundredths(abs(value)) }
