/// Section `steps`: how a graph that predicts the noise in a latent is used (docs/arithmetic.md, Denoising).
public struct DiffusionSteps: Equatable, Sendable {
    /// What the graph predicts; the number stands in the file.
    public enum Prediction: UInt32, Sendable {
        /// The noise ε in the latent.
        case noise = 1
    }

    public var prediction: Prediction
    /// Number of labels; this number itself stands for none.
    public var classes: Int
    /// The graph of one prediction: inputs x (1·H·W·C), t and label, one output like x.
    public var graph: Int
    /// The graph of two predictions, the label first and then none; nil where the file has none.
    public var guidedGraph: Int?
    /// ᾱ of each of the schedule's T steps, falling.
    public var alphaBars: [Double]
    /// The noise table T: 1,985 entries.
    public var noiseTable: [Int32]
    /// Guidance where nothing else is asked for, 0 … 100.
    public var guidance: Float
    /// Steps where nothing else is asked for, 1 … T.
    public var defaultSteps: Int

    /// Steps of a schedule at most.
    public static let stepLimit = 1000
    /// Entries of the noise table: 64 for each of 31 halvings, and the last.
    public static let noiseCount = 31 * 64 + 1
    /// The most elements of one latent: more than pictures of 1024 x 1024 with three channels have.
    public static let latentLimit = 1 << 22

    public init(
        prediction: Prediction = .noise, classes: Int, graph: Int, guidedGraph: Int?, alphaBars: [Double],
        noiseTable: [Int32], guidance: Float, defaultSteps: Int
    ) {
        self.prediction = prediction
        self.classes = classes
        self.graph = graph
        self.guidedGraph = guidedGraph
        self.alphaBars = alphaBars
        self.noiseTable = noiseTable
        self.guidance = guidance
        self.defaultSteps = defaultSteps
    }
}

extension DiffusionSteps {
    static let recordSize = 128
    private static let noGraph = UInt32.max

    /// Reads the section; nil where the file has none.
    static func read(
        _ section: ByteReader, _ graphs: [ModelGraphEntry], _ tensors: [ModelTensor]
    ) throws(EdgeError) -> DiffusionSteps? {
        guard !section.bytes.isEmpty else { return nil }
        let records = try RecordReader(section, known: recordSize, limit: 1)
        guard records.count == 1 else { throw EdgeError(.data, at: section.place, "has no record") }
        return try DiffusionSteps(records.record(0), section, graphs, tensors)
    }

    private init(
        _ record: ByteReader, _ section: ByteReader, _ graphs: [ModelGraphEntry], _ tensors: [ModelTensor]
    ) throws(EdgeError) {
        let predicted = try record.load(UInt32.self, at: 0)
        guard let prediction = Prediction(rawValue: predicted) else {
            throw EdgeError(.data, at: record.place, "predicts kind \(predicted), " + Container.needsNewer)
        }
        self.prediction = prediction
        let steps = try record.load(UInt32.self, at: 4)
        guard steps >= 1, steps <= Self.stepLimit else {
            throw EdgeError(.data, at: record.place, "has \(steps) steps; 1 … \(Self.stepLimit) can be")
        }
        classes = Int(try record.load(UInt32.self, at: 8))
        graph = Int(try record.load(UInt32.self, at: 12))
        let guided = try record.load(UInt32.self, at: 16)
        guidedGraph = guided == Self.noGraph ? nil : Int(guided)
        alphaBars = try Self.readAlphaBars(
            section, at: record.load(UInt32.self, at: 20), count: Int(steps), place: record.place)
        noiseTable = try Self.readNoise(section, at: record.load(UInt32.self, at: 24), place: record.place)
        guidance = Float(bitPattern: try record.load(UInt32.self, at: 28))
        defaultSteps = Int(try record.load(UInt32.self, at: 32))
        guard guidance >= 0, guidance <= 100 else {
            throw EdgeError(.data, at: record.place, "has a guidance outside 0 … 100")
        }
        guard defaultSteps >= 1, defaultSteps <= alphaBars.count else {
            throw EdgeError(.data, at: record.place, "uses \(defaultSteps) of \(steps) steps")
        }
        try check(graph, pictures: 1, graphs, tensors, record.place)
        guard let guidedGraph else { return }
        try check(guidedGraph, pictures: 2, graphs, tensors, record.place)
        let (one, two) = (tensors[graphs[graph].inputs[0]], tensors[graphs[guidedGraph].inputs[0]])
        guard one.shape.dropFirst() == two.shape.dropFirst() else {
            throw EdgeError(.data, at: record.place, "has graphs for pictures of different sizes")
        }
    }

    private static func readAlphaBars(
        _ section: ByteReader, at offset: UInt32, count: Int, place: String
    ) throws(EdgeError) -> [Double] {
        guard offset % 8 == 0 else { throw EdgeError(.data, at: place, "has a schedule that is not aligned") }
        let list = ByteReader(try section.slice(at: UInt64(offset), size: UInt64(8 * count)), place: place)
        var values: [Double] = []
        values.reserveCapacity(count)
        for index in 0..<count {
            let value = Double(bitPattern: try list.load(UInt64.self, at: 8 * index))
            guard value > 0, value <= (values.last ?? 1) else {
                throw EdgeError(.data, at: place, "has a schedule that does not fall from 1 towards 0")
            }
            values.append(value)
        }
        return values
    }

    private static func readNoise(_ section: ByteReader, at offset: UInt32, place: String) throws(EdgeError) -> [Int32]
    {
        guard offset % 4 == 0 else { throw EdgeError(.data, at: place, "has a noise table that is not aligned") }
        let list = ByteReader(try section.slice(at: UInt64(offset), size: UInt64(4 * noiseCount)), place: place)
        var entries: [Int32] = []
        entries.reserveCapacity(noiseCount)
        for index in 0..<noiseCount { entries.append(try list.load(Int32.self, at: 4 * index)) }
        return entries
    }

    /// A graph of so many predictions: inputs x, t and label, one output like x.
    private func check(
        _ index: Int, pictures: Int, _ graphs: [ModelGraphEntry], _ tensors: [ModelTensor], _ place: String
    ) throws(EdgeError) {
        guard index < graphs.count else { throw EdgeError(.data, at: place, "names a graph that is not there") }
        let graph = graphs[index]
        guard graph.inputs.count == 3, graph.outputs.count == 1 else {
            throw EdgeError(.data, at: place, "names graph '\(graph.name)', which predicts no noise")
        }
        let picture = tensors[graph.inputs[0]]
        guard picture.shape.count == 4, picture.shape[0] == pictures, picture.channels == 1 || picture.channels == 3,
            picture.isQuantized, tensors[graph.outputs[0]].isQuantized, tensors[graph.outputs[0]].shape == picture.shape
        else {
            throw EdgeError(
                .data, at: place, "names graph '\(graph.name)', which has no noise for \(pictures) pictures")
        }
        let elements = picture.shape.dropFirst().reduce(1, *)
        guard elements <= Self.latentLimit else {
            throw EdgeError(
                .data, at: place,
                "names graph '\(graph.name)', whose latent has \(elements) elements; at most \(Self.latentLimit)")
        }
        for (input, largest) in [(graph.inputs[1], alphaBars.count - 1), (graph.inputs[2], classes)] {
            let tensor = tensors[input]
            guard tensor.isIndex, tensor.shape == [pictures], tensor.minimum == 0, tensor.maximum >= largest
            else {
                throw EdgeError(.data, at: place, "names graph '\(graph.name)', whose '\(tensor.name)' ends too early")
            }
        }
    }

    /// The section's bytes.
    var section: [UInt8] {
        let schedule = (RecordReader.headSize + Self.recordSize + 7) / 8 * 8
        var out = ByteWriter()
        out.appendRecordHead(size: Self.recordSize, count: 1)
        out.append(prediction.rawValue)
        out.append(UInt32(alphaBars.count))
        out.append(UInt32(classes))
        out.append(UInt32(graph))
        out.append(guidedGraph.map { UInt32($0) } ?? Self.noGraph)
        out.append(UInt32(schedule))
        out.append(UInt32(schedule + 8 * alphaBars.count))
        out.append(guidance.bitPattern)
        out.append(UInt32(defaultSteps))
        out.append([UInt8](repeating: 0, count: schedule - out.count))
        for value in alphaBars { out.append(value.bitPattern) }
        for entry in noiseTable { out.append(entry) }
        return out.bytes
    }
}
