import KernelCheck

/// How many checks ended how.
struct Tally {
    private(set) var passed = 0
    private(set) var failed = 0
    /// What the processor lacks, and how many checks need it.
    private(set) var notRun: [(reason: String, count: Int)] = []

    mutating func add(_ outcome: Check.Outcome) {
        switch outcome {
        case .passed: passed += 1
        case .failed: failed += 1
        case .notRun(let reason):
            if let index = notRun.firstIndex(where: { $0.reason.utf8.elementsEqual(reason.utf8) }) {
                notRun[index].count += 1
            } else {
                notRun.append((reason, 1))
            }
        }
    }

    /// `58 passed, 0 failed, 10 not run`.
    var line: String {
        let missing = notRun.reduce(0) { $0 + $1.count }
        return "\(passed) passed, \(failed) failed\(missing > 0 ? ", \(missing) not run" : "")"
    }
}
