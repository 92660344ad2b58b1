import Compilation
import Datasets
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

@Test func whatWasNotQuantizedHasNoReport() throws {
    let material = ReportMaterial()
    let error = #expect(throws: EdgeError.self) {
        try material.report(file: [], flags: "", floatBytes: 0, threads: 1) { _ in }
    }
    #expect(error?.kind == .usage)
}

/// A convolution, a pool and a dense layer over digits.
private func classifier() throws(EdgeError) -> Graph {
    var draw = SplitMix64(seed: 3)
    func numbers(_ count: Int) -> TensorData {
        .float32((0..<count).map { _ in Float(Int32(truncatingIfNeeded: draw.next() >> 32)) / 0x1p33 })
    }
    var graph = Graph(name: "digits")
    let input = graph.addInput("input", TensorType(.float32, [1, 28, 28, 1]))
    let weights = graph.addConstant("weights", [4, 3, 3, 1], numbers(36))
    let convolution = try graph.add(
        Convolution(strides: Extent(2, 2), activation: .relu), name: "convolution", inputs: [input, weights])
    let pool = try graph.add(
        MaxPool(window: Extent(2, 2), strides: Extent(2, 2)), name: "pool", inputs: [convolution])
    let flat = try graph.add(Flatten(), name: "flat", inputs: [pool])
    let matrix = graph.addConstant("matrix", [10, 144], numbers(1440))
    graph.outputs = [try graph.add(Dense(), name: "scores", inputs: [flat, matrix])]
    return graph
}

@Test func aBuiltClassifierIsMeasuredLayerByLayerAndOnItsAnswers() throws {
    let graph = try classifier()
    let pictures = DrawnData.pictures(seed: 5, count: 80)
    let preprocessing = try #require(try Preprocessing(graph: graph))
    let data = ReportData(pictures, Array(0..<80), preprocessing, of: graph, source: "drawn digits")
    var build = ModelBuild()
    build.threads = 2
    let material = ReportMaterial()
    build.afterStage = { material.see($0, $1) }
    let compiled = try build.run(graph, preprocessing: preprocessing, data: .pictures(pictures, preprocessing))
    let parts = Mutex(0)
    let report = try material.report(
        file: compiled.file, flags: "", floatBytes: 1234, data: data, threads: 2
    ) { done in parts.withLock { $0 += done } }
    #expect(parts.withLock { $0 } == data.parts && data.parts == 64 + 2 * 80)

    let answers = try #require(report.answers?.comparison)
    #expect(answers.float.total == 80 && answers.quantized.total == 80 && (60...80).contains(answers.same))
    let layers = report.errors.layers
    #expect(layers.first?.name == "input" && layers.last?.name == "scores" && report.outputs == ["scores"])
    for index in layers.indices {
        #expect(report.errors.total(index).count == 64 * layers[index].shape.reduce(1, *))
        #expect(try #require(report.errors.total(index).ratio) > 20, "\(layers[index].name)")
    }
    let costs = try #require(report.costs)
    let convolution = try #require(layers.firstIndex { $0.name == "convolution" })
    #expect(costs.layers.count == layers.count && costs.layers[convolution].nanoseconds > 0)
    #expect(layers[convolution].multiplications == 13 * 13 * 4 * 9 && costs.layers[convolution].weightBytes >= 36)

    let page = Wellformed(String(decoding: report.html, as: UTF8.self))
    #expect(page.trouble == nil && page.text.contains("80 labelled pictures: drawn digits"))
    let shapes = page.elements.filter { $0.name == "rect" && $0.attributes["class"]?.hasPrefix("bar") == true }
    #expect(shapes.count == 2 * layers.count, "a column of SQNR and one of time for each layer")
    #expect(page.elements.filter { $0.name == "svg" }.count == 2 + layers.count, "and a histogram")
    let object = try JSONSerialization.jsonObject(with: Data(report.json)) as? [String: Any]
    for layer in try #require(object?["layers"] as? [[String: Any]]) {
        let counts = try #require((layer["histogram"] as? [String: Any])?["counts"] as? [Int])
        #expect(counts.count == 48 && counts.reduce(0, +) == (layer["all"] as? [String: Any])?["values"] as? Int)
        #expect(layer["microseconds"] is Double && layer["activation_bytes"] is Int)
    }
    #expect((object?["answers"] as? [String: Any])?["same"] as? Int == answers.same)
}

@Test func labelsThatFitNoOutputAreLeftOut() throws {
    var graph = try classifier()
    let preprocessing = try #require(try Preprocessing(graph: graph))
    let pictures = DrawnData.pictures(seed: 5, count: 200)
    #expect(ReportData(pictures, Array(0..<200), preprocessing, of: graph, source: "").labelled != nil)
    graph.outputs = [try #require(graph.values.firstIndex { $0.name == "pool" })]
    #expect(ReportData(pictures, Array(0..<200), preprocessing, of: graph, source: "").labelled == nil)
}
