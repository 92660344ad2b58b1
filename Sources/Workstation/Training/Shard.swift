internal import Autograd
internal import Networks
internal import Tensors

/// A fixed part of a batch: the same samples whatever the number of threads, with a tape and gradients of its own.
final class Shard: @unchecked Sendable {  // one thread at a time works on a shard
    /// Samples of a whole shard: enough rows for the products of dense layers.
    static let size = 16

    /// Like the network's parameters, after `train`.
    let gradients: Tensor?
    /// Sum of the losses of the samples since `startCounting`, and how many of them were classified right.
    private(set) var loss: Double = 0
    private(set) var right = 0
    private let tape = Tape()

    /// - Parameter gradientCount: the number of parameters, nil for a shard that only evaluates.
    init(gradientCount: Int?) {
        gradients = gradientCount.map { Tensor(uninitialized: [$0]) }
    }

    func startCounting() { (loss, right) = (0, 0) }

    /// One picture of a batch and by how many pixels it is moved.
    struct Sample {
        let index: Int
        let move: (right: Int, down: Int)
    }

    /// Computes loss, hits and gradients. The gradients are those of the mean over a batch of `batch` samples.
    func run(_ network: Network, _ pictures: TrainingPictures, _ samples: [Sample], batch: Int) {
        tape.reset()
        let size = network.input.reduce(1, *)
        let x = tape.buffer([samples.count] + network.input)
        for (row, sample) in samples.enumerated() {
            pictures.write(sample.index, moved: sample.move, to: x.base + row * size)
        }
        let labels = samples.map { pictures.labels[$0.index] }
        let logits = network.forward(x, gradients: gradients, on: tape)
        let mean = tape.softmaxCrossEntropy(logits, labels: labels, scale: 1 / Float(batch))
        if gradients != nil { tape.backward(from: mean) }
        loss += Double(mean.value.base[0]) * Double(batch)
        right += zip(labels.indices, labels).count { row, label in logits.value.largest(inRow: row) == label }
    }
}

extension Tensor {
    /// The column of the largest number in a row, the first of equal ones.
    fileprivate func largest(inRow row: Int) -> Int {
        let columns = shape.last ?? 1
        let row = base + row * columns
        var best = 0
        for column in 1..<max(columns, 1) where row[column] > row[best] { best = column }
        return best
    }
}
