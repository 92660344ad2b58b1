import Console
import EdgeFormat
import Evaluation
import Inference
import Platform

extension Verb {
    /// `quantize compare A B`
    static var compare: Verb {
        Verb(
            "compare", summary: "tell whether two compiled models compute the same", operands: "A B",
            operandCount: 2...2,
            run: runCompare)
    }
}

private func runCompare(_ arguments: Arguments) throws(Failure) -> ExitStatus {
    let names = arguments.operands
    let (a, b) = try reporting { () throws(EdgeError) in
        (try Model(path: names[0]).file, try Model(path: names[1]).file)
    }
    if let difference = ModelDifference.first(a, b) { throw Failure(.check, "\(names[0]), \(names[1]): \(difference)") }
    try Output.print("\(names[0]) and \(names[1]) compute the same\n")
    return .done
}
