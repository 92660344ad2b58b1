import Console
import Synchronization

/// A progress bar that several threads move on.
final class SharedProgress: Sendable {
    private let state: Mutex<(bar: ProgressBar, done: Int)>

    init(_ label: String, total: Int, quiet: Bool) {
        state = Mutex((ProgressBar(label, total: total, quiet: quiet), 0))
    }

    func add(_ count: Int) {
        state.withLock {
            $0.done += count
            $0.bar.update($0.done)
        }
    }

    func finish() { state.withLock { $0.bar.finish() } }
}
