import Console
import EdgeFormat
import Inference
import Platform
import Recognition

extension Verb {
    /// `edge-run verify MODEL [--set SET]`
    static var verify: Verb {
        Verb(
            "verify", summary: "prove that this machine computes what the workstation computed", operands: "MODEL",
            operandCount: 1...1,
            options: [
                Option("set", argument: "SET", help: "also run a test set that `quantize pack` wrote"),
                .json, .kernels, .threads,
            ], run: runVerify)
    }
}

private func runVerify(_ arguments: Arguments) throws(Failure) -> ExitStatus {
    let model = try arguments.model()
    let kernels = try arguments.kernelSet()
    let threads = try arguments.threadCount()
    let vectors = try reporting { () throws(EdgeError) in
        try Verification(model, kernels: kernels, threads: threads).run()
    }
    var result: SetVerification.Result?
    if let path = arguments.value("set") {
        let recognizer = try arguments.recognizer()
        let set = try reporting { () throws(EdgeError) in try SetVerification(path: path) }
        var bar = ProgressBar("verifying", total: set.count, quiet: arguments.quiet)
        result = try reporting { () throws(EdgeError) in
            try set.run(recognizer) { done in
                bar.update(done)
                return !Interrupts.requested
            }
        }
        bar.finish()
        if Interrupts.requested { throw Failure.interrupted }
    }
    if arguments.flag("json") {
        try Output.print(json(vectors, kernels, result) + "\n")
    } else if !arguments.quiet {
        try Output.print(
            "\(model.path): \(vectors) golden vectors agree, kernels \(kernels.name)"
                + (result.map { "; " + words($0) } ?? "") + "\n")
    }
    return .done
}

private func words(_ result: SetVerification.Result) -> String {
    let labelled = result.labelled == 0 ? "none labelled" : "\(result.right) of \(result.labelled) right"
    return "\(result.count) pictures agree, " + labelled
}

private func json(_ vectors: Int, _ kernels: KernelSet, _ result: SetVerification.Result?) -> String {
    var json = JSONWriter()
    json.beginObject()
    json.key("golden_vectors")
    json.integer(vectors)
    json.key("kernels")
    json.string(kernels.name)
    if let result {
        json.key("pictures")
        json.integer(result.count)
        json.key("right")
        json.integer(result.right)
        json.key("labelled")
        json.integer(result.labelled)
    }
    json.endObject()
    return json.text
}
