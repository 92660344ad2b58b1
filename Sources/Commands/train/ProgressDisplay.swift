import Console
import Platform
import Training

/// A training on the standard error.
final class ProgressDisplay {
    private let quiet: Bool
    private var bar: ProgressBar?

    init(quiet: Bool) {
        self.quiet = quiet
    }

    func show(_ event: TrainingJob.Event) {
        switch event {
        case .reading: bar = ProgressBar("reading pictures", total: 0, quiet: quiet)
        case .training(let samples): bar = ProgressBar("training", total: samples, quiet: quiet)
        case .trained(let samples, let epoch, let epochs, let loss, let accuracy):
            let (loss, percent) = (DecimalText.format(loss, digits: 3), DecimalText.format(100 * accuracy, digits: 1))
            bar?.update(samples, "epoch \(epoch)/\(epochs), loss \(loss), accuracy \(percent) %")
        }
    }

    func finish() { bar?.finish() }
}
