import Compilation
import EdgeFormat
import Inference
import ModelGraph
import Quantization
import TestSupport
import Testing

@Test func theSameGraphGivesTheSameBytes() throws {
    #expect(try TestModels.tiny().file == TestModels.tiny().file)
    #expect(try TestModels.random(seed: 5).file == TestModels.random(seed: 5).file)
}

@Test func aPaddedInputHasABorderAndAFlattenedPictureSharesItsMemory() throws {
    let file = try Model(bytes: try TestModels.tiny().file, place: "tiny").file
    #expect(file.tensors[0].border == Border(top: 1, left: 1, bottom: 1, right: 1))
    let flattened = try #require(file.operations.first { $0.kind == .dense }).inputs[0]
    let pooled = try #require(file.operations.first { $0.kind == .averagePool }).output
    #expect(file.tensors[flattened].home == file.tensors[pooled].home)
}

@Test func aBatchIsRefused() throws {
    var graph = Graph(name: "batch")
    let quantization = Quantization(scale: 0.1, zeroPoint: 0)
    let input = graph.addInput("input", TensorType(.int8, [2, 4, 4, 1], quantization: quantization))
    graph.outputs = [
        try graph.add(
            MaxPool(window: Extent(2, 2), strides: Extent(2, 2)), name: "pool", inputs: [input],
            quantization: quantization)
    ]
    #expect { _ = try Compiler.compile(graph, CompilationOptions()) } throws: {
        ($0 as? EdgeError)?.line.contains("batch") == true
    }
}

@Test func paddingMustFitTheFile() throws {
    func graph(_ side: Int) throws -> Graph {
        var graph = Graph(name: "padding")
        let quantization = Quantization(scale: 0.1, zeroPoint: 0)
        let input = graph.addInput("input", TensorType(.int8, [1, 4, 4, 1], quantization: quantization))
        let pool = AveragePool(
            window: Extent(2 * side + 1, 3), strides: Extent(1, 1),
            padding: Padding(top: side, left: 1, bottom: side, right: 1), countsPadding: true)
        graph.outputs = [try graph.add(pool, name: "pool", inputs: [input], quantization: quantization)]
        return graph
    }
    #expect { _ = try Compiler.compile(try graph(300), CompilationOptions()) } throws: {
        ($0 as? EdgeError)?.line.contains("node 'pool': pads by 300; a compiled file has at most 255") == true
    }
    _ = try Compiler.compile(try graph(1), CompilationOptions())
}

@Test func labelsMustFitTheClasses() throws {
    var graph = Graph(name: "labels")
    let quantization = Quantization(scale: 0.1, zeroPoint: 0)
    let input = graph.addInput("input", TensorType(.int8, [1, 2, 2, 3], quantization: quantization))
    let pooled = try graph.add(
        MaxPool(window: Extent(2, 2), strides: Extent(2, 2)), name: "pool", inputs: [input], quantization: quantization)
    graph.outputs = [pooled]
    var options = CompilationOptions()
    options.labels = ["one", "two"]
    #expect { _ = try Compiler.compile(graph, options) } throws: {
        ($0 as? EdgeError)?.line.contains("2 labels for 3 classes") == true
    }
    options.labels = ["one", "two", "three"]
    _ = try Compiler.compile(graph, options)
}
