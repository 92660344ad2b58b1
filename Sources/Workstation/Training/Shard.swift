internal import Autograd
internal import Networks
internal import Synchronization
internal import Tensors

/// A fixed part of a batch: the same samples whatever the number of threads, with gradients of its own.
final class Shard: @unchecked Sendable {  // one thread at a time works on a shard
    /// Like the network's parameters, after `train`.
    let gradients: Tensor?
    /// Sum of the losses of the samples since `startCounting`, and how many of them were classified right.
    private(set) var loss: Double = 0
    private(set) var right = 0
    private let network: Network
    private let objective: any Objective
    private let tapes: TapeStore

    /// - Parameter trains: false for a shard that only evaluates.
    init(of network: Network, for objective: any Objective, trains: Bool, tapes: TapeStore) {
        gradients = trains ? Tensor(uninitialized: [network.parameters.count]) : nil
        self.network = network
        self.objective = objective
        self.tapes = tapes
    }

    func startCounting() { (loss, right) = (0, 0) }

    /// Computes loss, hits and gradients. The gradients are those of the mean over a batch of `batch` samples.
    func run(_ samples: [Sample], of pictures: TrainingPictures, batch: Int) {
        tapes.withTape { tape in
            let (mean, hits) = objective.loss(
                of: samples, in: pictures, network, gradients: gradients, scale: 1 / Float(batch), on: tape)
            if gradients != nil { tape.backward(from: mean) }
            loss += Double(mean.value.base[0]) * Double(batch)
            right += hits
        }
    }
}

/// Tapes to borrow, so that there are no more of them than threads that work at once.
final class TapeStore: @unchecked Sendable {  // the lock guards the array, and a tape has one borrower
    private let lock = Mutex<Void>(())
    private var tapes: [Tape] = []

    /// Calls `body` with an empty tape; what is on it must not be used afterwards.
    func withTape<Result>(_ body: (Tape) -> Result) -> Result {
        let tape = lock.withLock { _ in tapes.popLast() } ?? Tape()
        tape.reset()
        defer { lock.withLock { _ in tapes.append(tape) } }
        return body(tape)
    }
}
