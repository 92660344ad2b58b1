import Console
import Datasets
import Denoising
import Diffusion
import EdgeFormat
import Evaluation
import Inference
import ModelGraph
import Platform

extension Option {
    /// What `evaluate` takes for a denoiser alone.
    static let denoiser: [Option] = [
        Option("steps", argument: "N", help: "of a denoiser: DDIM steps of a picture; default 50"),
        Option("guidance", argument: "X", help: "of a denoiser: guidance; default the model's"),
        Option("seed", argument: "N", help: "of a denoiser: seed of the noise; default 1"),
        Option(
            "classifier", argument: "MODEL.onnx",
            help: "of a denoiser: judges its pictures, and compares them with those of --data"),
    ]
}

/// Pictures of a compiled denoiser beside those of the float network, judged by a classifier.
func evaluateDenoiser(_ model: Model, _ arguments: Arguments) throws(Failure) -> ExitStatus {
    let diffusion = try reporting { () throws(EdgeError) in try DiffusionModel(model) }
    let request = try request(diffusion, arguments)
    let compiled = try sampled(model.path, request, arguments) { (threads, progress) throws(EdgeError) in
        let set = try arguments.value("kernels").map { (name) throws(EdgeError) in try KernelSet(named: name) }
        return try Sampling.run(diffusion, request, kernels: set ?? .best, threads: threads, progress: progress)
    }
    var float: Sampling?
    if let path = arguments.value("float") {
        let graph = try readGraph(path)
        guard let settings = try reporting({ () throws(EdgeError) in try DiffusionSettings(metadata: graph.metadata) })
        else { throw Failure(.usage, "\(path): is no denoiser, as \(model.path) is") }
        float = try sampled(path, request, arguments) { (threads, progress) throws(EdgeError) in
            try Sampling.run(graph, settings, request, threads: threads, progress: progress)
        }
    }
    var result = DenoiserEvaluation(compiled: compiled, float: float)
    try judge(&result, compiled, float, request, arguments)
    try Output.print(arguments.flag("json") ? json(result, arguments) : text(result, request, arguments))
    return .done
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

private func judge(
    _ result: inout DenoiserEvaluation, _ compiled: Sampling, _ float: Sampling?, _ request: SamplingRequest,
    _ arguments: Arguments
) throws(Failure) {
    guard let path = arguments.value("classifier") else {
        guard arguments.value("data") == nil else {
            throw Failure(.usage, "--data: real pictures are compared in a classifier's features; give --classifier")
        }
        return
    }
    let graph = try readGraph(path)
    var halves: [LabelledPictures] = []
    if let data = arguments.value("data") {
        halves = try reporting { () throws(EdgeError) in
            [
                try DataSource.open(data, split: .train, labels: arguments.value("labels")),
                try DataSource.open(data, split: .test, labels: arguments.value("labels")),
            ]
        }
    }
    let total = halves.reduce(compiled.count + (float?.count ?? 0)) { $0 + $1.count }
    let bar = SharedProgress("judging by " + path, total: total, quiet: arguments.quiet)
    let threads = try arguments.threadCount
    result = try reporting { () throws(EdgeError) in
        var judged = result
        let judge = try PictureJudge(graph)
        try judged.judge(
            compiled, float, request, by: judge, train: halves.first, test: halves.last, threads: threads
        ) { bar.add($0) }
        return judged
    }
    bar.finish()
}

private func text(
    _ result: DenoiserEvaluation, _ request: SamplingRequest, _ arguments: Arguments
) -> String {
    var text = "\(result.count) pictures, DDIM, \(request.plan.count) steps, guidance \(request.guidance)\n"
    text += line(arguments.operands[0], result.compiled)
    if let float = result.float, let name = arguments.value("float") { text += line(name, float) }
    if let ratio = result.medianPeakSignalToNoise {
        text += "median peak signal-to-noise ratio: \(hundredths(min(ratio, 999))) dB\n"
    }
    if let floor = result.floor { text += "distance of the data's halves: \(hundredths(floor))\n" }
    return text
}

private func line(_ name: String, _ result: DenoiserEvaluation.Result) -> String {
    var parts: [String] = []
    if let found = result.found { parts.append("class found in \(hundredths(100 * found)) %") }
    if let distance = result.distance { parts.append("distance to the data \(hundredths(distance))") }
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
    number("data_distance", result.floor, &json)
    json.endObject()
    return json.text + "\n"
}

private func write(_ result: DenoiserEvaluation.Result, _ json: inout JSONWriter) {
    number("found", result.found, &json)
    number("distance", result.distance, &json)
    number("step_seconds", result.stepSeconds, &json)
}

/// What was not measured is left out.
private func number(_ name: StaticString, _ value: Double?, _ json: inout JSONWriter) {
    guard let value else { return }
    json.key(name)
    json.decimal(value, digits: 6)
}
