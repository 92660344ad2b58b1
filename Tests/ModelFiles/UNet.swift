import EdgeFormat
import Foundation
import ModelGraph

/// A noise predictor with random weights: three sizes of picture, skip connections, a time and a label for each sample.
/// Constants are named as an ONNX file names them, so that a graph read back can be equal.
struct UNet {
    private(set) var graph = Graph(name: "unet")
    private var random: SeededGenerator
    /// The time embedding behind its last SiLU.
    private var condition: Graph.ValueID = 0

    /// - Parameter width: a multiple of 8; channels are width / 2, 2 and 3 times it.
    static func graph(width: Int, side: Int = 32, seed: UInt64 = 1) throws -> Graph {
        var net = UNet(random: SeededGenerator(seed: seed))
        try net.build(width, side)
        return net.graph
    }

    private init(random: SeededGenerator) { self.random = random }

    private mutating func build(_ width: Int, _ side: Int) throws {
        let (c0, c1, c2) = (width / 2, 2 * width, 3 * width)
        let x = graph.addInput("x", TensorType(.float32, [1, side, side, 1]))
        let t = graph.addInput("t", TensorType(.int64, [1]))
        let label = graph.addInput("label", TensorType(.int64, [1]))
        graph.metadata = ["swiftlet.diffusion.steps": "1000", "swiftlet.diffusion.schedule": "linear"]
        let frequencies = (0..<width / 2).map { Float(pow(10000, -Double($0) / Double(width / 2))) }
        var e = try graph.add(Sinusoid(frequencies: frequencies), name: "time", inputs: [t])
        e = try silu("time.0.silu", try dense("time.0", e, 4 * width))
        e = try dense("time.1", e, 4 * width)
        let table = constant("label.weight", [11, 4 * width], depth: 4)
        let rows = try graph.add(Embedding(), name: "label", inputs: [label, table], output: "label.row")
        e = try graph.add(Addition(), name: "embedding", inputs: [e, rows])
        condition = try silu("condition", e)
        let h0 = try convolution("in", x, c0)
        let d0 = try block("down0", h0, c0)
        let d1 = try block("down1", try convolution("reduce0", d0, c0, stride: 2), c1)
        let d2 = try block("down2", try convolution("reduce1", d1, c1, stride: 2), c2)
        var h = try block("middle", d2, c2)
        h = try block("up2", try join("join2", h, d2), c2)
        h = try block("up1", try join("join1", try grow("grow1", try convolution("expand1", h, c1)), d1), c1)
        h = try block("up0", try join("join0", try grow("grow0", try convolution("expand0", h, c0)), d0), c0)
        graph.outputs = [try convolution("out", try silu("out.silu", try norm("out.norm", h)), 1)]
        graph.values[graph.outputs[0]].name = "noise"
    }

    private func channels(_ x: Graph.ValueID) -> Int { graph.values[x].type.shape.last ?? 1 }

    private mutating func constant(_ name: String, _ shape: [Int], depth: Int) -> Graph.ValueID {
        graph.addConstant(name, shape, random.weights(shape, depth: depth))
    }

    private mutating func convolution(
        _ name: String, _ x: Graph.ValueID, _ outputs: Int, size: Int = 3, stride: Int = 1
    ) throws -> Graph.ValueID {
        let depth = channels(x)
        let w = constant(name + ".weight", [outputs, size, size, depth], depth: size * size * depth)
        let b = constant(name + ".bias", [outputs], depth: 4)
        let operation = Convolution(strides: Extent(stride, stride), padding: Padding(size / 2))
        return try graph.add(operation, name: name, inputs: [x, w, b])
    }

    private mutating func dense(_ name: String, _ x: Graph.ValueID, _ outputs: Int) throws -> Graph.ValueID {
        let w = constant(name + ".weight", [outputs, channels(x)], depth: channels(x))
        return try graph.add(Dense(), name: name, inputs: [x, w, constant(name + ".bias", [outputs], depth: 4)])
    }

    private mutating func norm(_ name: String, _ x: Graph.ValueID) throws -> Graph.ValueID {
        let gamma = constant(name + ".weight", [channels(x)], depth: 1)
        let beta = constant(name + ".bias", [channels(x)], depth: 1)
        let operation = GroupNormalization(groups: channels(x) / (channels(x) % 8 == 0 ? 8 : 4), epsilon: 1e-5)
        return try graph.add(operation, name: name, inputs: [x, gamma, beta])
    }

    private mutating func silu(_ name: String, _ x: Graph.ValueID) throws -> Graph.ValueID {
        try graph.add(SiLU(), name: name, inputs: [x])
    }

    private mutating func join(_ name: String, _ a: Graph.ValueID, _ b: Graph.ValueID) throws -> Graph.ValueID {
        try graph.add(Concatenation(), name: name, inputs: [a, b])
    }

    private mutating func grow(_ name: String, _ x: Graph.ValueID) throws -> Graph.ValueID {
        try graph.add(Upsampling(factor: Extent(2, 2)), name: name, inputs: [x])
    }

    private mutating func block(_ name: String, _ x: Graph.ValueID, _ outputs: Int) throws -> Graph.ValueID {
        var h = try silu(name + ".silu0", try norm(name + ".norm0", x))
        h = try convolution(name + ".conv0", h, outputs)
        let row = try dense(name + ".time", condition, outputs)
        h = try graph.add(Addition(), name: name + ".timed", inputs: [h, row])
        h = try silu(name + ".silu1", try norm(name + ".norm1", h))
        h = try convolution(name + ".conv1", h, outputs)
        let short = channels(x) == outputs ? x : try convolution(name + ".short", x, outputs, size: 1)
        return try graph.add(Addition(), name: name, inputs: [h, short])
    }
}
