import EdgeFormat
public import ModelGraph

/// Seeded noise in −1 … 1 in place of calibration data: for timing only.
public enum RandomSamples {
    /// `count` samples, each with one array for each input of the graph.
    public static func make(_ graph: Graph, count: Int) -> [[TensorData]] {
        var generator = SplitMix64(seed: 1)
        return (0..<count).map { _ in
            graph.inputs.map { id in
                graph.values[id].type.element == .int64
                    ? .int64([Int64](repeating: 0, count: graph.values[id].type.count))
                    : .float32(
                        (0..<graph.values[id].type.count).map { _ in
                            Float(Int32(truncatingIfNeeded: generator.next() >> 32)) / 2_147_483_648
                        })
            }
        }
    }
}
