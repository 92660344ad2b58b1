import Compilation
import Diffusion
import EdgeFormat
import Evaluation
import Foundation
import Imaging
import ModelGraph
import Quantization
import Reports
import Synchronization
import TestSupport
import Testing

@Test func aBuiltDenoiserIsMeasuredLayerByLayerAndDrawnTwice() throws {
    let graph = try TestModels.denoiserGraph(seed: 2)
    let settings = try #require(try DiffusionSettings(metadata: graph.metadata))
    var build = ModelBuild()
    build.threads = 2
    let material = ReportMaterial()
    build.afterStage = { material.see($0, $1) }
    let compiled = try build.run(
        graph, preprocessing: nil, data: .trajectories(Trajectories(settings, count: 4)))
    let parts = Mutex(0)
    let report = try material.report(file: compiled.file, flags: "--a", floatBytes: 1234, threads: 2) { done in
        parts.withLock { $0 += done }
    }
    #expect(parts.withLock { $0 } == ReportMaterial.parts)
    #expect(report.errors.bins == 10 && report.columns.first?.start == "900" && report.outputs.count == 1)

    // Every float value that calibration saw is a layer, the latent first and the prediction last.
    let layers = report.errors.layers
    #expect(layers.first?.name == "x" && layers.last.map { report.outputs.contains($0.name) } == true)
    for index in layers.indices {
        let total = report.errors.total(index)
        #expect(total.count == 8 * 20 * 2 * layers[index].shape.reduce(1, *))
        // Random weights, but the same ones on both sides: nothing may be unlike.
        #expect(try #require(total.cosine) > 0.9, "\(layers[index].name)")
    }
    #expect(layers.contains { $0.bits == 8 } && layers.contains { $0.bits == 16 })

    #expect(report.pictures.count == 10)
    #expect(report.pictures.map(\.number) == Array(0..<10))
    #expect(report.pictures.prefix(4).map(\.label) == ["label 0", "label 1", "label 2", "label 0"])
    let ratios = report.pictures.map(\.ratio).sorted()
    #expect(ratios[0] > 6 && ratios[5] > 10, "\(ratios)")
    #expect(Wellformed(String(decoding: report.html, as: UTF8.self)).trouble == nil)
}

@Test func whatIsNoDenoiserHasNoReport() throws {
    let material = ReportMaterial()
    let error = #expect(throws: EdgeError.self) {
        try material.report(file: [], flags: "", floatBytes: 0, threads: 1) { _ in }
    }
    #expect(error?.kind == .usage)
}
