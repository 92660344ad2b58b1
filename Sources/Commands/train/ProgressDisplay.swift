import Console
import Platform
import Training

/// A training on the standard error.
final class ProgressDisplay {
    private let quiet: Bool
    private var bar: ProgressBar?
    /// Samples that were seen before this run, and when it began.
    private var start: (samples: Int, time: Int64) = (0, 0)

    init(quiet: Bool) {
        self.quiet = quiet
    }

    func show(_ event: TrainingJob.Event) {
        switch event {
        case .reading: bar = ProgressBar("reading pictures", total: 0, quiet: quiet)
        case .training(let samples, let seen):
            // What is left, so that the time left is right after an interruption too.
            bar = ProgressBar("training", total: samples - seen, quiet: quiet)
            start = (seen, Clock.nanoseconds())
        case .trained(let samples, let epoch, let epochs, let loss, let accuracy):
            let seen = samples - start.samples
            let details = "epoch \(epoch)/\(epochs), loss \(DecimalText.format(loss, digits: accuracy == nil ? 4 : 3))"
            if let accuracy {
                bar?.update(seen, details + ", accuracy \(DecimalText.format(100 * accuracy, digits: 1)) %")
            } else {
                let speed = Double(seen) * 1e9 / Double(max(1, Clock.nanoseconds() - start.time))
                bar?.update(seen, details + ", \(DecimalText.format(speed, digits: 0)) pictures/s")
            }
        }
    }

    func finish() { bar?.finish() }
}
