import EdgeFormat

/// Scores of a classifier's output by the definition of docs/arithmetic.md: no exponential is computed, so they are the same
/// on every processor.
struct Scores {
    let output: ModelOutput
    let tensor: ModelTensor

    /// The best `count` classes of logical output bytes, best first; of equal ones the lowest index.
    func best(_ count: Int, of logical: [UInt8]) -> [Answer.Candidate] {
        var candidates: [Answer.Candidate] = []
        var taken: [Int] = []
        while taken.count < min(count, logical.count) {
            var best: Int?
            for index in logical.indices where !taken.contains(index) {
                if let known = best, value(logical, index) <= value(logical, known) { continue }
                best = index
            }
            guard let best else { break }
            taken.append(best)
        }
        let scores = scores(logical)
        for index in taken {
            candidates.append(Answer.Candidate(index: index, label: label(index), score: scores[index]))
        }
        return candidates
    }

    /// The class with the largest value; of equal ones the lowest index.
    static func answer(of logical: [UInt8]) -> Int {
        var best = 0
        for index in logical.indices where Int8(bitPattern: logical[index]) > Int8(bitPattern: logical[best]) {
            best = index
        }
        return best
    }

    private func value(_ logical: [UInt8], _ index: Int) -> Int8 { Int8(bitPattern: logical[index]) }

    private func label(_ index: Int) -> String {
        index < output.labels.count ? output.labels[index] : "\(index)"
    }

    private func scores(_ logical: [UInt8]) -> [Float] {
        switch output.meaning {
        case .logits(let exponentials):
            let largest = Int(value(logical, Self.answer(of: logical)))
            var sum: Int64 = 0
            for index in logical.indices { sum += Int64(exponentials[largest - Int(value(logical, index))]) }
            return logical.indices.map { Float(exponentials[largest - Int(value(logical, $0))]) / Float(sum) }
        case .probabilities, .values, .picture:
            return logical.indices.map { Float(Int(value(logical, $0)) - tensor.zeroPoint) * tensor.scales[0] }
        }
    }
}
