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

/// A progress bar for work that says itself how much it is.
final class LateProgress: Sendable {
    private let label: String
    private let quiet: Bool
    private let bar = Mutex<ProgressBar?>(nil)

    init(_ label: String, quiet: Bool) {
        self.label = label
        self.quiet = quiet
    }

    /// Shows what is done; all of it ends the line.
    func update(_ done: Int, of all: Int) {
        bar.withLock { bar in
            var shown = bar ?? ProgressBar(label, total: all, quiet: quiet)
            shown.update(done)
            if done == all { shown.finish() }
            bar = done == all ? nil : shown
        }
    }
}
