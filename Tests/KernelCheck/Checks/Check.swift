/// One thing that must hold on every processor that the device code runs on. The host runs each as a case of a
/// parameterised test, a board runs all of them in the program `conformance`.
public struct Check: Sendable {
    public enum Outcome: Sendable {
        case passed
        /// What this processor lacks.
        case notRun(String)
        /// What differs, with all that is needed to see it again.
        case failed(String)
    }

    public let name: String
    public let run: @Sendable () -> Outcome

    /// A check that runs everywhere; `reason` answers nil or what does not hold.
    public init(_ name: String, _ reason: @escaping @Sendable () -> String?) {
        self.name = name
        run = { reason().map { .failed($0) } ?? .passed }
    }

    /// A check that tells itself where it cannot run.
    init(_ name: String, outcome: @escaping @Sendable () -> Outcome) {
        self.name = name
        run = outcome
    }

    /// A check of one kernel, where the processor has its set.
    init(_ row: Row, _ topic: StaticString, _ reason: @escaping @Sendable (Row) -> String?) {
        name = "\(row.name): \(topic)"
        run = {
            guard row.runs else { return .notRun("this processor has no \(row.setName)") }
            return reason(row).map { .failed($0) } ?? .passed
        }
    }

    /// Whether the name contains `text`, byte for byte; an empty text matches all.
    public func matches(_ text: String) -> Bool {
        let name = Array(name.utf8)
        let text = Array(text.utf8)
        guard name.count >= text.count else { return false }
        return (0...name.count - text.count).contains { name[$0..<$0 + text.count].elementsEqual(text) }
    }
}
