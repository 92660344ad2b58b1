internal import Platform

/// The time of one kernel on one shape.
public struct Benchmark {
    /// Kernel and shape.
    public let name: String
    let unit: StaticString
    /// Units of work that one call of `body` does.
    let work: Int
    let body: () -> Void

    /// Whether the name contains `text`, byte for byte.
    public func matches(_ text: String) -> Bool { Check(name) { nil }.matches(text) }

    /// Runs it and answers `name: 123.4 GMAC/s`.
    public func line() -> String { "\(name): \(tenths(rate())) G\(unit)/s" }

    /// Units of work a nanosecond: the best of many short runs, since others use the machine too.
    private func rate() -> Double {
        var repeats = 1
        while nanoseconds(repeats) < 1_000_000 { repeats *= 2 }
        var best = Int64.max
        for _ in 0..<60 { best = min(best, nanoseconds(repeats)) }
        return Double(work) * Double(repeats) / Double(max(best, 1))
    }

    private func nanoseconds(_ repeats: Int) -> Int64 {
        let start = Clock.nanoseconds()
        for _ in 0..<repeats { body() }
        return Clock.nanoseconds() - start
    }
}

private func tenths(_ value: Double) -> String {
    let tenths = Int(value * 10 + 0.5)
    return "\(tenths / 10).\(tenths % 10)"
}
