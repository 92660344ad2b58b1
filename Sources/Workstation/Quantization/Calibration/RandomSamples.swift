import EdgeFormat
public import ModelGraph

/// Seeded noise in −1 … 1 in place of calibration data, 0 for inputs that are no floats: for timing only.
public enum RandomSamples {
    /// `count` samples, each with one array for each input of the graph.
    public static func make(_ graph: Graph, count: Int) -> [[TensorData]] {
        var generator = SplitMix64(seed: 1)
        return (0..<count).map { _ in
            graph.inputs.map { id in
                let type = graph.values[id].type
                guard type.element.isFloat else {
                    return TensorData(type.element, wholes: [Int64](repeating: 0, count: type.count))
                }
                let reals = (0..<type.count).map { _ in
                    Float(Int32(truncatingIfNeeded: generator.next() >> 32)) / 2_147_483_648
                }
                return type.element == .float32 ? .float32(reals) : TensorData(type.element, reals: reals)
            }
        }
    }
}
