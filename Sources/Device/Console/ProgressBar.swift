internal import Platform

/// Progress on the standard error: a bar with the time left on a terminal, a line every few seconds elsewhere.
public struct ProgressBar {
    private let label: String
    private let total: Int
    private let style: Style
    private let started: Int64
    private var lastShown: Int64
    private var lastDone = 0
    private var lastDetails = ""

    private enum Style {
        case none, lines
        case bar(colored: Bool)
    }

    /// `total` counts whatever `update` counts; 0 where it is not known.
    public init(_ label: String, total: Int, quiet: Bool) {
        self.label = label
        self.total = total
        if quiet {
            style = .none
        } else if Process.isTerminal(2) {
            style = .bar(colored: Process.environment("NO_COLOR")?.isEmpty ?? true)
        } else {
            style = .lines
        }
        started = Clock.nanoseconds()
        lastShown = started
    }

    /// Shows that `done` is done, unless it showed something a moment ago. `details` stand at the end of the line.
    public mutating func update(_ done: Int, _ details: String = "") {
        lastDone = done
        lastDetails = details
        let now = Clock.nanoseconds()
        switch style {
        case .none: return
        case .lines:
            guard now - lastShown >= 5_000_000_000 else { return }
            Output.error(line(done, details, now) + "\n")
        case .bar(let colored):
            guard now - lastShown >= 100_000_000 else { return }
            Output.error("\r\u{1B}[K" + bar(done, details, now, colored))
        }
        lastShown = now
    }

    /// Shows the last state once more and ends the line.
    public mutating func finish() {
        let now = Clock.nanoseconds()
        let time = Self.duration(now - started)
        switch style {
        case .none: return
        case .lines: Output.error("\(label): \(lastDone) in \(time)\(tail(lastDetails))\n")
        case .bar: Output.error("\r\u{1B}[K\(label): \(lastDone) in \(time)\(tail(lastDetails))\n")
        }
    }

    /// "epoch 1: 45 %, 12 s left, loss 0.031".
    private func line(_ done: Int, _ details: String, _ now: Int64) -> String {
        guard total > 0 else { return "\(label): \(done)\(tail(details))" }
        return "\(label): \(percent(done)) %\(left(done, now))\(tail(details))"
    }

    private func bar(_ done: Int, _ details: String, _ now: Int64, _ colored: Bool) -> String {
        let text = line(done, details, now)
        // A line that is too long would wrap and could not be wiped.
        let room = (Process.terminalWidth(2) ?? 80) - text.utf8.count - 4
        guard total > 0, room >= 5 else {
            return String(decoding: text.utf8.prefix(max(room, 0) + text.utf8.count), as: UTF8.self)
        }
        let width = min(room, 30)
        let filled = width * min(max(done, 0), total) / total
        let (on, off) = colored ? ("\u{1B}[32m", "\u{1B}[0m") : ("", "")
        let cells = String(repeating: "#", count: filled) + off + String(repeating: ".", count: width - filled)
        return "[\(on)\(cells)] \(text)"
    }

    private func percent(_ done: Int) -> Int { 100 * min(max(done, 0), total) / total }

    private func left(_ done: Int, _ now: Int64) -> String {
        guard done > 0, done < total else { return "" }
        let nanoseconds = Double(now - started) / Double(done) * Double(total - done)
        return ", \(Self.duration(Int64(min(nanoseconds, 1e18)))) left"
    }

    private func tail(_ details: String) -> String { details.isEmpty ? "" : ", " + details }

    /// "0.8 s", "12 s", "3 min 20 s", "2 h 5 min".
    package static func duration(_ nanoseconds: Int64) -> String {
        let seconds = nanoseconds / 1_000_000_000
        if seconds < 10 { return DecimalText.format(Double(nanoseconds) / 1e9, digits: 1) + " s" }
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3600 { return "\(seconds / 60) min \(seconds % 60) s" }
        return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
    }
}
