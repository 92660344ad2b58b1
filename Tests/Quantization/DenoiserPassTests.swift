import EdgeFormat
import ModelGraph
import Quantization
import TestSupport
import Testing

/// The largest difference between what two graphs give for the same drawn inputs, as a share of the largest value.
private func difference(_ a: Graph, _ b: Graph) throws -> Float {
    var worst: Float = 0
    for seed in 1...3 as ClosedRange<UInt64> {
        let inputs = DrawnDenoiser.inputs(a, seed: seed)
        let x = try #require(try ReferenceInterpreter(a).run(inputs).first?.floats)
        let y = try #require(try ReferenceInterpreter(b).run(inputs).first?.floats)
        let largest = x.reduce(0) { max($0, abs($1)) }
        try #require(largest > 0.01 && x.count == y.count)
        worst = zip(x, y).reduce(worst) { max($0, abs($1.0 - $1.1) / largest) }
    }
    return worst
}

@Test(arguments: [(1, false), (2, true), (3, false)] as [(UInt64, Bool)])
func aDenoiserComputesTheSameAfterEveryPass(_ seed: UInt64, _ fusesFunctions: Bool) throws {
    var drawn = DrawnDenoiser(seed: seed)
    drawn.fusesFunctions = fusesFunctions
    let graph = try drawn.floatGraph()
    var rewritten = graph
    for pass in Pass.all {
        rewritten = pass(rewritten)
        try rewritten.validate()
        #expect(try difference(graph, rewritten) < 1e-5, "after \(pass.name)")
    }
}

@Test func additionsOfPicturesAreFusedAndRawHalvesStayApart() throws {
    let graph = try DrawnDenoiser(seed: 4).floatGraph().simplified()
    // Only the sum of time step and label is left.
    #expect(graph.nodes.filter { $0.operation is Addition }.map(\.name) == ["time.label"])
    // What is set side by side are results of norms, which are made for one reader and can share a scale.
    for node in graph.nodes where node.operation is Concatenation {
        for part in node.inputs {
            let producer = try #require(graph.producer(of: part))
            #expect(graph.nodes[producer].operation is SiLU && graph.users(of: part).count == 1)
        }
    }
    for node in graph.nodes where node.operation is SiLU && !node.name.hasPrefix("time") && node.name != "steering" {
        let producer = try #require(graph.producer(of: node.inputs[0]))
        #expect(graph.nodes[producer].operation is GroupNormalization)
    }
}

@Test func aNormWhoseGroupsReachOverAJointStaysWhole() throws {
    var graph = Graph(name: "joint")
    let a = graph.addInput("a", TensorType(.float32, [1, 2, 2, 3]))
    let b = graph.addInput("b", TensorType(.float32, [1, 2, 2, 5]))
    let joined = try graph.add(Concatenation(), name: "joined", inputs: [a, b])
    let ones = graph.addConstant("ones", [8], .float32([Float](repeating: 1, count: 8)))
    let norm = GroupNormalization(groups: 2, epsilon: 1e-5)
    graph.outputs = [try graph.add(norm, name: "norm", inputs: [joined, ones, ones])]
    #expect(graph.simplified().nodes.count == 2)
}

@Test func aConvolutionOfPartsThatNothingElseReadsStaysWhole() throws {
    var graph = Graph(name: "parts")
    let a = graph.addInput("a", TensorType(.float32, [1, 2, 2, 3]))
    let b = graph.addInput("b", TensorType(.float32, [1, 2, 2, 1]))
    let joined = try graph.add(Concatenation(), name: "joined", inputs: [a, b])
    let weights = graph.addConstant("weights", [2, 1, 1, 4], .float32([1, 2, 3, 4, 5, 6, 7, 8]))
    graph.outputs = [try graph.add(Convolution(), name: "mix", inputs: [joined, weights])]
    #expect(graph.simplified().nodes.count == 2)
}

@Test func aValueAddedToItselfIsNotFused() throws {
    var graph = Graph(name: "twice")
    let x = graph.addInput("x", TensorType(.float32, [1, 2, 2, 1]))
    let weights = graph.addConstant("weights", [1, 1, 1, 1], .float32([3]))
    let y = try graph.add(Convolution(), name: "y", inputs: [x, weights])
    graph.outputs = [try graph.add(Addition(), name: "sum", inputs: [y, y])]
    let simple = graph.simplified()
    #expect(try ReferenceInterpreter(simple).run([.float32([1, 2, 3, 4])]) == [.float32([6, 12, 18, 24])])
}
