import Console
import Datasets
import EdgeFormat
import Evaluation
import ModelGraph
import Platform
import Quantization
import Reports

extension Option {
    /// What `--report` writes and what it looks at.
    static let report: [Option] = [
        Option(
            "report", argument: "OUT.html",
            help: "write what quantization does to each layer, and what it costs, as a page, and as JSON beside it"),
        Option(
            "report-data", argument: "DATA",
            help: "pictures for the report, the `t10k-*` half of an IDX folder; by default those of calibration"),
        Option("report-labels", argument: "FILE", help: "the list of --report-data; by default that of --labels"),
    ]
}

/// What a report needs: what the build's stages leave for it, and what it measures on.
struct ReportPlan {
    let material: ReportMaterial
    /// Nil for a denoiser, which makes its own.
    let data: ReportData?

    /// Nil where no report is asked for. Its data are opened before any work.
    init?(
        _ build: inout ModelBuild, _ graph: Graph, _ calibration: ModelBuild.CalibrationData, _ arguments: Arguments
    ) throws(Failure) {
        guard arguments.value("report") != nil else {
            try refuse(["report-data", "report-labels"], arguments, "there is no --report to use it for")
            return nil
        }
        data = try Self.data(build, graph, calibration, arguments)
        let material = ReportMaterial()
        let others = build.afterStage
        build.afterStage = { stage, graph in
            others(stage, graph)
            material.see(stage, graph)
        }
        self.material = material
    }

    private static func data(
        _ build: ModelBuild, _ graph: Graph, _ calibration: ModelBuild.CalibrationData, _ arguments: Arguments
    ) throws(Failure) -> ReportData? {
        switch calibration {
        case .trajectories:
            try refuse(
                ["report-data", "report-labels"], arguments, "a denoiser makes its own data; leave the option out")
            return nil
        case .tensors:
            try refuse(
                ["report-data", "report-labels"], arguments, "calibration is by random numbers; so is the report")
            return build.samples(calibration).map { ReportData($0, source: "the calibration's random numbers") }
        case .pictures(let pictures, let preprocessing):
            guard let path = arguments.value("report-data") else {
                try refuse(["report-labels"], arguments, "there is no --report-data to use it for")
                return ReportData(
                    pictures, build.recipe.samples(of: pictures.count), preprocessing, of: graph,
                    source: "the calibration pictures, which the ranges were made for")
            }
            let labels = arguments.value("report-labels") ?? arguments.value("labels")
            let others = try reporting { () throws(EdgeError) in
                try DataSource.open(path, split: .test, labels: labels)
            }
            guard others.count > 0 else { throw Failure(.data, "\(path): holds no pictures for the report") }
            return ReportData(others, Array(0..<others.count), preprocessing, of: graph, source: path)
        }
    }

    /// Measures what quantization did, and fills the page and the JSON.
    func fill(
        _ files: inout ReportFiles, _ file: [UInt8], _ flags: String, _ warnings: [String], _ arguments: Arguments
    ) throws(Failure) {
        let floatBytes = try read(arguments.operands[0]).count
        let threads = try arguments.threadCount
        let progress = SharedProgress(
            "measuring", total: data?.parts ?? ReportMaterial.parts, quiet: arguments.quiet)
        var report = try reporting { () throws(EdgeError) in
            try material.report(file: file, flags: flags, floatBytes: floatBytes, data: data, threads: threads) {
                progress.add($0)
            }
        }
        report.warnings = warnings
        progress.finish()
        try files.page.fill(report.html)
        try files.json.fill(report.json)
    }
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
