import Console
import Platform
import Training

/// A training on the standard error.
final class ProgressDisplay {
    private let quiet: Bool
    private var bar: ProgressBar?
    /// The first report of the training: samples seen so far, and when.
    private var start: (samples: Int, time: Int64)?

    init(quiet: Bool) {
        self.quiet = quiet
    }

    func show(_ event: TrainingJob.Event) {
        switch event {
        case .reading: bar = ProgressBar("reading pictures", total: 0, quiet: quiet)
        case .training(let samples): bar = ProgressBar("training", total: samples, quiet: quiet)
        case .trained(let samples, let epoch, let epochs, let loss, let accuracy):
            let now = Clock.nanoseconds()
            var details = "epoch \(epoch)/\(epochs), loss \(DecimalText.format(loss, digits: accuracy == nil ? 4 : 3))"
            if let accuracy { details += ", accuracy \(DecimalText.format(100 * accuracy, digits: 1)) %" }
            if let start, now > start.time {
                let speed = Double(samples - start.samples) * 1e9 / Double(now - start.time)
                details += ", \(DecimalText.format(speed, digits: 0)) pictures/s"
            }
            if start == nil { start = (samples, now) }
            bar?.update(samples, details)
        }
    }

    func finish() { bar?.finish() }
}
