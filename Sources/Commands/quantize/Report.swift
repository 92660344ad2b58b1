import Console
import Diffusion
import EdgeFormat
import Evaluation
import ModelGraph
import Platform
import Reports

/// Where `--report` is asked for: what the build's stages leave for it.
func reportMaterial(
    _ build: inout ModelBuild, _ graph: Graph, _ arguments: Arguments
) throws(Failure) -> ReportMaterial? {
    guard arguments.value("report") != nil else { return nil }
    guard try reporting({ () throws(EdgeError) in try DiffusionSettings(metadata: graph.metadata) }) != nil else {
        throw Failure(.usage, "--report: reports are made of denoisers; \(arguments.operands[0]) is none")
    }
    let material = ReportMaterial()
    let others = build.afterStage
    build.afterStage = { stage, graph in
        others(stage, graph)
        material.see(stage, graph)
    }
    return material
}

/// The page of a report and the JSON beside it, begun.
struct ReportFiles: ~Copyable {
    var page: AtomicFile
    var json: AtomicFile

    consuming func finish() throws(Failure) {
        try page.finish()
        try json.finish()
    }
}

/// Begins the files of `--report`, where it is asked for.
func beginReport(_ arguments: Arguments) throws(Failure) -> ReportFiles? {
    guard let path = arguments.value("report") else { return nil }
    let plain = path.hasSuffix(".html") ? String(path.dropLast(5)) : path
    let page = try AtomicFile.begin(path)
    let json = try AtomicFile.begin(plain + ".json")
    return ReportFiles(page: page, json: json)
}

/// Measures what quantization did, and fills the page and the JSON.
func fill(
    _ files: inout ReportFiles, _ material: ReportMaterial, _ file: [UInt8], _ flags: String, _ arguments: Arguments
) throws(Failure) {
    let floatBytes = try read(arguments.operands[0]).count
    let threads = try arguments.threadCount
    let progress = SharedProgress("measuring", total: ReportMaterial.parts, quiet: arguments.quiet)
    let report = try reporting { () throws(EdgeError) in
        try material.report(file: file, flags: flags, floatBytes: floatBytes, threads: threads) { progress.add($0) }
    }
    progress.finish()
    try files.page.fill(report.html)
    try files.json.fill(report.json)
}
