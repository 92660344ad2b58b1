import Console
import EdgeFormat
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
    if let difference = difference(a, b) { throw Failure(.check, "\(names[0]), \(names[1]): \(difference)") }
    try Output.print("\(names[0]) and \(names[1]) compute the same\n")
    return .done
}

/// What differs first between two models' computations, or nil.
private func difference(_ a: ModelFile, _ b: ModelFile) -> String? {
    guard a.operations.count == b.operations.count else {
        return "\(a.operations.count) and \(b.operations.count) operations"
    }
    for index in a.operations.indices {
        let (x, y) = (a.operations[index], b.operations[index])
        guard x.kind == y.kind else { return "operation \(index) is a \(x.kind.name) and a \(y.kind.name)" }
        guard a.constantsDigest(index) == b.constantsDigest(index) else {
            return "operation '\(x.name)' has other weights, scales or tables"
        }
        let (s, t) = (a.tensors[x.output], b.tensors[y.output])
        guard s.shape == t.shape, s.scales == t.scales, s.zeroPoint == t.zeroPoint, s.minimum == t.minimum,
            s.maximum == t.maximum
        else { return "the result of operation '\(x.name)' has another shape, scale or clamp" }
    }
    guard a.inputs.map(\.pipeline) == b.inputs.map(\.pipeline) else { return "the input pipelines differ" }
    guard a.outputs.map(\.labels) == b.outputs.map(\.labels) else { return "the labels differ" }
    return nil
}
