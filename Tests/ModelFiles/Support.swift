import EdgeFormat
import Foundation
import ModelFiles
import ModelGraph

/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Floats as weights have them: a sum over `depth` of them stays near 1.
    mutating func weights(_ shape: [Int], depth: Int) -> TensorData {
        let limit = 1 / Float(depth).squareRoot()
        return .float32((0..<shape.reduce(1, *)).map { _ in Float.random(in: -limit...limit, using: &self) })
    }
}

/// The folder of models and data beside the repository; nil where it is not there.
let sharedFolder: URL? = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../shared").standardizedFileURL
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
}()

extension Graph {
    /// Adds a convolution with random weights and bias.
    mutating func addConvolution(
        _ name: String, _ x: ValueID, outputs: Int, size: Extent, _ operation: Convolution = Convolution(),
        _ random: inout SeededGenerator
    ) throws -> ValueID {
        let depth = (values[x].type.shape.last ?? 1) / operation.groups
        let shape = [outputs, size.height, size.width, depth]
        let weights = random.weights(shape, depth: size.height * size.width * depth)
        let w = addConstant(name + ".w", shape, weights)
        let b = addConstant(name + ".b", [outputs], random.weights([outputs], depth: 4))
        return try add(operation, name: name, inputs: [x, w, b])
    }

    /// Adds a dense layer with random weights and bias.
    mutating func addDense(
        _ name: String, _ x: ValueID, outputs: Int, _ activation: Activation, _ random: inout SeededGenerator
    ) throws -> ValueID {
        let depth = values[x].type.shape.last ?? 1
        let w = addConstant(name + ".w", [outputs, depth], random.weights([outputs, depth], depth: depth))
        let b = addConstant(name + ".b", [outputs], random.weights([outputs], depth: 4))
        return try add(Dense(activation: activation), name: name, inputs: [x, w, b])
    }

    /// Random elements for the only input.
    func randomInput(_ random: inout SeededGenerator) -> TensorData { randomInputs(&random)[0] }

    /// Random elements for each input; integers are below 10.
    func randomInputs(_ random: inout SeededGenerator) -> [TensorData] {
        inputs.map { values[$0].type }.map { type in
            type.element == .int64
                ? .int64((0..<type.count).map { _ in Int64.random(in: 0..<10, using: &random) })
                : .float32((0..<type.count).map { _ in Float.random(in: -1...1, using: &random) })
        }
    }
}

extension Graph {
    /// The graph as it is before a file says how pictures lie in it.
    var withoutSourceAxes: Graph {
        var graph = self
        for id in values.indices { graph.values[id].sourceAxes = nil }
        return graph
    }
}

/// LeNet-5 with random weights, 1x32x32x1 to 10.
func leNet5(_ random: inout SeededGenerator) throws -> Graph {
    var graph = Graph(name: "lenet5")
    graph.metadata = ["swiftlet.input.mean": "0.1307", "swiftlet.input.std": "0.3081", "swiftlet.input.color": "grey"]
    let five = Extent(5, 5)
    let pool = AveragePool(window: Extent(2, 2), strides: Extent(2, 2))
    var x = graph.addInput("input", TensorType(.float32, [1, 32, 32, 1]))
    x = try graph.addConvolution("c1", x, outputs: 6, size: five, Convolution(activation: .relu), &random)
    x = try graph.add(pool, name: "s2", inputs: [x])
    x = try graph.addConvolution("c3", x, outputs: 16, size: five, Convolution(), &random)
    x = try graph.add(ReLU(), name: "r3", inputs: [x])
    x = try graph.add(pool, name: "s4", inputs: [x])
    x = try graph.addConvolution("c5", x, outputs: 120, size: five, Convolution(activation: .relu), &random)
    x = try graph.add(Flatten(), name: "flatten", inputs: [x])
    x = try graph.addDense("f6", x, outputs: 84, .relu, &random)
    graph.outputs = [try graph.addDense("logits", x, outputs: 10, &random)]
    return graph
}

extension Graph {
    mutating func addDense(
        _ name: String, _ x: ValueID, outputs: Int, _ random: inout SeededGenerator
    ) throws -> ValueID {
        try addDense(name, x, outputs: outputs, .none, &random)
    }
}

/// Graphs that together have every operation that ONNX files can hold.
func sampleGraphs() throws -> [Graph] {
    var random = SeededGenerator(seed: 20)
    var graphs = [try leNet5(&random)]

    // Padding, strides, dilations, groups, max pools; a flattened picture of several channels and pixels.
    var odd = Graph(name: "odd")
    var x = odd.addInput("picture", TensorType(.float32, [1, 13, 17, 4]))
    x = try odd.add(
        Pad(before: [0, 1, 0, 0], after: [0, 0, 2, 0], value: 0.5), name: "border", inputs: [x])
    let padding = Padding(top: 0, left: 1, bottom: 2, right: 1)
    x = try odd.addConvolution(
        "strided", x, outputs: 6, size: Extent(3, 2),
        Convolution(strides: Extent(2, 1), padding: padding, groups: 2, activation: .clip(minimum: -0.5, maximum: 0.6)),
        &random)
    x = try odd.add(
        MaxPool(window: Extent(3, 2), strides: Extent(1, 2), padding: Padding(top: 1, left: 0, bottom: 1, right: 1)),
        name: "largest", inputs: [x])
    x = try odd.addConvolution(
        "dilated", x, outputs: 6, size: Extent(2, 2), Convolution(dilations: Extent(2, 3), groups: 6), &random)
    x = try odd.add(Tanh(), name: "tanh", inputs: [x])
    x = try odd.add(
        AveragePool(window: Extent(2, 3), strides: Extent(2, 1), padding: Padding(1), countsPadding: true),
        name: "with border", inputs: [x])
    x = try odd.add(
        AveragePool(window: Extent(2, 3), strides: Extent(1, 2), padding: Padding(1)), name: "without", inputs: [x])
    x = try odd.add(Flatten(), name: "flatten", inputs: [x])
    x = try odd.add(Sigmoid(), name: "sigmoid", inputs: [x])
    x = try odd.addDense("dense", x, outputs: 7, &random)
    x = try odd.add(Clip(minimum: -0.2, maximum: .infinity), name: "clip", inputs: [x])
    odd.outputs = [try odd.add(Softmax(), name: "probabilities", inputs: [x])]
    graphs.append(odd)

    // Picture in, picture out; two outputs; softmax over channels.
    var map = Graph(name: "map")
    x = map.addInput("input", TensorType(.float32, [1, 6, 5, 3]))
    let y = try map.addConvolution("mix", x, outputs: 4, size: .one, Convolution(), &random)
    let classes = try map.add(Softmax(), name: "classes", inputs: [y])
    let mean = try map.add(AveragePool(window: Extent(6, 5), strides: .one), name: "mean", inputs: [y])
    let row = try map.add(Reshape(shape: [1, 4]), name: "row", inputs: [mean])
    map.outputs = [classes, try map.add(Identity(), name: "same", inputs: [row])]
    graphs.append(map)

    // Reshapes there and back.
    var shapes = Graph(name: "shapes")
    x = shapes.addInput("row", TensorType(.float32, [1, 24]))
    x = try shapes.add(Reshape(shape: [1, 4, 6, 1]), name: "picture", inputs: [x])
    x = try shapes.addConvolution("c", x, outputs: 2, size: Extent(2, 2), Convolution(), &random)
    x = try shapes.add(Reshape(shape: [1, 30]), name: "flat", inputs: [x])
    shapes.outputs = [try shapes.addDense("d", x, outputs: 3, &random)]
    graphs.append(shapes)
    graphs.append(try functions(named: "functions", [GELU(), GELU(approximation: .tanh), HardSwish(), Mish()]))
    let old: [any UnaryOperation] = [
        LeakyReLU(slope: 0.1), ThresholdedReLU(threshold: 0.3), ELU(alpha: 0.7), SELU(alpha: 1.5, gamma: 1.2),
        Softplus(), Softsign(), HardSigmoid(slope: 0.3, offset: 0.4), Exponential(), ErrorFunction(), Sine(), Cosine(),
        AbsoluteValue(), Negation(), Floor(), Ceiling(), NearestInteger(), Sign(), Logarithm(), SquareRoot(),
        Reciprocal(),
    ]
    graphs.append(try functions(named: "old functions", old))
    return graphs
}

/// A picture of each function of what lies above 0.1; of these and numbers below 0 as well where it takes them.
private func functions(named name: String, _ functions: [any UnaryOperation]) throws -> Graph {
    var graph = Graph(name: name)
    let x = graph.addInput("input", TensorType(.float32, [1, 3, 4, 5]))
    let above = try graph.add(Clip(minimum: 0.1, maximum: .infinity), name: "above", inputs: [x])
    for (index, function) in functions.enumerated() {
        let isPartial = function is Logarithm || function is SquareRoot || function is Reciprocal
        graph.outputs.append(try graph.add(function, name: "y\(index)", inputs: [isPartial ? above : x]))
    }
    return graph
}

/// The largest difference between two lists of floats, infinite where their lengths differ or one holds a NaN.
func difference(_ a: [Float], _ b: [Float]) -> Float {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).map { abs($0 - $1) }.reduce(0) { $1.isNaN ? .infinity : max($0, $1) }
}
