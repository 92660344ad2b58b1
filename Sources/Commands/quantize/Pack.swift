import Console
import Datasets
import EdgeFormat
import Evaluation
import Inference
import Platform

extension Verb {
    /// `quantize pack MODEL --data DATA -o SET`
    static var pack: Verb {
        Verb(
            "pack", summary: "pack labelled pictures with this machine's answers, for edge-run verify --set",
            operands: "MODEL",
            operandCount: 1...1,
            options: [
                Option("data", argument: "DATA", help: "labelled pictures; the `t10k-*` half of an IDX folder"),
                .labels,
                Option("split", argument: "HALF", help: "train or test; default test"),
                Option("count", argument: "N", help: "only the first N pictures"),
                .threads,
                Option("output", short: UInt8(ascii: "o"), argument: "SET", help: "the file to write"),
            ],
            run: runPack)
    }
}

private func runPack(_ arguments: Arguments) throws(Failure) -> ExitStatus {
    let path = arguments.operands[0]
    let output = try required("output", arguments, "name the file to write, -o SET")
    let pictures = try labelledPictures(arguments)
    let model = try reporting { () throws(EdgeError) in try Model(path: path) }
    let threads = try arguments.threadCount
    var file = try AtomicFile.begin(output)
    let progress = SharedProgress("packing", total: pictures.count, quiet: arguments.quiet)
    let packed = try reporting { () throws(EdgeError) in
        try SetPacking.pack(
            pictures, indices: Array(0..<pictures.count), model: model, producer: "quantize " + Version.text,
            threads: threads
        ) { progress.add($0) }
    }
    progress.finish()
    try file.fill(packed.file)
    try file.finish()
    guard !arguments.quiet else { return .done }
    try Output.print(
        "\(output): \(pictures.count) pictures, \(packed.file.count) bytes, "
            + (packed.accuracy.total == 0
                ? "none labelled\n" : "\(packed.accuracy.right) of \(packed.accuracy.total) right\n"))
    return .done
}
