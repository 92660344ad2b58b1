import Console
import Denoising
import Diffusion
import EdgeFormat
import Evaluation
import Inference
import Platform

extension Option {
    /// What `evaluate` takes for a denoiser alone.
    static let denoiser: [Option] = [
        Option("steps", argument: "N", help: "of a denoiser: DDIM steps of a picture; default as the model says"),
        Option("guidance", argument: "X", help: "of a denoiser: guidance; default as the model says"),
        Option("seed", argument: "N", help: "of a denoiser: seed of the noise; default 1"),
        Option(
            "classifier", argument: "MODEL.onnx",
            help: "of a denoiser: judges its pictures, and compares them with those of --data, which it needs"),
    ]
}

/// Pictures of a compiled denoiser beside those of the float network, judged by a classifier.
/// - Parameter least: percent of the pictures in which the classifier has to find the class.
func evaluateDenoiser(_ model: Model, atLeast least: Double?, _ arguments: Arguments) throws(Failure) -> ExitStatus {
    try checkOptions(arguments)
    let diffusion = try reporting { () throws(EdgeError) in try DiffusionModel(model) }
    if least != nil, diffusion.settings.classes == 0 {
        throw Failure(.usage, "--at-least: \(model.path) has no labels that could be found in its pictures")
    }
    let request = try request(diffusion, arguments)
    let kernels = try kernels(arguments)
    let denoiser = try floatDenoiser(diffusion, arguments)
    let jury = try Jury(arguments)
    let compiled = try sampled(model.path, request, arguments) { (threads, progress) throws(EdgeError) in
        try Sampling.run(diffusion, request, kernels: kernels, threads: threads, progress: progress)
    }
    var float: Sampling?
    if let denoiser, let path = arguments.value("float") {
        float = try sampled(path, request, arguments) { (threads, progress) throws(EdgeError) in
            try Sampling.run(denoiser.graph, denoiser.settings, request, threads: threads, progress: progress)
        }
    }
    var result = DenoiserEvaluation(compiled: compiled, float: float)
    try jury?.judge(&result, compiled, float, request, arguments)
    try Output.print(arguments.flag("json") ? json(result, arguments) : text(result, request, arguments))
    if let least, let found = result.compiled.found, 100 * found < least {
        throw Failure(
            .check, "\(model.path): the class is found in \(hundredths(100 * found)) %, below \(hundredths(least)) %")
    }
    return .done
}

/// Refuses options that say nothing of a denoiser, or nothing alone.
private func checkOptions(_ arguments: Arguments) throws(Failure) {
    try refuse(["outputs", "split"], arguments, "a denoiser is not evaluated on pictures; leave the option out")
    try refuse(Option.input.map(\.long), arguments, "a denoiser takes no pictures; leave the option out")
    switch (arguments.value("classifier"), arguments.value("data")) {
    case (nil, nil):
        try refuse(["labels"], arguments, "is the list of --data, which is not given")
        try refuse(
            ["at-least"], arguments, "what is in a picture is said by a classifier; give --classifier and --data")
    case (nil, _):
        throw Failure(.usage, "--data: real pictures are compared in a classifier's features; give --classifier")
    case (_, nil):
        throw Failure(.usage, "--classifier: real pictures say what size it knows; give --data")
    default: break
    }
}

/// The network of `--float`, if it is the kind of denoiser that was compiled.
private func floatDenoiser(_ compiled: DiffusionModel, _ arguments: Arguments) throws(Failure) -> FloatDenoiser? {
    guard let path = arguments.value("float") else { return nil }
    let graph = try readGraph(path, arguments)
    return try reporting { () throws(EdgeError) in
        do throws(EdgeError) {
            let denoiser = try FloatDenoiser(graph)
            try denoiser.check(against: compiled)
            return denoiser
        } catch {
            throw error.within(path)
        }
    }
}

private func request(_ diffusion: DiffusionModel, _ arguments: Arguments) throws(Failure) -> SamplingRequest {
    let steps = try arguments.integer("steps", in: 1...1000) ?? diffusion.settings.defaultSteps
    let guidance = try arguments.decimal("guidance", in: 0...100).map { Float($0) }
    let plan = try reporting { () throws(EdgeError) in
        try StepPlan(schedule: diffusion.schedule, sampler: .ddim(eta: 0), steps: steps)
    }
    var request = SamplingRequest(
        plan: plan, guidance: guidance ?? diffusion.settings.guidance, classes: diffusion.settings.classes)
    request.count = try arguments.integer("count", in: 1...1_000_000) ?? 100
    request.seed = UInt64(try arguments.integer("seed", in: 0...Int.max) ?? 1)
    return request
}

private func sampled(
    _ path: String, _ request: SamplingRequest, _ arguments: Arguments,
    _ body: (Int, @escaping @Sendable (Int) -> Void) throws(EdgeError) -> Sampling
) throws(Failure) -> Sampling {
    let bar = SharedProgress("drawing with " + path, total: request.count, quiet: arguments.quiet)
    let threads = try arguments.threadCount
    let sampling = try reporting { () throws(EdgeError) in
        do throws(EdgeError) {
            return try body(threads) { bar.add($0) }
        } catch {
            throw error.within(path)
        }
    }
    bar.finish()
    return sampling
}

private func text(
    _ result: DenoiserEvaluation, _ request: SamplingRequest, _ arguments: Arguments
) -> String {
    var text = "\(result.count) pictures, DDIM, \(request.plan.count) steps, guidance \(request.guidance)\n"
    text += line(arguments.operands[0], result.compiled)
    if let float = result.float, let name = arguments.value("float") { text += line(name, float) }
    if let ratio = result.medianPeakSignalToNoise {
        text += "median peak signal-to-noise ratio: \(ratio.isFinite ? hundredths(ratio) + " dB" : "no difference")\n"
    }
    guard result.compiled.distance != nil else { return text }
    let floor = result.floor.map(hundredths) ?? "not known, the data have none"
    return text + "Fréchet distance of the data's halves: \(floor)\n"
}

private func line(_ name: String, _ result: DenoiserEvaluation.Result) -> String {
    var parts: [String] = []
    if let found = result.found { parts.append("class found in \(hundredths(100 * found)) %") }
    if let distance = result.distance { parts.append("Fréchet distance \(hundredths(distance))") }
    if let seconds = result.stepSeconds { parts.append("\(hundredths(1000 * seconds)) ms a step") }
    return "\(name): \(parts.joined(separator: ", "))\n"
}

private func json(_ result: DenoiserEvaluation, _ arguments: Arguments) -> String {
    var json = JSONWriter()
    json.beginObject()
    json.key("model")
    json.string(arguments.operands[0])
    json.key("pictures")
    json.integer(result.count)
    write(result.compiled, &json)
    if let float = result.float {
        json.key("float")
        json.beginObject()
        write(float, &json)
        json.endObject()
    }
    number("median_psnr", result.medianPeakSignalToNoise, &json)
    number("data_frechet_distance", result.floor, &json)
    json.endObject()
    return json.text + "\n"
}

private func write(_ result: DenoiserEvaluation.Result, _ json: inout JSONWriter) {
    number("found", result.found, &json)
    number("frechet_distance", result.distance, &json)
    number("step_seconds", result.stepSeconds, &json)
}

/// What was not measured is left out.
private func number(_ name: StaticString, _ value: Double?, _ json: inout JSONWriter) {
    guard let value else { return }
    json.key(name)
    json.decimal(value, digits: 6)
}
