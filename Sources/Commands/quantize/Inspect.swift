import Console
import EdgeFormat
import Inference
import ModelGraph
import Platform

extension Verb {
    /// `quantize inspect MODEL`
    static var inspect: Verb {
        Verb(
            "inspect", summary: "print what a model file holds", operands: "MODEL", operandCount: 1...1,
            options: [Option("json", help: "as JSON (compiled models)")] + Option.imports,
            run: runInspect)
    }
}

private func runInspect(_ arguments: Arguments) throws(Failure) -> ExitStatus {
    let path = arguments.operands[0]
    guard isCompiled(path) else {
        try Output.print(try readGraph(path, arguments).text)
        return .done
    }
    let model = try reporting { () throws(EdgeError) in try Model(path: path) }
    try Output.print(arguments.flag("json") ? ModelDescription(model.file).json : ModelDescription(model.file).text)
    return .done
}
