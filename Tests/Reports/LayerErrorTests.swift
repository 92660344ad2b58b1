import Diffusion
import EdgeFormat
import Evaluation
import Foundation
import ModelGraph
import Testing

/// y = w · x for x of three numbers, in floats and in integers.
private func dense() throws(EdgeError) -> (float: Graph, quantized: Graph) {
    var float = Graph(name: "dense")
    let x = float.addInput("x", TensorType(.float32, [1, 3]))
    let w = float.addConstant("w", [1, 3], .float32([0.5, -1, 0]))
    float.outputs = [try float.add(Dense(), name: "y", inputs: [x, w])]

    var quantized = Graph(name: "dense")
    let input = TensorType(.int8, [1, 3], quantization: Quantization(scale: 0.5, zeroPoint: 10))
    let qx = quantized.addInput("x", input)
    let qw = quantized.addConstant(
        "w", [1, 3], .int8([64, -128, 0]), quantization: Quantization(scales: [1 / 128], axis: 0))
    let y = try quantized.add(
        Dense(), name: "y", inputs: [qx, qw], quantization: Quantization(scale: 0.25, zeroPoint: 0), element: .int16)
    quantized.outputs = [y]
    return (float, quantized)
}

@Test func sumsAreThoseOfAWorkedExample() throws {
    let (float, quantized) = try dense()
    let comparison = try GraphComparison(float: float, quantized: quantized)
    var errors = LayerErrors(layers: comparison.layers, bins: 3)
    // In steps of 0.5: 2.4, 1 and 200, which become 2, 1 and, cut at 127 − 10, 117: 1, 0.5 and 58.5.
    let outputs = try comparison.observe([.float32([1.2, 0.5, 100])], bin: 1, name: "sample", into: &errors)
    #expect(outputs == [.float32([0.5 * 1.2 - 0.5])])

    let x = errors[0, 1]
    #expect(x.count == 3 && x.saturated == 1 && x.minimum == 0.5 && x.maximum == 100)
    let (signal, error) = (1.44 + 0.25 + 10_000, 0.04 + 0 + 41.5 * 41.5)
    #expect(abs(x.signal - signal) < 1e-5 && abs(x.error - error) < 1e-5)
    #expect(abs(try #require(x.ratio) - 10 * log10(signal / error)) < 1e-6)
    let cosine = (1.2 + 0.25 + 5850) / ((signal * (1 + 0.25 + 58.5 * 58.5)).squareRoot())
    #expect(abs(try #require(x.cosine) - cosine) < 1e-6)
    // 0.1 in floats; 2 · 64 − 1 · 128 = 0 in integers.
    let y = errors[1, 1]
    #expect(y.count == 1 && abs(y.signal - 0.01) < 1e-7 && y.quantized == 0 && y.cosine == nil)
    #expect(abs(try #require(y.ratio)) < 1e-6)

    #expect(errors[0, 0].count == 0 && errors[0, 0].ratio == nil && errors.total(0) == x)
    #expect(errors.layers.map(\.name) == ["x", "y"] && errors.layers.map(\.operation) == ["input", "dense"])
    #expect(errors.layers.map(\.bits) == [8, 16] && errors.layers.map(\.inputBits) == [0, 8])
    #expect(errors.layers.map(\.multiplications) == [0, 3] && errors.layers.map(\.sources) == [[], [0]])
    #expect(errors.layers[0].bounds == -69...58.5)
}

@Test func valuesWithoutAnErrorHaveNoFiniteRatio() throws {
    let (float, quantized) = try dense()
    let comparison = try GraphComparison(float: float, quantized: quantized)
    var errors = LayerErrors(layers: comparison.layers, bins: 1)
    _ = try comparison.observe([.float32([1, -2, 3])], bin: 0, name: "sample", into: &errors)
    #expect(errors[0, 0].ratio == .infinity && errors[0, 0].saturated == 0)
    #expect(abs(try #require(errors[0, 0].cosine) - 1) < 1e-12)
}

@Test func mergedSumsAreTheSumsOfBoth() throws {
    let (float, quantized) = try dense()
    let comparison = try GraphComparison(float: float, quantized: quantized)
    let samples: [[Float]] = [[1.2, 0.5, 100], [-3, 0.1, 7], [0.3, 0.3, -80]]
    let parts = try samples.enumerated().map { index, sample in
        var part = LayerErrors(layers: comparison.layers, bins: 2)
        _ = try comparison.observe([.float32(sample)], bin: index % 2, name: "sample", into: &part)
        return part
    }
    var merged = LayerErrors(layers: comparison.layers, bins: 2)
    for part in parts { merged.merge(part) }
    #expect(merged[0, 0].count == 6 && merged[0, 1] == parts[1][0, 1])
    #expect(merged[0, 0].error == parts[0][0, 0].error + parts[2][0, 0].error)
    #expect(merged[0, 0].minimum == -80 && merged[0, 0].maximum == 100 && merged[0, 0].saturated == 2)
    #expect(merged.total(0).count == 9)
}

// MARK: - Along samplings

/// A denoiser whose prediction is `factor` · x whatever t and label, in floats and in integers.
private func denoiser(factor: Float = 0.5) throws(EdgeError) -> (float: Graph, quantized: Graph) {
    var float = Graph(name: "denoiser")
    let x = float.addInput("x", TensorType(.float32, [1, 4, 4, 1]))
    _ = float.addInput("t", TensorType(.int64, [1]))
    _ = float.addInput("label", TensorType(.int64, [1]))
    let w = float.addConstant("w", [1, 1, 1, 1], .float32([factor]))
    float.outputs = [try float.add(Convolution(), name: "noise", inputs: [x, w])]

    var quantized = Graph(name: "denoiser")
    let scale = Quantization(scale: 1 / 64, zeroPoint: 0)
    let qx = quantized.addInput("x", TensorType(.int16, [1, 4, 4, 1], quantization: scale))
    _ = quantized.addInput("t", TensorType(.int32, [1]))
    _ = quantized.addInput("label", TensorType(.int32, [1]))
    let qw = quantized.addConstant(
        "w", [1, 1, 1, 1], .int8([64]), quantization: Quantization(scales: [1 / 128], axis: 0))
    quantized.outputs = [
        try quantized.add(Convolution(), name: "noise", inputs: [qx, qw], quantization: scale, element: .int8)
    ]
    return (float, quantized)
}

private func run(
    _ graphs: (float: Graph, quantized: Graph), threads: Int, steps: Int = 1000
) throws(EdgeError) -> LayerErrors {
    var samplings = LayerErrors.Samplings()
    samplings.count = 3
    samplings.steps = 10
    samplings.bins = 5
    return try LayerErrors.run(
        float: graphs.float, quantized: graphs.quantized, settings: DiffusionSettings(steps: steps, classes: 2),
        samplings: samplings, threads: threads
    ) { _ in }
}

@Test func everyBinSeesEverySamplingWhateverTheThreads() throws {
    let graphs = try denoiser()
    let one = try run(graphs, threads: 1)
    #expect(try run(graphs, threads: 3) == one)
    #expect(one.layers.map(\.name) == ["x", "noise"] && one.layers.map(\.bits) == [16, 8])
    for bin in 0..<5 {
        // Three samplings, two of ten steps a bin, two passes, 16 elements.
        #expect(one[0, bin].count == 3 * 2 * 2 * 16)
        // Rounded to steps of 1/64: errors spread evenly over ±1/128 have a mean square of (1/64)²/12.
        let mean = one[0, bin].error / Double(one[0, bin].count)
        #expect(abs(mean * 12 * 64 * 64 - 1) < 0.4)
        #expect(one[0, bin].ratio ?? 0 > 20)
    }
}

@Test func costsAreThoseOfOneSample() throws {
    let errors = try run(denoiser(), threads: 2)
    #expect(errors.layers[1].multiplications == 16 && errors.layers[1].shape == [1, 4, 4, 1])
}

@Test func aScheduleOfFewerStepsFillsTheBinsThatItHas() throws {
    let errors = try run(denoiser(), threads: 1, steps: 3)
    // ⌊t · 5 / 3⌋ for t = 0, 1, 2.
    #expect((0..<5).map { errors[0, $0].count } == [96, 96, 0, 96, 0])
}

@Test func whatIsNotFiniteNamesItsTimeStep() throws {
    let error = #expect(throws: EdgeError.self) { try run(denoiser(factor: .infinity), threads: 1) }
    #expect(error?.line.contains("time step 900") == true && error?.line.contains("'noise' is not finite") == true)
}

@Test func aGraphThatIsNoDenoiserIsRefused() throws {
    let graphs = try dense()
    let error = #expect(throws: EdgeError.self) { try run(graphs, threads: 1) }
    #expect(error?.line.contains("is no denoiser") == true)
}
