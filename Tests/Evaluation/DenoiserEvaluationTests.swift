import Compilation
import Datasets
import Denoising
import Diffusion
import EdgeFormat
import Evaluation
import Foundation
import Inference
import ModelGraph
import Quantization
import TestSupport
import Testing

private func normals(_ count: Int, seed: UInt64) -> [Double] {
    var draw = SplitMix64(seed: seed)
    return (0..<count).map { _ in (0..<12).reduce(-6.0) { sum, _ in sum + Double(draw.next() >> 11) * 0x1p-53 } }
}

@Test func theDistanceOfFeaturesIsZeroToThemselvesAndGrowsWithTheMean() throws {
    let features = normals(600, seed: 3).map { Float($0) }
    let all = try #require(FeatureStatistics(features, width: 3))
    #expect(abs(all.distance(to: all)) < 1e-9)
    let moved = try #require(FeatureStatistics(features.map { $0 + 2 }, width: 3))
    #expect(abs(all.distance(to: moved) - 12) < 1e-4)
}

@Test func theDistanceOfOneFeatureIsThatOfMeansAndDeviations() throws {
    // Mean 2, deviation 2 (unbiased); mean 5, deviation 3.
    let a = try #require(FeatureStatistics([0, 2, 4], width: 1))
    let b = try #require(FeatureStatistics([2, 5, 8], width: 1))
    #expect(abs(a.distance(to: b) - (9 + 1)) < 1e-12)
}

/// For two features the trace of the root has a closed form: √(tr P + 2·√det P) for P = C₁·C₂.
@Test(arguments: 1...5 as ClosedRange<UInt64>)
func theDistanceOfTwoFeaturesIsTheClosedForm(_ seed: UInt64) throws {
    /// Pairs of numbers, each pair times a matrix.
    func mixed(_ values: [Double], _ m: [Double]) -> [Float] {
        var features: [Float] = []
        for first in stride(from: 0, to: values.count, by: 2) {
            let (x, y) = (values[first], values[first + 1])
            features.append(Float(m[0] * x + m[1] * y))
            features.append(Float(m[2] * x + m[3] * y))
        }
        return features
    }
    let a = try #require(FeatureStatistics(mixed(normals(200, seed: seed), [1, 0.5, -0.3, 2]), width: 2))
    let b = try #require(FeatureStatistics(mixed(normals(200, seed: seed + 9), [0.2, 1.5, 1, 0.4]), width: 2))
    let (c, d) = (a.covariance, b.covariance)
    let trace = c[0] * d[0] + c[1] * d[2] + c[2] * d[1] + c[3] * d[3]
    let determinant = (c[0] * c[3] - c[1] * c[2]) * (d[0] * d[3] - d[1] * d[2])
    let root = (trace + 2 * determinant.squareRoot()).squareRoot()
    let means = pow(a.mean[0] - b.mean[0], 2) + pow(a.mean[1] - b.mean[1], 2)
    let traces = c[0] + c[3] + d[0] + d[3]
    #expect(abs(a.distance(to: b) - (means + traces - 2 * root)) < 1e-9)
}

@Test func aMatrixIsTheSquareOfItsRoot() {
    let width = 20
    let factors = normals(width * width, seed: 8)
    var matrix = [Double](repeating: 0, count: width * width)
    for i in 0..<width {
        for j in 0..<width {
            for k in 0..<width { matrix[i * width + j] += factors[i * width + k] * factors[j * width + k] }
        }
    }
    let root = SymmetricMatrix(matrix, width: width).squareRoot
    for i in 0..<width {
        for j in 0..<width {
            let square = (0..<width).reduce(0) { $0 + root[i * width + $1] * root[$1 * width + j] }
            #expect(abs(square - matrix[i * width + j]) < 1e-9)
        }
    }
}

@Test func picturesThatDifferByOneEverywhereAreAFixedRatioApart() {
    let a = Sampling(shape: [2, 2, 1], bytes: [0, 10, 20, 30, 5, 5, 5, 5])
    let b = Sampling(shape: [2, 2, 1], bytes: [1, 9, 21, 29, 5, 5, 5, 5])
    let ratios = a.peakSignalToNoise(to: b)
    #expect(abs(ratios[0] - 20 * log10(255)) < 1e-9 && ratios[1] == .infinity)
}

@Test func theMiddleOfAPictureIsWhereASmallerOneWasPut() throws {
    let sampling = Sampling(shape: [4, 4, 1], bytes: Array(0..<16))
    #expect(sampling.middle(0, width: 2, height: 2) == [5, 6, 9, 10])
    #expect(sampling.middle(0, width: 5, height: 2) == nil)
}

private struct Drawn {
    let graph: Graph
    let settings: DiffusionSettings
    let diffusion: DiffusionModel
    var request: SamplingRequest

    init() throws {
        var graph = try TestModels.denoiserGraph(seed: 2)
        // What is drawn is no noise; over a long schedule it would grow beyond all bounds.
        graph.metadata["swiftlet.diffusion.steps"] = "20"
        self.graph = graph
        settings = try #require(try DiffusionSettings(metadata: graph.metadata))
        let compiled = try ModelBuild().run(
            graph, preprocessing: nil, data: .trajectories(Trajectories(settings, count: 6)))
        diffusion = try DiffusionModel(try Model(bytes: compiled.file, place: "drawn"))
        let plan = try StepPlan(schedule: diffusion.schedule, sampler: .ddim(eta: 0), steps: 6)
        request = SamplingRequest(plan: plan, guidance: 2, classes: settings.classes)
        request.count = 11
    }
}

@Test func drawnPicturesDoNotDependOnThreads() throws {
    let drawn = try Drawn()
    let compiled = try (1...3).map { threads in
        try Sampling.run(drawn.diffusion, drawn.request, kernels: .best, threads: threads) { _ in }.bytes
    }
    let float = try (1...3).map { threads in
        try Sampling.run(drawn.graph, drawn.settings, drawn.request, threads: threads) { _ in }.bytes
    }
    #expect(compiled.allSatisfy { $0 == compiled[0] } && float.allSatisfy { $0 == float[0] })
    #expect(compiled[0].count == 11 * 64 && float[0].count == 11 * 64)
}

@Test func aCompiledDenoiserDrawsNearlyWhatTheFloatOneDraws() throws {
    var drawn = try Drawn()
    for guidance in [1, 2] as [Float] {
        drawn.request.guidance = guidance
        let compiled = try Sampling.run(drawn.diffusion, drawn.request, kernels: .best, threads: 1) { _ in }
        let float = try Sampling.run(drawn.graph, drawn.settings, drawn.request, threads: 1) { _ in }
        let ratio = try #require(compiled.medianPeakSignalToNoise(to: float))
        #expect(ratio > 25, "\(ratio) dB")
        // Another noise gives other pictures.
        drawn.request.seed += 1
        let other = try Sampling.run(drawn.graph, drawn.settings, drawn.request, threads: 1) { _ in }
        let others = try #require(compiled.medianPeakSignalToNoise(to: other))
        #expect(others < 15, "\(others) dB")
    }
}

// MARK: - Against the float network

@Test func aFloatDenoiserOfAnotherKindIsRefused() throws {
    let drawn = try Drawn()
    func refusal(_ graph: Graph) throws -> String? {
        let denoiser = try FloatDenoiser(graph)
        do throws(EdgeError) {
            try denoiser.check(against: drawn.diffusion)
            return nil
        } catch {
            #expect(error.kind == .usage)
            return error.line
        }
    }
    func changed(_ key: String, _ value: String) -> Graph {
        var graph = drawn.graph
        graph.metadata["swiftlet.diffusion." + key] = value
        return graph
    }
    #expect(try refusal(drawn.graph) == nil)
    #expect(try refusal(changed("guidance", "5")) == nil)
    #expect(try refusal(TestModels.denoiserGraph(seed: 3)) == "its pictures are 12x12, those of drawn 8x8")
    #expect(try refusal(changed("classes", "2")) == "it has 2 labels, drawn 3")
    #expect(try refusal(changed("steps", "30")) == "its schedule has 30 steps, that of drawn 20")
    #expect(try refusal(changed("schedule", "cosine")) == "its schedule is cosine, that of drawn is another one")
    var plain = drawn.graph
    plain.metadata = [:]
    #expect(throws: EdgeError(.usage, at: "", "is no denoiser")) { try FloatDenoiser(plain) }
}

// MARK: - Judged by a classifier

/// Says 1 where a picture's left half is lighter than its right one; its features are the 16 pixels.
private func judge(weight: Float = 1) throws -> PictureJudge {
    var graph = Graph(name: "judge")
    let input = graph.addInput("input", TensorType(.float32, [1, 4, 4, 1]))
    let flat = try graph.add(Flatten(), name: "flatten", inputs: [input])
    let right = [-weight, -weight, weight, weight]
    let left = [weight, weight, -weight, -weight]
    let weights = right + right + right + right + left + left + left + left
    let w = graph.addConstant("weights", [2, 16], .float32(weights))
    graph.outputs = [try graph.add(Dense(), name: "dense", inputs: [flat, w])]
    return try PictureJudge(graph)
}

/// Four pictures, in turns lighter on the right and on the left.
private func halves() -> Sampling {
    var bytes: [UInt8] = []
    for picture in 0..<4 as Range<UInt8> {
        let dark = [picture, picture]
        let light = [200 + picture, 200 + picture]
        let row = picture % 2 == 0 ? dark + light : light + dark
        for _ in 0..<4 { bytes += row }
    }
    return Sampling(shape: [4, 4, 1], bytes: bytes)
}

private func request(classes: Int) throws -> SamplingRequest {
    let schedule = try DiffusionSettings(steps: 10, classes: classes).schedule()
    let plan = try StepPlan(schedule: schedule, sampler: .ddim(eta: 0), steps: 2)
    return SamplingRequest(plan: plan, guidance: 1, classes: classes)
}

@Test(arguments: [true, false])
func theFloorIsKnownWhereTheDataHaveHalves(_ hasHalves: Bool) throws {
    let real = DrawnData.pictures(seed: 5, count: 12)
    let others = DrawnData.pictures(seed: 5, count: 12, split: .test)
    var result = DenoiserEvaluation(compiled: halves(), float: nil)
    try result.judge(
        halves(), nil, request(classes: 2), by: judge(), real: real, others: hasHalves ? others : nil, threads: 2
    ) { _ in }
    // The label of picture 0 is 0, and so on in turns.
    #expect(result.compiled.found == 1 && result.float == nil)
    #expect(try #require(result.compiled.distance) > 0)
    #expect((result.floor != nil) == hasHalves)
}

@Test func noClassIsFoundWhereNoneCanBeAskedFor() throws {
    var result = DenoiserEvaluation(compiled: halves(), float: halves())
    try result.judge(
        halves(), halves(), request(classes: 0), by: judge(), real: DrawnData.pictures(seed: 5, count: 3), others: nil,
        threads: 1
    ) { _ in }
    #expect(result.compiled.found == nil && result.float?.found == nil)
    #expect(result.compiled.distance != nil && result.compiled.distance == result.float?.distance)
}

@Test func aPictureWithoutFiniteFeaturesIsNamed() throws {
    let broken = try judge(weight: .infinity)
    let real = #expect(throws: EdgeError.self) {
        try broken.judge(DrawnData.pictures(seed: 5, count: 3), threads: 1) { _ in }
    }
    #expect(real?.place == "drawn-00000.pgm" && real?.sentence.contains("not finite") == true)
    let drawn = #expect(throws: EdgeError.self) {
        try broken.judge(halves(), size: (width: 4, height: 4), threads: 1)
    }
    #expect(drawn?.place == "picture 0")
}
