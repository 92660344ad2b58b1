internal import Platform

extension Session {
    /// The least time of each operation in nanoseconds.
    /// - Parameters:
    ///   - input: the logical bytes of all inputs.
    ///   - runs: whole inferences; at least one is made.
    ///   - limit: nanoseconds after which no other is begun.
    public func operationTimes(_ input: [UInt8], runs: Int, within limit: Int64 = .max) -> [Int64] {
        var best = [Int64](repeating: Int64.max, count: operationCount)
        let start = Clock.nanoseconds()
        for number in 0..<max(runs, 1) {
            guard number == 0 || Clock.nanoseconds() - start < limit else { break }
            writeInputs(input)
            var last = Clock.nanoseconds()
            run { index in
                let now = Clock.nanoseconds()
                best[index] = min(best[index], now - last)
                last = Clock.nanoseconds()
            }
        }
        return best
    }
}
