import Console
import Datasets
import EdgeFormat
import Platform

extension Verb {
    /// `train draw DIR`
    static var draw: Verb {
        Verb(
            "draw", summary: "draw camera frames of digits, 640x480, with the labels.txt that makes them a set",
            operands: "DIR", operandCount: 1...1,
            options: [
                Option("count", argument: "N", help: "how many; default 200"),
                Option("seed", argument: "N", help: "decides what is drawn; default 1"),
            ], run: runDraw)
    }
}

private func runDraw(_ arguments: Arguments) throws(Failure) -> ExitStatus {
    let folder = arguments.operands[0]
    let count = try arguments.integer("count", in: 1...100_000) ?? 200
    let seed = try arguments.integer("seed", in: 0...Int.max) ?? 1
    var bar = ProgressBar("drawing", total: count, quiet: arguments.quiet)
    try reporting { () throws(EdgeError) in
        try DrawnData.writeFrames(to: folder, seed: UInt64(seed), count: count) { bar.update($0) }
    }
    bar.finish()
    if !arguments.quiet { try Output.print("\(folder): \(count) frames and labels.txt\n") }
    return .done
}
