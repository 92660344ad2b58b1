public import EdgeFormat
public import ModelGraph

/// A network that `train` knows by name: its layers, its input and how it is trained. One file each; `Recipe.all` is the
/// list.
public struct Recipe: Sendable {
    public let name: String
    /// What `--list` prints beside the name.
    public let summary: String
    public let input: PictureInput
    public let settings: TrainingSettings
    /// What the classes are called where the data do not say.
    public let labels: [String]
    /// The layers for a number of classes.
    public let layers: @Sendable (_ classes: Int) -> [any Layer]

    public init(
        name: String, summary: String, input: PictureInput, settings: TrainingSettings, labels: [String],
        layers: @escaping @Sendable (_ classes: Int) -> [any Layer]
    ) {
        self.name = name
        self.summary = summary
        self.input = input
        self.settings = settings
        self.labels = labels
        self.layers = layers
    }

    public static let all: [Recipe] = [.lenet5]

    /// The recipe of a name.
    public static func named(_ name: String) -> Recipe? { all.first { $0.name == name } }

    /// A network before its training.
    public func network(classes: Int, seed: UInt64) throws(EdgeError) -> Network {
        let shape = [input.height, input.width, input.color.channels]
        return try Network(layers(classes), input: shape, seed: seed)
    }

    /// A trained network as a graph that says how its input is made and what its outputs mean.
    public func graph(of network: Network, labels: [String]) throws(EdgeError) -> Graph {
        var graph = try network.graph(name: name)
        graph.metadata = input.metadata
        graph.metadata["swiftlet.output.labels"] = labels.joined(separator: "\n")
        return graph
    }
}

/// How pictures become a network's input: resized, then (byte / 255 − mean) / deviation in each channel.
public struct PictureInput: Equatable, Sendable {
    public let width: Int
    public let height: Int
    public let color: InputColor
    /// Of each channel, for bytes divided by 255.
    public let mean: [Float]
    public let deviation: [Float]

    public init(width: Int, height: Int, color: InputColor, mean: [Float], deviation: [Float]) {
        self.width = width
        self.height = height
        self.color = color
        self.mean = mean
        self.deviation = deviation
    }

    /// The input of a byte in a channel.
    public func value(of byte: UInt8, channel: Int) -> Float {
        (Float(byte) / 255 - mean[channel]) / deviation[channel]
    }

    /// The keys under which an ONNX file carries this. The crop is left to the default: none for pictures no larger than
    /// the input, such as those of the training.
    var metadata: [String: String] {
        [
            "swiftlet.input.resize": "\(width)x\(height)",
            "swiftlet.input.color": color == .grey ? "grey" : color == .rgb ? "rgb" : "bgr",
            "swiftlet.input.mean": mean.map { "\($0)" }.joined(separator: ","),
            "swiftlet.input.std": deviation.map { "\($0)" }.joined(separator: ","),
        ]
    }
}

/// How a network is trained, unless the command line says otherwise.
public struct TrainingSettings: Equatable, Sendable {
    public enum Method: String, CaseIterable, Sendable {
        case sgd, adam

        /// Where a recipe was tuned for another method.
        public var usualLearningRate: Float {
            switch self {
            case .sgd: 0.05
            case .adam: 0.002
            }
        }
    }

    /// Bounds of the settings.
    public static let epochLimit: UInt32 = 100_000
    public static let batchLimit: UInt32 = 65_536

    public var epochs: Int
    /// Samples of one step.
    public var batch: Int
    public var method: Method
    /// The largest step size; it falls along half a cosine to 0 at the end.
    public var learningRate: Float
    /// Pixels by which a picture is moved at random, in each direction.
    public var shift: Int

    public init(epochs: Int, batch: Int, method: Method, learningRate: Float, shift: Int) {
        self.epochs = epochs
        self.batch = batch
        self.method = method
        self.learningRate = learningRate
        self.shift = shift
    }
}
