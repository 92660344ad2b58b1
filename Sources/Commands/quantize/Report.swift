import Console
import Diffusion
import EdgeFormat
import Evaluation
import ModelGraph
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

/// Measures what quantization did, and writes the page and the JSON beside it.
func writeReport(
    _ material: ReportMaterial, _ file: [UInt8], _ flags: String, _ arguments: Arguments
) throws(Failure) {
    let path = try required("report", arguments, "name the page to write")
    let floatBytes = try read(arguments.operands[0]).count
    let threads = try arguments.threadCount
    let progress = SharedProgress("measuring", total: ReportMaterial.parts, quiet: arguments.quiet)
    let report = try reporting { () throws(EdgeError) in
        try material.report(file: file, flags: flags, floatBytes: floatBytes, threads: threads) { progress.add($0) }
    }
    progress.finish()
    let plain = path.hasSuffix(".html") ? String(path.dropLast(5)) : path
    try write(report.html, to: path)
    try write(report.json, to: plain + ".json")
}
