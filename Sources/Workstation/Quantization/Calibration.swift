public import EdgeFormat
public import ModelGraph

/// The range of reals that a value took.
public struct ValueRange: Equatable, Sendable {
    public var minimum: Float
    public var maximum: Float

    public init(minimum: Float, maximum: Float) {
        self.minimum = minimum
        self.maximum = maximum
    }

    /// The smallest range that holds both.
    public func union(_ other: ValueRange) -> ValueRange {
        ValueRange(minimum: min(minimum, other.minimum), maximum: max(maximum, other.maximum))
    }
}

/// Runs a float graph on samples and notes the range of every value, and how often which numbers occur.
public struct Calibration: Sendable {
    private let interpreter: ReferenceInterpreter
    /// By value; nil for constants and before the first sample.
    public private(set) var ranges: [ValueRange?]
    private var histograms: [ValueHistogram?]

    public init(_ graph: Graph) throws(EdgeError) {
        interpreter = try ReferenceInterpreter(graph)
        ranges = [ValueRange?](repeating: nil, count: graph.values.count)
        histograms = [ValueHistogram?](repeating: nil, count: graph.values.count)
    }

    /// By value: the range that 8 bits stand for. 16 bits reach over all that was seen.
    public func ranges(_ method: QuantizationRecipe.RangeMethod) -> [ValueRange?] {
        guard method == .leastSquares else { return ranges }
        return ranges.indices.map { id in
            guard let range = ranges[id], let histogram = histograms[id] else { return nil }
            return histogram.bestRange(within: range)
        }
    }

    var graph: Graph { interpreter.graph }

    /// Looks at one sample, or at as many as the graph takes.
    /// - Parameters:
    ///   - inputs: float elements, or indices, for each input of the graph.
    ///   - name: of the sample, for errors.
    /// - Returns: the graph's outputs.
    @discardableResult
    public mutating func observe(_ inputs: [TensorData], name: String) throws(EdgeError) -> [TensorData] {
        let values = try interpreter.runAll(inputs)
        for (id, data) in values.enumerated() where interpreter.graph.values[id].constant == nil {
            guard let elements = data?.floats, let first = elements.first else { continue }
            var range = ValueRange(minimum: first, maximum: first)
            for element in elements {
                guard element.isFinite else {
                    throw EdgeError(
                        .data, at: name,
                        "value '\(interpreter.graph.values[id].name)' is not finite; the model cannot be quantized")
                }
                range.minimum = min(range.minimum, element)
                range.maximum = max(range.maximum, element)
            }
            ranges[id] = ranges[id].map { $0.union(range) } ?? range
            if histograms[id] == nil { histograms[id] = ValueHistogram() }
            histograms[id]?.add(elements)
        }
        return graph.outputs.compactMap { values[$0] }
    }

    /// What both calibrations saw; the order does not matter.
    public func merged(with other: Calibration) -> Calibration {
        var merged = self
        for (id, range) in other.ranges.enumerated() {
            guard let range else { continue }
            merged.ranges[id] = ranges[id].map { $0.union(range) } ?? range
        }
        for (id, histogram) in other.histograms.enumerated() {
            guard let histogram else { continue }
            if merged.histograms[id] == nil {
                merged.histograms[id] = histogram
            } else {
                merged.histograms[id]?.add(histogram)
            }
        }
        return merged
    }
}
