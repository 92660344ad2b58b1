import Console
import Datasets
import EdgeFormat
import Evaluation
import Inference
import ModelGraph
import Platform
import Quantization

extension Verb {
    /// `quantize evaluate MODEL --data DATA`
    static var evaluate: Verb {
        Verb(
            "evaluate", summary: "measure a model's accuracy on labelled pictures, or how a denoiser draws",
            operands: "MODEL",
            operandCount: 1...1,
            options: [
                Option("data", argument: "DATA", help: "labelled pictures; the `t10k-*` half of an IDX folder"),
                .labels,
                Option("split", argument: "HALF", help: "train or test; default test"),
                Option("count", argument: "N", help: "only the first N pictures"),
                Option("float", argument: "MODEL", help: "also evaluate this network and print the difference"),
                Option("at-least", argument: "PERCENT", help: "exit status 1 when top-1 is lower"),
                Option("outputs", argument: "FILE.npy", help: "write every picture's output as floats"),
                Option("json", help: "print one JSON object"),
                .kernels, .threads,
            ] + Option.denoiser + Option.input,
            run: runEvaluate)
    }
}

private func runEvaluate(_ arguments: Arguments) throws(Failure) -> ExitStatus {
    if isCompiled(arguments.operands[0]) {
        let model = try reporting { () throws(EdgeError) in try Model(path: arguments.operands[0]) }
        if model.file.steps != nil { return try evaluateDenoiser(model, arguments) }
    }
    for option in Option.denoiser where arguments.value(option.long) != nil {
        throw Failure(.usage, "--\(option.long): \(arguments.operands[0]) is no compiled denoiser")
    }
    let pictures = try labelledPictures(arguments)
    try reporting { () throws(EdgeError) in
        do throws(EdgeError) {
            try pictures.requireLabels()
        } catch {
            throw error.within(arguments.value("data") ?? "")
        }
    }
    let result = try evaluation(of: arguments.operands[0], pictures, arguments)
    if let path = arguments.value("outputs") { try write(outputs(result, pictures.count), to: path) }
    var reference: Evaluation?
    if let path = arguments.value("float") { reference = try evaluation(of: path, pictures, arguments) }
    try report(result, reference, arguments)
    if let least = try arguments.decimal("at-least", in: 0...100), result.accuracy.top1 < least {
        throw Failure(
            .check, "\(arguments.operands[0]): top-1 is \(hundredths(result.accuracy.top1)) %, below \(least) %")
    }
    return .done
}

/// The pictures that `--data`, `--split` and `--count` name.
func labelledPictures(_ arguments: Arguments) throws(Failure) -> LabelledPictures {
    let path = try required("data", arguments, "a folder or .tar of pictures")
    let split: Split = try arguments.choice("split", of: ["train", "test"]) == 0 ? .train : .test
    let pictures = try reporting { () throws(EdgeError) in
        try DataSource.open(path, split: split, labels: arguments.value("labels"))
    }
    guard pictures.count > 0 else { throw Failure(.data, "\(path): holds no pictures") }
    guard let count = try arguments.integer("count", in: 1...10_000_000) else { return pictures }
    return pictures.subset(0..<min(count, pictures.count))
}

private func evaluation(of path: String, _ pictures: LabelledPictures, _ arguments: Arguments) throws(Failure)
    -> Evaluation
{
    let progress = SharedProgress("evaluating " + path, total: pictures.count, quiet: arguments.quiet)
    let threads = try arguments.threadCount
    let result: Evaluation
    if isCompiled(path) {
        result = try reporting { () throws(EdgeError) in
            let set = try arguments.value("kernels").map { (name) throws(EdgeError) in try KernelSet(named: name) }
            return try Evaluation.run(
                Model(path: path), pictures, kernels: set ?? .best, threads: threads
            ) { progress.add($0) }
        }
    } else {
        let graph = try readGraph(path)
        guard let preprocessing = try preprocessing(graph, arguments) else {
            throw Failure(.usage, "\(path): takes no pictures, so there is nothing to evaluate")
        }
        result = try reporting { () throws(EdgeError) in
            try Evaluation.run(graph.simplified(), preprocessing: preprocessing, pictures, threads: threads) {
                progress.add($0)
            }
        }
    }
    progress.finish()
    return result
}

private func outputs(_ result: Evaluation, _ count: Int) -> [UInt8] {
    let bytes = result.outputs.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
    return NumPyArray(.float32, shape: [count, result.outputCount], bytes: bytes).npy()
}

private func report(_ result: Evaluation, _ reference: Evaluation?, _ arguments: Arguments) throws(Failure) {
    if arguments.flag("json") {
        var json = JSONWriter()
        write(result.accuracy, named: arguments.operands[0], &json) { json in
            guard let reference, let name = arguments.value("float") else { return }
            json.key("float")
            write(reference.accuracy, named: name, &json) { _ in }
            json.key("difference")
            json.decimal(result.accuracy.top1 - reference.accuracy.top1, digits: 2)
        }
        try Output.print(json.text + "\n")
        return
    }
    try Output.print(line(arguments.operands[0], result.accuracy))
    guard let reference, let name = arguments.value("float") else { return }
    try Output.print(line(name, reference.accuracy))
    let difference = result.accuracy.top1 - reference.accuracy.top1
    try Output.print("difference: \(difference < 0 ? "−" : "+")\(hundredths(abs(difference))) points\n")
}

private func write(
    _ accuracy: Accuracy, named name: String, _ json: inout JSONWriter, _ more: (inout JSONWriter) -> Void
) {
    json.beginObject()
    json.key("model")
    json.string(name)
    json.key("right")
    json.integer(accuracy.right)
    json.key("total")
    json.integer(accuracy.total)
    json.key("top1")
    json.decimal(accuracy.top1, digits: 2)
    json.key("top5")
    json.decimal(accuracy.top5, digits: 2)
    more(&json)
    json.endObject()
}

private func line(_ name: String, _ accuracy: Accuracy) -> String {
    "\(name): top-1 \(hundredths(accuracy.top1)) % (\(accuracy.right) of \(accuracy.total)), top-5 \(hundredths(accuracy.top5)) %\n"
}

/// A percentage with two decimals.
func hundredths(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
}
