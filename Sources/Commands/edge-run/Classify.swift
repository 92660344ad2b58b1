import Console
import EdgeFormat
import Imaging
import Platform
import Recognition

extension Verb {
    /// `edge-run classify MODEL FILE…`
    static var classify: Verb {
        Verb(
            "classify", summary: "classify pictures: .jpg, .png, .pgm, .ppm and dumped .raw frames",
            operands: "MODEL FILE…",
            operandCount: 2...Int.max, options: [.json, .kernels, .threads], run: runClassify)
    }
}

private func runClassify(_ arguments: Arguments) throws(Failure) -> ExitStatus {
    let recognizer = try arguments.recognizer()
    var status = ExitStatus.done
    for path in arguments.operands.dropFirst() {
        if Interrupts.requested { throw Failure.interrupted }
        let line: String
        do throws(Failure) {
            line = try classify(path, recognizer, asJSON: arguments.flag("json"))
        } catch {
            // Of several files one bad one gets its line, and the others are done.
            if arguments.operands.count == 2 || error.status == .interrupted { throw error }
            Output.error("edge-run: " + error.line + "\n")
            status = .data
            continue
        }
        try Output.print(line)
    }
    return status
}

/// The line of a picture.
private func classify(_ path: String, _ recognizer: Recognizer, asJSON: Bool) throws(Failure) -> String {
    let start = Clock.nanoseconds()
    let file: MappedFile
    do throws(SystemError) {
        file = try MappedFile(path: path)
    } catch {
        throw Failure(error)
    }
    var decoded = start
    let answer = try reporting { () throws(EdgeError) in
        let picture = try PictureFile.decode(file.bytes, color: recognizer.pipeline.color, place: path)
        decoded = Clock.nanoseconds()
        return try recognizer.answer(picture)
    }
    guard asJSON else {
        guard let best = answer.top.first else { return "" }
        var line = JSONWriter()
        line.decimal(Double(best.score), digits: 6)
        return "\(path): \(best.label) (\(line.text))\n"
    }
    var json = JSONWriter()
    json.beginObject()
    json.key("file")
    json.string(path)
    json.write(answer, decode: decoded - start)
    json.endObject()
    return json.text + "\n"
}
