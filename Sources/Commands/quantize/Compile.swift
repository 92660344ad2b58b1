import Compilation
import Console
import Datasets
import Diffusion
import EdgeFormat
import Evaluation
import Inference
import ModelFiles
import ModelGraph
import Platform
import Quantization

extension Verb {
    /// `quantize MODEL --calibration DATA -o OUT.edge`
    static var compile: Verb {
        Verb(
            "", summary: "quantize a network and compile it", operands: "MODEL", operandCount: 1...1,
            options: [
                Option(
                    "calibration", argument: "DATA",
                    help:
                        "pictures (folder, IDX, .tar; `train-*` of an IDX folder) or random:N; of a denoiser, trajectories:N (N samplings; default 32)"
                ),
                Option("calibration-count", argument: "N", help: "pictures to look at, spread evenly; default 512"),
                .labels,
                Option(
                    "precision", argument: "PRECISION",
                    help:
                        "int8 (default), or floats without calibration: fp32, or with smaller weights fp16, bf16, int8-weights"
                ),
                Option(
                    "ranges", argument: "METHOD",
                    help:
                        "how activation ranges are found: min-max (default), moving-average, percentile[:99.99], mse (default for a denoiser), kl"
                ),
                Option(
                    "learn-ranges",
                    help:
                        "move the ends of these ranges so that the results of each block are nearest to the float network's"
                ),
                Option(
                    "weight-ranges", argument: "METHOD", help: "how weight ranges are found: min-max (default) or mse"),
                Option(
                    "rounding", argument: "METHOD",
                    help:
                        "of weights: adaptive (default): up or down, whichever makes the layer's results better, or nearest"
                ),
                Option("equalize", help: "bring the channels between two layers to a common range"),
                Option(
                    "bias-correction", argument: "METHOD",
                    help:
                        "empirical (default: take away each channel's mean error, layer by layer), data-free (the means that batch norms name) or none"
                ),
                Option(
                    "sixteen-bit", argument: "NAME[,NAME]", repeats: true,
                    help: "layers whose input is kept in 16 bits, beside those that need it"),
                Option("float", argument: "NAME[,NAME]", repeats: true, help: "layers that are computed in floats"),
                Option(
                    "target", argument: "SET", repeats: true,
                    help: "pack weights for a kernel set: avx2, avxvnni, avx512vnni, neon, dotprod"),
                Option("print-after", argument: "STAGE", repeats: true, help: "print the graph after a stage"),
                .threads,
                Option("output", short: UInt8(ascii: "o"), argument: "OUT.edge", help: "the file to write"),
            ] + Option.search + Option.report + Option.input + Option.imports,
            run: runCompile)
    }
}

private func runCompile(_ arguments: Arguments) throws(Failure) -> ExitStatus {
    let started = Clock.nanoseconds()
    let path = arguments.operands[0]
    let output = try required("output", arguments, "name the file to write, -o OUT.edge")
    var build = try settings(arguments)
    let isFloat = build.recipe.precision != .int8
    if isFloat { try refuseCalibration(build.recipe.precision, arguments) }
    let warnings = Warnings(arguments)
    warnings.watch(&build)
    let graph = try readGraph(path, arguments)
    build.meta[.name] = graph.name
    build.meta[.producer] = "quantize " + Version.text
    build.meta[.source] = hexadecimal(xxh3(try read(path)))
    let preprocessing = try preprocessing(graph, arguments)
    if isFloat { return try compileFloat(graph, preprocessing, build, output, started, arguments) }
    if graph.isQuantized || graph.isPrescribed {
        return try compileQuantized(graph, preprocessing, build, output, started, warnings, arguments)
    }
    let (data, count) = try calibrationData(graph, preprocessing, &build.recipe, arguments)
    let plan = try ReportPlan(&build, graph, data, arguments)
    var file = try AtomicFile.begin(output)
    var report = try beginReport(arguments)
    try warnings.review(graph, data, build)
    let search = try RecipeSearch(&build, graph, preprocessing, data, arguments)
    let progress = SharedProgress(
        "calibrating", total: search == nil ? count : build.recipe.calibrationCount, quiet: arguments.quiet)
    build.progress = { progress.add($0) }
    let learning = LateProgress("learning ranges", quiet: arguments.quiet)
    build.learningProgress = { learning.update($0, of: $1) }
    let compiled = try reporting { () throws(EdgeError) in
        do throws(EdgeError) {
            return try build.run(graph, preprocessing: preprocessing, data: data)
        } catch {
            throw error.within(path)
        }
    }
    progress.finish()
    try file.fill(compiled.file)
    // A denoiser is compiled in integers only.
    let floats: Graph? = if case .trajectories = data { nil } else { graph }
    try warnings.reviewCost(compiled.file, hasSamples: !data.isRandom, floats: floats, build)
    if let plan, var files = report.take() {
        try plan.fill(
            &files, compiled.file, build.flags(graph, preprocessing), warnings.sentences, arguments)
        try files.finish()
    }
    try file.finish()
    try tell(compiled, output, started, build.flags(graph, preprocessing), arguments)
    try search?.requireHeld(arguments, output)
    return .done
}

/// Refuses what only networks that compute with integers need.
private func refuseCalibration(
    _ precision: QuantizationRecipe.Precision, _ arguments: Arguments
) throws(Failure) {
    try refuse(
        [
            "calibration", "ranges", "learn-ranges", "sixteen-bit", "float", "max-drop", "report", "report-data",
            "report-labels",
        ],
        arguments, "\(precision.rawValue) computes with floats, for which nothing is calibrated")
    guard precision != .int8Weights else { return }
    try refuse(["weight-ranges"], arguments, "\(precision.rawValue) makes no integers of weights")
}

/// Compiles a network that computes with floats.
private func compileFloat(
    _ graph: Graph, _ preprocessing: Preprocessing?, _ build: ModelBuild, _ output: String, _ started: Int64,
    _ arguments: Arguments
) throws(Failure) -> ExitStatus {
    var file = try AtomicFile.begin(output)
    let compiled = try reporting { () throws(EdgeError) in
        do throws(EdgeError) {
            return try build.runFloat(graph, preprocessing: preprocessing)
        } catch {
            throw error.within(arguments.operands[0])
        }
    }
    try file.fill(compiled.file)
    try file.finish()
    try tell(compiled, output, started, build.flags(graph, preprocessing), arguments)
    return .done
}

/// Compiles a network that keeps the scales of its file.
private func compileQuantized(
    _ graph: Graph, _ preprocessing: Preprocessing?, _ build: ModelBuild, _ output: String, _ started: Int64,
    _ warnings: Warnings, _ arguments: Arguments
) throws(Failure) -> ExitStatus {
    try refuse(
        [
            "calibration", "calibration-count", "labels", "ranges", "learn-ranges", "weight-ranges", "rounding",
            "bias-correction",
            "sixteen-bit", "float", "max-drop", "report", "report-data", "report-labels",
        ], arguments, "the network is quantized already and keeps its own scales; leave the option out")
    var file = try AtomicFile.begin(output)
    let compiled = try reporting { () throws(EdgeError) in
        do throws(EdgeError) {
            return try build.run(quantized: graph, preprocessing: preprocessing)
        } catch {
            throw error.within(arguments.operands[0])
        }
    }
    try file.fill(compiled.file)
    try warnings.reviewCost(compiled.file, build)
    try file.finish()
    try tell(compiled, output, started, build.flags(graph, preprocessing, keepsScales: true), arguments)
    return .done
}

/// Says what was written.
private func tell(
    _ compiled: CompiledModel, _ output: String, _ started: Int64, _ recipe: String, _ arguments: Arguments
) throws(Failure) {
    guard !arguments.quiet else { return }
    let seconds = Double(Clock.nanoseconds() - started) / 1e9
    try Output.print(
        """
        \(arguments.operands[0]) → \(output): \(compiled.file.count) bytes, \(DecimalText.format(seconds, digits: 1)) s
        arena: \(compiled.arenaSize) bytes, lower bound \(compiled.arenaLowerBound)
        recipe: \(recipe)

        """)
}

private func settings(_ arguments: Arguments) throws(Failure) -> ModelBuild {
    var build = ModelBuild()
    build.threads = try arguments.threadCount
    if let name = arguments.value("precision") {
        guard let precision = QuantizationRecipe.Precision(rawValue: name) else {
            let names = QuantizationRecipe.Precision.allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure(.usage, "--precision \(name): there is no such precision; there are \(names)")
        }
        build.recipe.precision = precision
    }
    if let name = arguments.value("ranges") {
        guard let method = RangeMethod(name) else {
            throw Failure(
                .usage,
                "--ranges \(name): there is no such method; use min-max, moving-average, percentile:P, mse or kl")
        }
        build.recipe.ranges = method
    }
    build.recipe.learnsRanges = arguments.flag("learn-ranges")
    if let choice = try arguments.choice("weight-ranges", of: ["min-max", "mse"]) {
        build.recipe.weightRanges = choice == 0 ? .minMax : .leastSquares
    }
    if let choice = try arguments.choice("rounding", of: ["adaptive", "nearest"]) {
        build.recipe.rounding = choice == 0 ? .adaptive : .nearest
    }
    build.recipe.equalizes = arguments.flag("equalize")
    if let choice = try arguments.choice("bias-correction", of: ["empirical", "data-free", "none"]) {
        build.recipe.biasCorrection = [.empirical, .dataFree, .none][choice]
    }
    if let count = try arguments.integer("calibration-count", in: 1...1_000_000) {
        build.recipe.calibrationCount = count
    }
    build.recipe.sixteenBit = arguments.names("sixteen-bit")
    build.recipe.floats = arguments.names("float")
    for name in arguments.values("target") {
        guard let set = KernelSet.known.first(where: { $0.name == name }) else {
            let names = KernelSet.known.map(\.name).joined(separator: ", ")
            throw Failure(.usage, "--target \(name): there is no such kernel set; there are \(names)")
        }
        if !build.packedSets.contains(set.number) { build.packedSets.append(set.number) }
    }
    let stages = arguments.values("print-after")
    for stage in stages where !ModelBuild.stages.contains(stage) {
        throw Failure(.usage, "--print-after \(stage): the stages are \(ModelBuild.stages.joined(separator: ", "))")
    }
    build.afterStage = { name, graph in
        if stages.contains(name) { Output.error("after \(name):\n\(graph.text)\n") }
    }
    return build
}

/// What calibration looks at, and how many samples that is.
private func calibrationData(
    _ graph: Graph, _ preprocessing: Preprocessing?, _ recipe: inout QuantizationRecipe, _ arguments: Arguments
) throws(Failure) -> (ModelBuild.CalibrationData, Int) {
    if let settings = try reporting({ () throws(EdgeError) in try DiffusionSettings(metadata: graph.metadata) }) {
        try refuse(
            [
                "calibration-count", "labels", "learn-ranges", "bias-correction", "equalize", "rounding", "float",
                "max-drop",
            ], arguments,
            "a denoiser makes its own data; leave the option out")
        (recipe.biasCorrection, recipe.rounding) = (.none, .nearest)
        if arguments.value("ranges") == nil { recipe.ranges = .leastSquares }
        recipe.trajectories = try trajectoryCount(arguments) ?? recipe.trajectories
        let trajectories = Trajectories(settings, count: recipe.trajectories)
        return (.trajectories(trajectories), trajectories.totalSteps)
    }
    let source = try required(
        "calibration", arguments, "int8 needs pictures to calibrate with; a few hundred are enough")
    if source.hasPrefix("random:") {
        guard let count = Int(source.dropFirst(7)), (1...10_000).contains(count) else {
            throw Failure(.usage, "--calibration \(source): write random:N with N in 1 … 10000")
        }
        if !arguments.quiet {
            Output.error("quantize: calibrating with random numbers: fit for timing only, the answers will be wrong\n")
        }
        return (.tensors(RandomSamples.make(graph, count: count)), count)
    }
    guard let preprocessing else {
        throw Failure(.usage, "--calibration \(source): the model's input is no picture; only random:N can be used")
    }
    let pictures = try reporting { () throws(EdgeError) in
        try DataSource.open(source, split: .train, labels: arguments.value("labels"))
    }
    guard pictures.count > 0 else { throw Failure(.data, "\(source): holds no pictures to calibrate with") }
    return (.pictures(pictures, preprocessing), recipe.samples(of: pictures.count).count)
}

/// How many samplings calibration of a denoiser follows, where that is said.
private func trajectoryCount(_ arguments: Arguments) throws(Failure) -> Int? {
    guard let source = arguments.value("calibration") else { return nil }
    let prefix = "trajectories:"
    guard source.hasPrefix(prefix), let count = Int(source.dropFirst(prefix.count)), (1...10_000).contains(count)
    else {
        throw Failure(
            .usage,
            "--calibration \(source): the model is a denoiser, which makes its own data; write trajectories:N with N in 1 … 10000"
        )
    }
    return count
}

/// 16 digits.
func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
