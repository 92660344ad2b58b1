public import Evaluation

/// What quantization made of a model, as plain values: `html` is a page for people, `json` the same for programs.
public struct QuantizationReport: Sendable {
    /// A fact of the file, in words.
    public struct Fact: Equatable, Sendable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A column of the table of layers.
    public struct Column: Equatable, Sendable {
        /// The bin of the errors.
        public var bin: Int
        /// Its head; on a narrow screen only `start` is seen.
        public var start: String
        public var end: String

        public init(bin: Int, start: String, end: String = "") {
            self.bin = bin
            self.start = start
            self.end = end
        }

        var title: String { start + end }
    }

    /// Of the model.
    public var name: String
    /// The flags of `quantize` that make the file again.
    public var flags: String
    /// Sizes of the files in bytes.
    public var floatBytes: Int?
    public var quantizedBytes: Int?
    public var facts: [Fact] = []
    public var errors: LayerErrors
    /// What the columns are: `time step`, or `data`.
    public var axis: String
    /// Words at the first and the last column: `noise`, `picture`.
    public var ends: (first: String, last: String)?
    public var columns: [Column]
    /// Layers whose error is that of the whole model: its outputs.
    public var outputs: Set<String> = []
    public var pictures: [PicturePair] = []
    /// Time and bytes of the layers; nil where they were not measured.
    public var costs: LayerCosts?
    /// How both models answer, and which pictures they were asked about.
    public var answers: (comparison: AnswerComparison, source: String)?
    /// What `quantize` warned of, a sentence each.
    public var warnings: [String] = []

    /// A report of a model that has no time steps.
    public init(name: String, flags: String, errors: LayerErrors) {
        self.name = name
        self.flags = flags
        self.errors = errors
        axis = "data"
        columns = (0..<errors.bins).map { Column(bin: $0, start: errors.bins == 1 ? "all" : "\($0 + 1)") }
    }

    /// A report of a denoiser whose errors were measured along samplings.
    /// - Parameter steps: time steps of the schedule.
    public init(name: String, flags: String, errors: LayerErrors, steps: Int) {
        self.init(name: name, flags: flags, errors: errors)
        axis = "time step"
        ends = ("noise", "picture")
        columns = (0..<errors.bins).reversed().map { bin in
            // t belongs to bin ⌊t · bins / steps⌋.
            let first = (bin * steps + errors.bins - 1) / errors.bins
            let last = ((bin + 1) * steps + errors.bins - 1) / errors.bins - 1
            return Column(bin: bin, start: "\(first)", end: last > first ? "–\(last)" : "")
        }
    }
}

// MARK: - What is read off the values

extension QuantizationReport {
    /// A layer by its worst bin.
    struct Worst {
        let layer: Int
        /// The column of its lowest ratio.
        let column: Column
        let ratio: Double
    }

    /// Layers with the lowest ratio in any bin, worst first; of equal ones the earlier first.
    func worst(_ count: Int) -> [Worst] {
        let all = errors.layers.indices.compactMap { layer in
            columns.compactMap { column in
                errors[layer, column.bin].ratio.map { Worst(layer: layer, column: column, ratio: $0) }
            }.min { $0.ratio < $1.ratio }
        }
        return Array(all.sorted { ($0.ratio, $0.layer) < ($1.ratio, $1.layer) }.prefix(count))
    }

    /// What a layer adds of its own: by how many dB it is worse than the worst of what it reads; nil for one that reads
    /// nothing, or where nothing finite can be said.
    func loss(_ layer: Int) -> Double? {
        guard let own = errors.total(layer).ratio, own.isFinite else { return nil }
        let before = errors.layers[layer].sources.compactMap { errors.total($0).ratio }.min()
        guard let before, before.isFinite else { return nil }
        return before - own
    }

    /// The median of the pictures' signal-to-noise ratios; nil without pictures.
    var medianRatio: Double? { median(pictures.map(\.ratio)) }
}
