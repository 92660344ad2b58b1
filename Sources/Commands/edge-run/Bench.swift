import Console
import EdgeFormat
import Inference
import Platform

extension Verb {
    /// `edge-run bench MODEL`
    static var bench: Verb {
        Verb(
            "bench", summary: "time a model on this machine; the last line is JSON", operands: "MODEL",
            operandCount: 1...1,
            options: [
                Option("seconds", argument: "S", help: "how long to measure; default 2"), .graph, .kernels,
                .threads,
            ], run: runBench)
    }
}

private func runBench(_ arguments: Arguments) throws(Failure) -> ExitStatus {
    let seconds = try arguments.decimal("seconds", in: 0.01...3600) ?? 2
    let session = try arguments.session()
    let model = session.model
    let drawn = GoldenVector(graph: 0, input: .seed(1), digests: [], outputs: [])
    let input = try reporting { () throws(EdgeError) in
        try drawn.inputBytes(for: session.graph.inputs.map { model.file.tensors[$0] }, place: model.path)
    }
    let times = measure(session, input, until: Clock.nanoseconds() + Int64(seconds * 1e9))
    let operations = session.operationTimes(input, runs: min(times.count, 200))
    if Interrupts.requested { throw Failure.interrupted }
    if !arguments.quiet {
        for index in operations.indices {
            let operation = model.file.operations[session.graph.operations.lowerBound + index]
            var time = JSONWriter()
            time.decimal(Double(operations[index]) / 1e3, digits: 2)
            try Output.print("\(operation.name): \(time.text) µs, \(session.kernelName(of: index))\n")
        }
    }
    try Output.print(json(model, session, times, operations) + "\n")
    return .done
}

/// Times of whole inferences in nanoseconds, sorted.
private func measure(_ session: Session, _ input: [UInt8], until end: Int64) -> [Int64] {
    var times: [Int64] = []
    times.reserveCapacity(1 << 16)
    while times.count < 10 || (Clock.nanoseconds() < end && times.count < 1 << 16), !Interrupts.requested {
        session.writeInputs(input)
        let start = Clock.nanoseconds()
        session.run()
        times.append(Clock.nanoseconds() - start)
    }
    return times.sorted()
}

private func json(_ model: Model, _ session: Session, _ times: [Int64], _ operations: [Int64]) -> String {
    var json = JSONWriter()
    json.beginObject()
    json.milliseconds("min_ms", times.first ?? 0)
    json.milliseconds("median_ms", times.isEmpty ? 0 : times[times.count / 2])
    json.key("runs")
    json.integer(times.count)
    json.key("kernels")
    json.string(session.kernels.name)
    json.key("operations")
    json.beginArray()
    for index in operations.indices {
        let operation = model.file.operations[session.graph.operations.lowerBound + index]
        json.beginObject()
        json.key("name")
        json.string(operation.name)
        json.key("kernel")
        json.string(session.kernelName(of: index))
        json.milliseconds("ms", operations[index])
        json.endObject()
    }
    json.endArray()
    json.endObject()
    return json.text
}
