public import EdgeFormat
public import ModelGraph

/// A small noise predictor with random weights: a U-Net with residual blocks, group norms, skip concatenations, and a row
/// of time step and label for each block.
public struct DrawnDenoiser {
    /// Height and width of its pictures.
    public var side = 8
    /// Channels of each level, multiples of `group`; each level has half the height and width of the one before.
    public var channels = [8, 16]
    /// Channels of a group of its norms.
    public var group = 4
    public var classes = 3
    /// Whether the norms apply their functions themselves.
    public var fusesFunctions = false

    private var graph = Graph(name: "drawn")
    private var generator: SplitMix64
    private var emb: Graph.ValueID = 0

    public init(seed: UInt64) {
        generator = SplitMix64(seed: seed ^ 0xd1ff)
    }

    /// The float graph: inputs x, t and label, output noise.
    public consuming func floatGraph() throws(EdgeError) -> Graph {
        graph.metadata = [
            "swiftlet.diffusion.schedule": "linear", "swiftlet.diffusion.steps": "1000",
            "swiftlet.diffusion.classes": "\(classes)", "swiftlet.diffusion.guidance": "2",
            "swiftlet.output.labels": (0..<classes).map { "label \($0)" }.joined(separator: "\n"),
        ]
        let x = graph.addInput("x", TensorType(.float32, [1, side, side, 1]))
        try addEmbedding()
        var h = try convolution("first", x, outputs: channels[0])
        var skips: [Graph.ValueID] = []
        for (level, count) in channels.enumerated() {
            if level > 0 { h = try convolution("down\(level)", h, outputs: channels[level - 1], stride: 2) }
            h = try block("in\(level)", h, outputs: count)
            skips.append(h)
        }
        h = try block("middle", h, outputs: channels[channels.count - 1])
        for (level, skip) in skips.enumerated().reversed() {
            let joined = try graph.add(Concatenation(), name: "join\(level)", inputs: [h, skip])
            h = try block("out\(level)", joined, outputs: channels[level])
            guard level > 0 else { continue }
            h = try convolution("up\(level)", h, outputs: channels[level - 1])
            h = try graph.add(Upsampling(factor: Extent(2, 2)), name: "upsample\(level)", inputs: [h])
        }
        graph.outputs = [try convolution("noise", try normalized("last", h), outputs: 1)]
        return graph
    }

    private mutating func addEmbedding() throws(EdgeError) {
        let t = graph.addInput("t", TensorType(.int64, [1]))
        let label = graph.addInput("label", TensorType(.int64, [1]))
        let (half, width) = (4, 16)
        var frequencies: [Float] = []
        var frequency: Float = 1
        for _ in 0..<half {
            frequencies.append(frequency)
            frequency *= 0.1
        }
        let waves = try graph.add(Sinusoid(frequencies: frequencies), name: "waves", inputs: [t])
        let hidden = try dense("time1", waves, outputs: width)
        let time = try dense("time2", try graph.add(SiLU(), name: "time.silu", inputs: [hidden]), outputs: width)
        let table = constant("labels", [classes + 1, width], scale: 0.5)
        let row = try graph.add(Embedding(), name: "label.row", inputs: [label, table])
        let sum = try graph.add(Addition(), name: "time.label", inputs: [time, row])
        emb = try graph.add(SiLU(), name: "steering", inputs: [sum])
    }

    private mutating func block(_ name: String, _ x: Graph.ValueID, outputs: Int) throws(EdgeError) -> Graph.ValueID {
        var h = try convolution(name + ".conv1", try normalized(name + ".norm1", x), outputs: outputs)
        let row = try dense(name + ".row", emb, outputs: outputs)
        h = try graph.add(Addition(), name: name + ".steered", inputs: [h, row])
        h = try convolution(name + ".conv2", try normalized(name + ".norm2", h), outputs: outputs)
        let isSame = graph.values[x].type.shape[3] == outputs
        let shortcut = isSame ? x : try convolution(name + ".shortcut", x, outputs: outputs, window: 1)
        return try graph.add(Addition(), name: name, inputs: [h, shortcut])
    }

    private mutating func normalized(_ name: String, _ x: Graph.ValueID) throws(EdgeError) -> Graph.ValueID {
        let count = graph.values[x].type.shape[3]
        let factors = constant(name + ".factors", [count], scale: 0.5, around: 1)
        let offsets = constant(name + ".offsets", [count], scale: 0.5)
        let norm = GroupNormalization(
            groups: count / group, epsilon: 1e-5, activation: fusesFunctions ? .silu : .none)
        let y = try graph.add(norm, name: name, inputs: [x, factors, offsets])
        return fusesFunctions ? y : try graph.add(SiLU(), name: name + ".function", inputs: [y])
    }

    private mutating func convolution(
        _ name: String, _ x: Graph.ValueID, outputs: Int, window: Int = 3, stride: Int = 1
    ) throws(EdgeError) -> Graph.ValueID {
        let inputs = graph.values[x].type.shape[3]
        let scale = 1.5 / Float(window * window * inputs).squareRoot()
        let weights = constant(name + ".weights", [outputs, window, window, inputs], scale: scale)
        let bias = constant(name + ".offset", [outputs], scale: 0.2)
        let operation = Convolution(strides: Extent(stride, stride), padding: Padding(window / 2))
        return try graph.add(operation, name: name, inputs: [x, weights, bias])
    }

    private mutating func dense(_ name: String, _ x: Graph.ValueID, outputs: Int) throws(EdgeError) -> Graph.ValueID {
        let inputs = graph.values[x].type.shape[1]
        let weights = constant(name + ".weights", [outputs, inputs], scale: 1.5 / Float(inputs).squareRoot())
        return try graph.add(
            Dense(), name: name, inputs: [x, weights, constant(name + ".offset", [outputs], scale: 0.2)])
    }

    private mutating func constant(
        _ name: String, _ shape: [Int], scale: Float, around middle: Float = 0
    ) -> Graph.ValueID {
        let elements = (0..<shape.reduce(1, *)).map { _ in
            middle + Float(Int32(truncatingIfNeeded: generator.next() >> 32)) / 2_147_483_648 * scale
        }
        return graph.addConstant(name, shape, .float32(elements))
    }

    /// Inputs drawn from a seed: a latent, a time step and a label.
    public static func inputs(_ graph: Graph, seed: UInt64) -> [TensorData] {
        var draw = SplitMix64(seed: seed)
        return graph.inputs.map { id in
            let value = graph.values[id]
            guard value.type.element == .float32 else {
                let count: UInt64 = value.name == "t" ? 1000 : 4
                return .int64((0..<value.type.count).map { _ in Int64(draw.next() % count) })
            }
            return .float32(
                (0..<value.type.count).map { _ in Float(Int32(truncatingIfNeeded: draw.next() >> 32)) / 1_073_741_824 })
        }
    }
}
