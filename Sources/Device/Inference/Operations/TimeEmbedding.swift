internal import EdgeFormat

/// Sines and cosines of time steps, all in integers. A unit is all of them.
final class PreparedTimeEmbedding: PreparedOperation {
    private let steps: TensorView
    /// In the file: the phase of one step for each frequency, 2³² a turn, then the sine's entries.
    private let table: UnsafeRawBufferPointer
    private let half: Int

    /// - Parameter table: D/2 UInt32 and 1,025 Int32.
    init(_ table: UnsafeRawBufferPointer, steps: TensorView, output: TensorView) {
        self.table = table
        self.steps = steps
        half = output.tensor.count / steps.tensor.count / 2
        super.init(output: output, units: 1, cost: 8 * output.tensor.count, kernelName: "time_embedding_portable")
    }

    override func run(_ units: Range<Int>, part: Int) {
        let values = output.start.assumingMemoryBound(to: Int16.self)
        for sample in 0..<steps.tensor.count {
            let step = UInt32(truncatingIfNeeded: steps.index(at: sample))
            let row = values + sample * 2 * half
            for index in 0..<half {
                let frequency = table.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
                let phase = step &* UInt32(littleEndian: frequency)
                row[index] = value(phase)
                // A quarter of a turn on, the sine is the cosine.
                row[half + index] = value(phase &+ (1 << 30))
            }
        }
    }

    /// The sine of a phase in units of 2⁻¹⁵.
    private func value(_ phase: UInt32) -> Int16 {
        let index = Int(phase >> 22)
        let (low, high) = (entry(index), entry(index + 1))
        let fraction = Int64(phase & 0x3F_FFFF)
        let sine = low + (((high - low) * fraction) >> 22)
        let rounded = Int((sine + (1 << 14)) >> 15)
        return Int16(truncatingIfNeeded: min(max(rounded, output.tensor.minimum), output.tensor.maximum))
    }

    private func entry(_ index: Int) -> Int64 {
        let entry = table.loadUnaligned(fromByteOffset: 4 * (half + index), as: Int32.self)
        return Int64(Int32(littleEndian: entry))
    }
}
