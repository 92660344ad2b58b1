import Console
import Datasets
import EdgeFormat
import ModelFiles
import ModelGraph
import Platform
import Quantization

/// The value of an option that must be given.
func required(_ name: StaticString, _ arguments: Arguments, _ meaning: String) throws(Failure) -> String {
    guard let value = arguments.value(name) else { throw Failure(.usage, "--\(name) is missing: \(meaning)") }
    return value
}

/// Refuses options that have no use here.
/// - Parameter reason: follows the option's name.
func refuse(_ names: [StaticString], _ arguments: Arguments, _ reason: String) throws(Failure) {
    for name in names where arguments.value(name) != nil { throw Failure(.usage, "--\(name): \(reason)") }
}

/// Options of `evaluate`, `pack` and the compiler alike.
extension Option {
    static var threads: Option { Option("threads", argument: "N", help: "threads; by default one for each processor") }
    static var labels: Option {
        Option("labels", argument: "FILE", help: "list of `file index` lines for a folder or .tar of pictures")
    }
    static var kernels: Option {
        Option("kernels", argument: "SET", help: "force a kernel set: scalar, avx2, avxvnni, avx512vnni")
    }

    /// How a picture becomes the input; they override what the model says of itself.
    static let input: [Option] = [
        Option("input-crop", argument: "CROP", help: "fraction:0.875 (centred square of the short side) or none"),
        Option("input-resize", argument: "WxH", help: "the model's input size"),
        Option("input-color", argument: "COLOR", help: "rgb, bgr or grey"),
        Option("input-mean", argument: "M[,M,M]", help: "mean a channel, of pixel values divided by 255"),
        Option("input-std", argument: "S[,S,S]", help: "deviation a channel, of pixel values divided by 255"),
        Option("labels-file", argument: "FILE", help: "names of the classes, one a line"),
    ]
}

extension Arguments {
    /// The names that a list of them gives, repeated or with commas.
    func names(_ option: StaticString) -> [String] {
        values(option).flatMap { $0.split(separator: ",").map(String.init) }
    }

    var threadCount: Int {
        get throws(Failure) { try integer("threads", in: 1...256) ?? Threads.processorCount }
    }
}

/// The model's own preprocessing with the flags over it; nil for a model that takes no picture.
/// - Parameter flags: settings where the command line has none, as a compiled model's recipe has them.
func preprocessing(
    _ graph: Graph, _ arguments: Arguments, else flags: String = ""
) throws(Failure) -> Preprocessing? {
    guard var settings = try reporting({ () throws(EdgeError) in try Preprocessing(graph: graph) }) else {
        try refuse(Option.input.map(\.long), arguments, "the model's input is no picture")
        return nil
    }
    try reporting { () throws(EdgeError) in
        try settings.read(flags: flags)
        if let text = arguments.value("input-crop") { try settings.setCrop(text, at: "--input-crop") }
        if let text = arguments.value("input-resize") { try settings.setResize(text, at: "--input-resize") }
        if let text = arguments.value("input-color") { try settings.setColor(text, at: "--input-color") }
        if let text = arguments.value("input-mean") { try settings.setMean(text, at: "--input-mean") }
        if let text = arguments.value("input-std") { try settings.setDeviation(text, at: "--input-std") }
    }
    if let path = arguments.value("labels-file") {
        let text = String(decoding: try read(path), as: UTF8.self)
        settings.labels = text.split(separator: "\n").map { String($0.last == "\r" ? $0.dropLast() : $0) }
    }
    return settings
}

func read(_ path: String) throws(Failure) -> [UInt8] {
    do throws(SystemError) {
        return try Files.read(path)
    } catch {
        throw Failure(error)
    }
}

/// Whether a path names a compiled model.
func isCompiled(_ path: String) -> Bool { path.hasSuffix(".edge") }

/// The network of a file.
func readGraph(_ path: String, _ arguments: Arguments) throws(Failure) -> Graph {
    let options = try arguments.importOptions()
    return try reporting { () throws(EdgeError) in try NetworkFile.read(path: path, options: options) }
}
