import Datasets
import EdgeFormat
import Evaluation
import Foundation
import ModelGraph
import Quantization
import Testing

/// A folder of PPM pictures of 8 x 8, gone with this object.
private final class Folder {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("review-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Pictures of a colour each, with noise of ±40 on every pixel, but for `isNoisy`.
    func pictures(_ colors: [[Int]], labels: [Int]? = nil, isNoisy: Bool = true) throws -> LabelledPictures {
        var draw = SplitMix64(seed: 4)
        for (number, color) in colors.enumerated() {
            let pixels = (0..<64 * 3).map { index in
                UInt8(clamping: color[index % 3] + (isNoisy ? Int(draw.next() % 81) - 40 : 0))
            }
            try Data([UInt8]("P6 8 8 255\n".utf8) + pixels).write(to: url.appendingPathComponent(name(number)))
        }
        if let labels {
            let list = labels.enumerated().map { "\(name($0)) \($1)\n" }.joined()
            try Data(list.utf8).write(to: url.appendingPathComponent("labels.txt"))
        }
        return try DataSource.open(url.path, split: .train)
    }

    private func name(_ number: Int) -> String { "\(100 + number).ppm" }
}

/// A norm behind the input, trained on pictures of one colour with the folder's noise.
private func normed(_ color: [Float]) throws(EdgeError) -> Graph {
    var graph = Graph(name: "normed")
    let input = graph.addInput("input", TensorType(.float32, [1, 8, 8, 3]))
    let weights = graph.addConstant("weights", [3, 1, 1, 3], .float32([1, 0, 0, 0, 1, 0, 0, 0, 1]))
    let norm = try graph.add(Convolution(), name: "norm", inputs: [input, weights])
    let deviation: Float = 0.0917  // of 81 equally likely steps of 1/255
    graph.values[norm].trained = ChannelStatistics(
        means: color.map { $0 / 255 }, deviations: [deviation, deviation, deviation])
    graph.outputs = [norm]
    return graph
}

/// The mean colour, and scores by rows of weights.
private func classifier(_ rows: [[Float]], bias: [Float]) throws(EdgeError) -> Graph {
    var graph = Graph(name: "classifier")
    let input = graph.addInput("input", TensorType(.float32, [1, 8, 8, 3]))
    let mean = try graph.add(AveragePool(window: Extent(8, 8), strides: .one), name: "mean", inputs: [input])
    let flat = try graph.add(Flatten(), name: "flat", inputs: [mean])
    let weights = graph.addConstant("weights", [rows.count, 3], .float32(rows.flatMap { $0 }))
    let bias = graph.addConstant("bias", [rows.count], .float32(bias))
    graph.outputs = [try graph.add(Dense(), name: "scores", inputs: [flat, weights, bias])]
    return graph
}

private func warnings(
    _ graph: Graph, _ pictures: LabelledPictures, _ change: (inout Preprocessing) -> Void = { _ in }
) throws -> [String] {
    var preprocessing = try #require(try Preprocessing(graph: graph))
    preprocessing.crop = .whole
    change(&preprocessing)
    return try CalibrationReview(graph, pictures, Array(0..<pictures.count), preprocessing, threads: 2).warnings()
}

private let brown = [200, 128, 50]

@Test func rightSettingsAreNotWarnedOf() throws {
    let folder = try Folder()
    let pictures = try folder.pictures([[Int]](repeating: brown, count: 40))
    #expect(try warnings(normed([200, 128, 50]), pictures) == [])
}

@Test func inputsUnlikeThoseOfTrainingAreWarnedOf() throws {
    let folder = try Folder()
    let pictures = try folder.pictures([[Int]](repeating: brown, count: 40))
    let said = try warnings(normed([200, 128, 50]), pictures) {
        $0.mean = [0.5, 0.5, 0.5]
        $0.deviation = [0.5, 0.5, 0.5]
    }
    #expect(said.count == 1 && said[0].contains("'norm'") && said[0].contains("2.0"), "\(said)")
    #expect(said[0].contains("--input-mean and --input-std"))
}

@Test func swappedColoursAreKnownByTheNorm() throws {
    let folder = try Folder()
    let pictures = try folder.pictures([[Int]](repeating: brown, count: 40))
    let said = try warnings(normed([200, 128, 50]), pictures) { $0.color = .bgr }
    #expect(said.count == 1 && said[0].contains("red and blue swapped") && said[0].contains("norm"), "\(said)")
}

@Test func swappedColoursAreKnownByRightAnswers() throws {
    let folder = try Folder()
    let colors = (0..<40).map { $0 % 2 == 0 ? [180, 90, 60] : [60, 90, 180] }
    let pictures = try folder.pictures(colors, labels: (0..<40).map { $0 % 2 })
    let graph = try classifier([[1, 0, -1], [-1, 0, 1]], bias: [0, 0])
    #expect(try warnings(graph, pictures) == [])
    let said = try warnings(graph, pictures) { $0.color = .bgr }
    #expect(said.count == 1 && said[0].contains("swapped 40 of 40") && said[0].contains("as given 0"), "\(said)")
}

@Test func fewPicturesAreWarnedOf() throws {
    let folder = try Folder()
    let said = try warnings(
        normed([200, 128, 50]), folder.pictures([[Int]](repeating: brown, count: 5)))
    #expect(said.count == 1 && said[0].hasPrefix("5 calibration pictures are few"), "\(said)")
}

@Test func picturesThatAreAlikeAreWarnedOf() throws {
    let folder = try Folder()
    let same = [[Int]](repeating: brown, count: 32)
    let said = try warnings(normed([200, 128, 50]), folder.pictures(same, isNoisy: false))
    #expect(said.count == 1 && said[0].contains("all alike"), "\(said)")
}

@Test func oneAnswerToEverythingIsWarnedOf() throws {
    let folder = try Folder()
    let pictures = try folder.pictures((0..<32).map { [8 * $0, 128, 255 - 8 * $0] })
    let bias = (0..<10).map { Float($0 == 3 ? 1000 : 0) }
    let graph = try classifier((0..<10).map { [Float($0), 0, 1] }, bias: bias)
    let said = try warnings(graph, pictures)
    #expect(said.count == 1 && said[0].contains("class 3 to each of 16"), "\(said)")
}
