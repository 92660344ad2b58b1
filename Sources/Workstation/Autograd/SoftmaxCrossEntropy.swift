import Foundation
import Tensors

extension Tape {
    /// −log of the probability that softmax gives the right class, summed over the rows of N·classes logits and
    /// multiplied by `scale`: 1/N for the mean, 1/batch when this tape has a part of a batch. The result has one element.
    /// - Precondition: a label a row, each below the number of classes.
    public func softmaxCrossEntropy(_ logits: Variable, labels: [Int], scale: Float) -> Variable {
        let classes = logits.value.shape.last ?? 1
        precondition(
            labels.count * classes == logits.value.count && labels.allSatisfy { $0 >= 0 && $0 < classes },
            "each row needs the number of its class")
        let probabilities = buffer(logits.value.shape)
        let loss = buffer([1])
        loss.base[0] = 0
        for (row, label) in labels.enumerated() {
            let x = logits.value.base + row * classes
            let p = probabilities.base + row * classes
            var largest = x[0]
            for index in 1..<classes { largest = max(largest, x[index]) }
            var sum: Float = 0
            for index in 0..<classes {
                p[index] = exp(x[index] - largest)
                sum += p[index]
            }
            for index in 0..<classes { p[index] /= sum }
            loss.base[0] += (log(sum) - (x[label] - largest)) * scale
        }

        return result(loss, of: [logits]) { [self] gradient in
            addToGradient(of: logits) { target in
                let factor = gradient.base[0] * scale
                Tensors.add(factor, times: probabilities.base, to: target.base, count: probabilities.count)
                for (row, label) in labels.enumerated() { target.base[row * classes + label] -= factor }
            }
        }
    }
}
