import EdgeFormat

/// Scores of a classifier's output by the definition of docs/arithmetic.md: no exponential is computed, so those of integers
/// are the same on every processor.
struct Scores {
    let output: ModelOutput
    let tensor: ModelTensor

    /// The best `count` classes of logical output bytes, best first; of equal ones the lowest index.
    func best(_ count: Int, of logical: [UInt8]) -> [Answer.Candidate] {
        let values = values(logical)
        var taken: [Int] = []
        while taken.count < min(count, values.count) {
            var best: Int?
            for index in values.indices where !taken.contains(index) {
                if let known = best, values[index] <= values[known] { continue }
                best = index
            }
            guard let best else { break }
            taken.append(best)
        }
        let scores = scores(values, largest: taken.first.map { values[$0] } ?? 0)
        var candidates: [Answer.Candidate] = []
        for index in taken {
            candidates.append(Answer.Candidate(index: index, label: label(index), score: scores[index]))
        }
        return candidates
    }

    /// The elements: integers as they are stored, or floats, where a NaN is below every number.
    private func values(_ logical: [UInt8]) -> [Float] {
        guard tensor.element == .float32 else { return logical.map { Float(Int8(bitPattern: $0)) } }
        var values: [Float] = []
        values.reserveCapacity(tensor.count)
        logical.withUnsafeBytes { bytes in
            for index in 0..<bytes.count / 4 {
                let bits = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
                let value = Float(bitPattern: bits)
                values.append(value.isNaN ? -.infinity : value)
            }
        }
        return values
    }

    private func label(_ index: Int) -> String {
        index < output.labels.count ? output.labels[index] : "\(index)"
    }

    private func scores(_ values: [Float], largest: Float) -> [Float] {
        switch output.meaning {
        case .logits(let exponentials):
            // Integers of 8 bits: the reader lets no others be logits.
            var sum: Int64 = 0
            for value in values { sum += Int64(exponentials[Int(largest - value)]) }
            return values.map { Float(exponentials[Int(largest - $0)]) / Float(sum) }
        case .probabilities, .values, .picture:
            guard let scale = tensor.scales.first else { return values }
            return values.map { ($0 - Float(tensor.zeroPoint)) * scale }
        }
    }
}
