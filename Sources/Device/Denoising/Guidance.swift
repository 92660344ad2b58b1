/// Classifier-free guidance (Ho and Salimans, 2022).
public enum Guidance {
    /// ε = ε_none + g·(ε_label − ε_none), element by element; `labelled` may be `result`.
    public static func combine(
        _ guidance: Float, labelled: UnsafeBufferPointer<Float>, unlabelled: UnsafeBufferPointer<Float>,
        into result: UnsafeMutableBufferPointer<Float>
    ) {
        for index in 0..<min(result.count, labelled.count, unlabelled.count) {
            result[index] = unlabelled[index] + guidance * (labelled[index] - unlabelled[index])
        }
    }
}
