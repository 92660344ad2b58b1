import Capture
import Console
import EdgeFormat
import Platform
import Recognition

extension Verb {
    /// `edge-run run MODEL --source …`
    static var run: Verb {
        Verb(
            "run", summary: "classify frames as they come, a JSON line each", operands: "MODEL", operandCount: 1...1,
            options: [
                Option("source", argument: "SOURCE", help: "/dev/videoN, a folder, a picture, or synthetic:[SEED]"),
                Option("frames", argument: "N", help: "end after N frames"),
                Option("dump", argument: "DIR", help: "write every frame as the camera gave it"),
                Option("size", argument: "WxH", help: "the size asked of a camera; default 640x480"),
                Option("rate", argument: "N", help: "frames a second asked of a camera"),
                .kernels, .threads,
            ], run: runFrames)
    }
}

private func runFrames(_ arguments: Arguments) throws(Failure) -> ExitStatus {
    guard let name = arguments.value("source") else {
        throw Failure(.usage, "--source is missing: /dev/video0, a folder, a picture, or synthetic:")
    }
    let limit = try arguments.integer("frames", in: 1...1_000_000_000) ?? Int.max
    let options = try captureOptions(arguments)
    let recognizer = try arguments.recognizer()
    // Frames of a stream follow each other; pictures of a folder do as well.
    recognizer.keepsStates = true
    let folder = arguments.value("dump")
    if let folder { try makeFolder(folder) }
    let source = try reporting { () throws(EdgeError) in
        try FrameSource.open(name, color: recognizer.pipeline.color, options: options)
    }
    var frames = 0
    var status = ExitStatus.done
    while frames < limit, !Interrupts.requested {
        let frame: CapturedFrame?
        do throws(EdgeError) {
            frame = try source.next()
        } catch {
            // Of a folder's pictures a bad one gets its line, and the others are done.
            guard let count = source.count, count > 1 else { throw Failure(error) }
            Output.error("edge-run: " + error.line + "\n")
            status = .data
            continue
        }
        guard let frame else { break }
        try reporting { () throws(EdgeError) in try handle(frame, frames, recognizer, folder) }
        frames += 1
    }
    return Interrupts.requested ? .interrupted : status
}

private func captureOptions(_ arguments: Arguments) throws(Failure) -> CaptureOptions {
    var options = CaptureOptions()
    if let rate = try arguments.integer("rate", in: 1...1000) { options.framesPerSecond = rate }
    guard let size = arguments.value("size") else { return options }
    let parts = size.utf8.split(separator: UInt8(ascii: "x"), omittingEmptySubsequences: false)
    guard parts.count == 2, let width = number(parts[0]), let height = number(parts[1]) else {
        throw Failure(.usage, "--size \(size): write WxH, for example 640x480")
    }
    options.width = width
    options.height = height
    return options
}

/// 1 … 16,384 in decimal digits.
private func number(_ digits: Substring.UTF8View) -> Int? {
    var value = 0
    for digit in digits {
        guard digit >= 48, digit <= 57, value <= 16_384 else { return nil }
        value = value * 10 + Int(digit - 48)
    }
    return digits.isEmpty || value == 0 || value > 16_384 ? nil : value
}

private func makeFolder(_ path: String) throws(Failure) {
    do throws(SystemError) {
        try Files.makeDirectories(path)
    } catch {
        throw Failure(error)
    }
}

/// Classifies a frame, dumps it where that is asked for, and prints its line.
private func handle(
    _ frame: CapturedFrame, _ number: Int, _ recognizer: Recognizer, _ folder: String?
) throws(EdgeError) {
    let answer = try recognizer.answer(frame.pixels)
    if let folder {
        let path = folder + "/" + frame.fileName(index: number)
        do throws(SystemError) {
            try Files.writeAtomically(path, [UInt8](frame.bytes))
        } catch {
            throw EdgeError(.system, at: path, error.sentence)
        }
    }
    var json = JSONWriter()
    json.beginObject()
    json.key("frame")
    json.integer(number)
    json.key("file")
    json.string(frame.fileName(index: number))
    json.key("time")
    json.decimal(Double(Clock.realtimeNanoseconds()) / 1e9, digits: 3)
    json.write(answer, decode: nil)
    json.endObject()
    do throws(SystemError) {
        try Output.standard(json.text + "\n")
    } catch {
        throw EdgeError(.system, at: "standard output", error.sentence)
    }
}
