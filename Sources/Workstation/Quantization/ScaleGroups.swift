import ModelGraph

/// Values that share one scale because operations between them only move or compare integers: a pool's input and output,
/// the parts of a concatenation and the whole.
struct ScaleGroups {
    private var parents: [Int]
    /// By value, meant for a group's first one: the range of all its members that are computed anew.
    private var ranges: [ValueRange?]
    /// The same of what 8 bits are to stand for.
    private var byteRanges: [ValueRange?]
    /// By value, meant for a group's first one: the quantization that an operation or the model's source prescribes.
    private var prescribed: [Quantization?]
    /// By value: the 8-bit quantization that the model's source prescribes.
    private let own: [Quantization?]

    init(_ graph: Graph, _ plan: PrecisionPlan, ranges given: [ValueRange?], byteRanges givenToBytes: [ValueRange?]) {
        parents = Array(graph.values.indices)
        own = graph.values.map { $0.constant == nil && $0.type.element.isFloat ? $0.type.quantization : nil }
        ranges = [ValueRange?](repeating: nil, count: graph.values.count)
        byteRanges = ranges
        prescribed = [Quantization?](repeating: nil, count: graph.values.count)
        for (node, form) in zip(graph.nodes, plan.forms) where form == .sameScale {
            for id in node.inputs {
                // What the source stores in two ways is not together.
                if let a = own[id], let b = own[node.outputs[0]], a != b { continue }
                parents[first(of: id)] = first(of: node.outputs[0])
            }
        }
        for id in graph.values.indices where graph.values[id].constant == nil {
            let producer = graph.producer(of: id)
            let form = producer.flatMap { plan.forms[$0] }
            if let source = own[id] { prescribed[first(of: id)] = prescribed[first(of: id)] ?? source }
            guard form != .sameScale else { continue }
            let group = first(of: id)
            if let range = given[id] { ranges[group] = ranges[group].map { $0.union(range) } ?? range }
            if let range = givenToBytes[id] { byteRanges[group] = byteRanges[group].map { $0.union(range) } ?? range }
            if let own = producer.flatMap({ graph.prescribed(graph.nodes[$0], form) }) {
                prescribed[group] = prescribed[group] ?? own
            }
        }
    }

    private func first(of id: Int) -> Int {
        var id = id
        while parents[id] != id { id = parents[id] }
        return id
    }

    /// Whether two values share a scale.
    func areTogether(_ a: Graph.ValueID, _ b: Graph.ValueID) -> Bool { first(of: a) == first(of: b) }

    /// The value that stands for all that share a scale with a value.
    func group(of id: Graph.ValueID) -> Graph.ValueID { first(of: id) }

    /// Whether the scale of a group's 8 bits follows from a range.
    func isFree(_ group: Graph.ValueID) -> Bool { prescribed[group] == nil && byteRanges[group] != nil }

    /// The range that the 8 bits of a value's group stand for.
    func byteRange(of id: Graph.ValueID) -> ValueRange? { byteRanges[first(of: id)] }

    mutating func setByteRange(_ range: ValueRange, of id: Graph.ValueID) { byteRanges[first(of: id)] = range }

    /// How a value is stored with 8 or 16 bits; nil where it was not calibrated.
    func quantization(of id: Graph.ValueID, wide: Bool) -> Quantization? {
        let group = first(of: id)
        if !wide, let own = own[id] { return own }
        if let prescribed = prescribed[group] { return prescribed }
        return wide
            ? ranges[group].map { Quantization(words: $0) } : byteRanges[group].map { Quantization(covering: $0) }
    }
}

extension Graph {
    /// The quantization that an operation's result has whatever its range.
    fileprivate func prescribed(_ node: Node, _ form: IntegerForm?) -> Quantization? {
        switch form {
        case .probabilities: return Quantization(scale: 1 / 256, zeroPoint: -128)
        case .timeEmbedding: return Sinusoid.quantization
        case .lookup:
            let largest = (values[node.inputs[1]].constant?.floats ?? []).reduce(0) { max($0, abs($1)) }
            return Quantization(words: ValueRange(minimum: -largest, maximum: largest), headroom: 1)
        default: return nil
        }
    }
}

extension Quantization {
    /// 255 steps over a range that includes 0, so that 0 has a value of its own.
    public init(covering range: ValueRange) {
        let minimum = min(range.minimum, 0)
        let maximum = max(range.maximum, 0)
        let span = maximum - minimum
        guard span.isNormal, (span / 255).isNormal else {
            self.init(scale: 1 / 128, zeroPoint: 0)
            return
        }
        let scale = span / 255
        let zeroPoint = (-128 - minimum / scale).rounded(.toNearestOrEven)
        self.init(scale: scale, zeroPoint: Int32(min(max(zeroPoint, -128), 127)))
    }

    /// 16 bits around 0.
    /// - Parameter headroom: how far beyond the range the numbers reach; the 16 bits have it to spare, and what
    ///   calibration did not see is not cut off.
    public init(words range: ValueRange, headroom: Float = 1.5) {
        let scale = max(abs(range.minimum), abs(range.maximum)) * headroom / 32767
        self.init(scale: scale.isNormal ? scale : 1 / 32768, zeroPoint: 0)
    }
}
