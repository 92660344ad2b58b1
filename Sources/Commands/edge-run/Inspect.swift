import Console
import EdgeFormat
import Inference
import Platform

extension Verb {
    /// `edge-run inspect MODEL`
    static var inspect: Verb {
        Verb(
            "inspect", summary: "print what a compiled model holds", operands: "MODEL", operandCount: 1...1,
            options: [.json], run: runInspect)
    }
}

private func runInspect(_ arguments: Arguments) throws(Failure) -> ExitStatus {
    let model = try arguments.model()
    let description = ModelDescription(model.file)
    try Output.print(arguments.flag("json") ? description.json : description.text)
    return .done
}
