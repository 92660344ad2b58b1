import Compilation
import EdgeFormat
import Evaluation
import Inference
import ModelGraph
import TestSupport
import Testing

/// A drawn denoiser, changed after it was quantized: all else stays as it is.
private func denoiser(packedSets: [UInt16] = [], _ change: (inout Graph) -> Void = { _ in }) throws -> ModelFile {
    var graph = try TestModels.quantized(try TestModels.denoiserGraph(seed: 2))
    change(&graph)
    var options = CompilationOptions()
    options.packedSets = packedSets
    return try Model(bytes: try Compiler.compile(graph, options).file, place: "drawn").file
}

@Test func packedWeightsAndNamesAreNoDifference() throws {
    let usual = try denoiser()
    #expect(ModelDifference.first(usual, usual) == nil)
    let other = try denoiser(packedSets: [1]) { $0.name = "other" }
    #expect(other.packedSets == [1] && ModelDifference.first(usual, other) == nil)
}

@Test(arguments: [
    ("schedule", "cosine", "the noise schedules differ"), ("steps", "999", "the noise schedules differ"),
    ("guidance", "3", "the guidance is 2.0 and 3.0"),
])
func whatTheStepsSayIsCompared(_ key: String, _ value: String, _ words: String) throws {
    let other = try denoiser { $0.metadata["swiftlet.diffusion." + key] = value }
    #expect(try ModelDifference.first(denoiser(), other)?.hasPrefix(words) == true)
}

@Test func aClassifierIsNoDenoiser() throws {
    let classifier = try Model(bytes: try TestModels.tiny().file, place: "tiny").file
    #expect(try ModelDifference.first(classifier, denoiser()) == "one is a denoiser, the other is none")
}

@Test func aNormWithAnotherEpsilonIsADifference() throws {
    let other = try denoiser { graph in
        for index in graph.nodes.indices.reversed() {
            guard var norm = graph.nodes[index].operation as? GroupNormalization else { continue }
            norm.epsilon *= 2
            graph.nodes[index].operation = norm
            return
        }
    }
    let difference = try #require(try ModelDifference.first(denoiser(), other))
    #expect(difference.hasPrefix("operation 'last") && difference.hasSuffix("has other parameters"))
}

@Test func readingAnotherTensorIsADifference() throws {
    /// The sum of two inputs, or of one with itself.
    func sum(_ operands: (Int, Int) -> [Int]) throws -> ModelFile {
        var model = HandmadeModel()
        let a = model.activation(.int8, .input, [1, 2, 2, 3])
        let b = model.activation(.int8, .input, [1, 2, 2, 3])
        let y = model.activation(.int8, .output, [1, 2, 2, 3])
        model.operation(.addition, operands(a, b), y)
        model.graph(inputs: [a, b], outputs: [y])
        return try Model(bytes: model.file, place: "sum").file
    }
    let usual = try sum { [$0, $1] }
    #expect(ModelDifference.first(usual, try sum { [$0, $1] }) == nil)
    #expect(ModelDifference.first(usual, try sum { a, _ in [a, a] })?.contains("reads other tensors") == true)
    #expect(ModelDifference.first(usual, try sum { [$1, $0] })?.contains("inputs or outputs of graph 'main'") == true)
}
