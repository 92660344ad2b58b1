import Compilation
import Diffusion
import EdgeFormat
import Evaluation
import ModelGraph
import Quantization
import Reports
import TestSupport
import Testing

@Test func aShortScheduleIsReportedWithTheStepsThatItHas() throws {
    var graph = try TestModels.denoiserGraph(seed: 2)
    graph.metadata["swiftlet.diffusion.steps"] = "3"
    let settings = try #require(try DiffusionSettings(metadata: graph.metadata))
    let material = ReportMaterial()
    var build = ModelBuild()
    build.afterStage = { material.see($0, $1) }
    let compiled = try build.run(
        graph, preprocessing: nil, data: .trajectories(Trajectories(settings, count: 2)))
    let report = try material.report(file: compiled.file, flags: "", floatBytes: 1, threads: 2) { _ in }
    let facts = report.facts.map(\.value)
    #expect(facts.contains("linear, 3 steps") && facts.contains("3 steps of DDIM, seed 1"))
    #expect(facts.contains { $0.hasSuffix("by the float model, 3 steps of DDIM each") })
}
