public import Diffusion
public import EdgeFormat
public import ModelGraph

/// A network that `train` knows by name: its architecture, its input and how it is trained. One file each; `Recipe.all`
/// is the list.
public struct Recipe: Sendable {
    /// What is learned from labelled pictures.
    public enum Task: Equatable, Sendable {
        /// The picture's label.
        case classification
        /// The noise that was mixed into it.
        case denoising
    }

    public let name: String
    /// What `--list` prints beside the name.
    public let summary: String
    public let task: Task
    public let input: PictureInput
    public let settings: TrainingSettings
    /// What the classes are called where the data do not say.
    public let labels: [String]
    /// The architecture for a number of classes and a width (0 where there is none to choose).
    public let architecture: @Sendable (_ classes: Int, _ width: Int) -> any Architecture

    public init(
        name: String, summary: String, task: Task, input: PictureInput, settings: TrainingSettings, labels: [String],
        architecture: @escaping @Sendable (_ classes: Int, _ width: Int) -> any Architecture
    ) {
        self.name = name
        self.summary = summary
        self.task = task
        self.input = input
        self.settings = settings
        self.labels = labels
        self.architecture = architecture
    }

    public static let all: [Recipe] = [.lenet5, .ddpm]

    /// The recipe of a name.
    public static func named(_ name: String) -> Recipe? { all.first { $0.name == name } }

    /// A network before its training.
    /// - Parameter width: the recipe's own when nil.
    public func network(classes: Int, width: Int? = nil, seed: UInt64) throws(EdgeError) -> Network {
        try Network(architecture(classes, width ?? settings.width), seed: seed)
    }

    /// A trained network as a graph that says how its input is made and what its outputs, or its labels, mean.
    public func graph(
        of network: Network, labels: [String], schedule: DiffusionSettings.ScheduleKind? = nil
    ) throws(EdgeError) -> Graph {
        var graph = try network.graph(name: name)
        graph.metadata =
            switch task {
            case .classification: input.metadata
            case .denoising:
                DiffusionSettings(scheduleKind: schedule ?? settings.schedule, classes: labels.count).metadata
            }
        graph.metadata["swiftlet.output.labels"] = labels.joined(separator: "\n")
        return graph
    }
}

/// How pictures become a network's input: resized or centred, then (byte / 255 − mean) / deviation in each channel.
public struct PictureInput: Equatable, Sendable {
    public let width: Int
    public let height: Int
    public let color: InputColor
    /// Of each channel, for bytes divided by 255.
    public let mean: [Float]
    public let deviation: [Float]
    public let fit: Fit

    /// How a picture of another size gets the input's size.
    public enum Fit: Equatable, Sendable {
        case resized
        /// A smaller one stands in the middle of zeros, pixel by pixel; a larger one is resized.
        case centred
    }

    public init(
        width: Int, height: Int, color: InputColor, mean: [Float], deviation: [Float], fit: Fit = .resized
    ) {
        self.width = width
        self.height = height
        self.color = color
        self.mean = mean
        self.deviation = deviation
        self.fit = fit
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
    public static let widthLimit: UInt32 = 256

    public var epochs: Int
    /// Samples of one step.
    public var batch: Int
    public var method: Method
    /// The largest step size; it falls along half a cosine to 0 at the end.
    public var learningRate: Float
    /// Pixels by which a picture is moved at random, in each direction.
    public var shift: Int
    /// The architecture's width, a multiple of 16; 0 where there is none to choose.
    public var width: Int
    /// How noise is mixed in, where a network learns to find it.
    public var schedule: DiffusionSettings.ScheduleKind

    public init(
        epochs: Int, batch: Int, method: Method, learningRate: Float, shift: Int, width: Int = 0,
        schedule: DiffusionSettings.ScheduleKind = .linear
    ) {
        self.epochs = epochs
        self.batch = batch
        self.method = method
        self.learningRate = learningRate
        self.shift = shift
        self.width = width
        self.schedule = schedule
    }
}
