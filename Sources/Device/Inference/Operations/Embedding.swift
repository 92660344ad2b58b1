internal import EdgeFormat

/// Rows of a table by their indices. A unit is all of them.
final class PreparedEmbedding: PreparedOperation {
    private let indices: TensorView
    /// R·D values of 16 bits, in the file.
    private let rows: UnsafeRawBufferPointer

    init(_ rows: UnsafeRawBufferPointer, indices: TensorView, output: TensorView) {
        self.rows = rows
        self.indices = indices
        super.init(output: output, units: 1, cost: output.tensor.logicalSize, kernelName: "embedding_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        guard let base = rows.baseAddress else { return }
        let samples = indices.tensor.count
        let size = output.tensor.logicalSize / samples
        for sample in 0..<samples {
            (output.start + sample * size).copyMemory(
                from: base + indices.index(at: sample) * size, byteCount: size)
        }
    }
}
