public import EdgeFormat
public import Inference

/// A model that predicts noise: what its file says of schedule, noise and labels, ready to be used.
public struct DiffusionModel: Sendable {
    public let model: Model
    public let settings: DiffusionSteps
    public let schedule: NoiseSchedule
    public let noise: GaussianNoise
    /// Names of the labels, `settings.classes` of them.
    public let labels: [String]
    /// Pixels of a picture.
    public let width: Int
    public let height: Int
    /// 1 grey, 3 RGB.
    public let channels: Int

    /// - Throws: `.usage` where the model is another one, for example a classifier.
    public init(_ model: Model) throws(EdgeError) {
        guard let settings = model.file.steps else {
            throw EdgeError(
                .usage, at: model.path, "predicts no noise; `edge-run classify` or `edge-run infer` runs it")
        }
        guard let schedule = NoiseSchedule(alphaBars: settings.alphaBars) else {
            throw EdgeError(.data, at: model.path, "has a schedule that does not fall from 1 towards 0")
        }
        self.model = model
        self.settings = settings
        self.schedule = schedule
        noise = try GaussianNoise(table: settings.noiseTable)
        let graph = model.file.graphs[settings.graph]
        let picture = model.file.tensors[graph.inputs[0]]
        (width, height, channels) = (picture.width, picture.height, picture.channels)
        let output = model.file.outputs.first { $0.tensor == graph.outputs[0] }
        var labels = output?.labels.prefix(settings.classes) ?? []
        // A file may count further than it names; names are looked for, so their number is bounded.
        while labels.count < min(settings.classes, Self.namedLabels) { labels.append("\(labels.count)") }
        self.labels = Array(labels)
    }

    private static let namedLabels = 65_536

    /// Elements of a latent.
    public var count: Int { width * height * channels }

    /// The label that stands for none.
    public var nullLabel: Int { settings.classes }

    /// A label's name; "none" for `nullLabel`.
    public func name(of label: Int) -> String { labels.indices.contains(label) ? labels[label] : "none" }

    /// The label of a name, of "none", or of a number.
    /// - Throws: `.usage` with the names that there are.
    public func label(_ text: String) throws(EdgeError) -> Int {
        if let index = labels.firstIndex(where: { $0.utf8.elementsEqual(text.utf8) }) { return index }
        if text.utf8.elementsEqual("none".utf8) { return nullLabel }
        if let number = Int(text), labels.indices.contains(number) { return number }
        var list = ""
        for name in labels.prefix(20) { list += name + ", " }
        if labels.count > 20 { list += "… (\(labels.count)), " }
        throw EdgeError(.usage, at: "label '\(text)'", "not one of \(list)none")
    }
}
