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
                Option(
                    "count", argument: "N",
                    help: "only the first N pictures; of a denoiser: pictures to draw, default 100"),
                Option(
                    "float", argument: "MODEL",
                    help: "also evaluate this network, its input as the model's, and print the difference"),
                Option(
                    "at-least", argument: "PERCENT",
                    help: "exit status 1 when top-1 is lower; of a denoiser: when --classifier finds the class in fewer"
                ),
                Option("outputs", argument: "FILE.npy", help: "write every picture's output as floats"),
                Option("json", help: "print one JSON object"),
                Option("keep-states", help: "a model that remembers goes on from picture to picture, on one thread"),
                .kernels, .threads,
            ] + Option.denoiser + Option.input,
            run: runEvaluate)
    }
}

private func runEvaluate(_ arguments: Arguments) throws(Failure) -> ExitStatus {
    let least = try arguments.decimal("at-least", in: 0...100)
    if isCompiled(arguments.operands[0]) {
        let model = try reporting { () throws(EdgeError) in try Model(path: arguments.operands[0]) }
        if model.file.steps != nil { return try evaluateDenoiser(model, atLeast: least, arguments) }
    }
    try refuse(Option.denoiser.map(\.long), arguments, "\(arguments.operands[0]) is no compiled denoiser")
    let pictures = try labelledPictures(arguments)
    try reporting { () throws(EdgeError) in
        do throws(EdgeError) {
            try pictures.requireLabels()
        } catch {
            throw error.within(arguments.value("data") ?? "")
        }
    }
    // All files are opened and begun before any of the work.
    let candidate = try Candidate(arguments.operands[0], arguments)
    let other = try arguments.value("float").map { (path) throws(Failure) in
        try Candidate(path, arguments, inputAs: candidate.recipe)
    }
    var file: AtomicFile? = nil
    if let path = arguments.value("outputs") { file = try AtomicFile.begin(path) }
    let result = try candidate.evaluation(pictures, arguments)
    if var file = file.take() {
        try file.fill(outputs(result, pictures.count))
        try file.finish()
    }
    let reference = try other.map { (other) throws(Failure) in try other.evaluation(pictures, arguments) }
    try report(result, reference, arguments)
    if let least, result.accuracy.top1 < least {
        throw Failure(
            .check,
            "\(arguments.operands[0]): top-1 is \(hundredths(result.accuracy.top1)) %, below \(hundredths(least)) %")
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

/// A model that is ready to be evaluated.
private struct Candidate {
    private enum Kind {
        case compiled(Model, KernelSet)
        case float(Graph, Preprocessing)
    }

    private let path: String
    private let kind: Kind

    /// - Parameter recipe: of a compiled model whose pictures a float network gets in the same way, unless flags say
    ///   otherwise.
    init(_ path: String, _ arguments: Arguments, inputAs recipe: String = "") throws(Failure) {
        self.path = path
        if isCompiled(path) {
            let model = try reporting { () throws(EdgeError) in try Model(path: path) }
            kind = .compiled(model, try kernels(arguments))
            return
        }
        let graph = try readGraph(path, arguments)
        guard let preprocessing = try preprocessing(graph, arguments, else: recipe) else {
            throw Failure(.usage, "\(path): takes no pictures, so there is nothing to evaluate")
        }
        kind = .float(graph, preprocessing)
    }

    /// The flags that a compiled model was made with.
    var recipe: String {
        guard case .compiled(let model, _) = kind else { return "" }
        return model.file.meta[.recipe] ?? ""
    }

    func evaluation(_ pictures: LabelledPictures, _ arguments: Arguments) throws(Failure) -> Evaluation {
        let progress = SharedProgress("evaluating " + path, total: pictures.count, quiet: arguments.quiet)
        let threads = try arguments.threadCount
        let result = try reporting { () throws(EdgeError) in
            switch kind {
            case .compiled(let model, let kernels):
                return try Evaluation.run(
                    model, pictures, kernels: kernels, threads: threads, keepsStates: arguments.flag("keep-states")
                ) { progress.add($0) }
            case .float(let graph, let preprocessing):
                return try Evaluation.run(graph.simplified(), preprocessing: preprocessing, pictures, threads: threads)
                {
                    progress.add($0)
                }
            }
        }
        progress.finish()
        return result
    }
}

/// The kernel set that `--kernels` names, else the best one here.
func kernels(_ arguments: Arguments) throws(Failure) -> KernelSet {
    guard let name = arguments.value("kernels") else { return .best }
    return try reporting { () throws(EdgeError) in try KernelSet(named: name) }
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

/// Two decimals.
func hundredths(_ value: Double) -> String { DecimalText.format(value, digits: 2) }
