import KernelCheck
import Testing

extension Check: CustomTestStringConvertible {
    public var testDescription: String { name }
}

@Suite("What the device computes") struct KernelsTests {
    @Test("holds on this processor", arguments: allChecks)
    func holds(_ check: Check) {
        switch check.run() {
        case .passed: break
        case .notRun(let reason): print("not run: \(check.name): \(reason)")
        case .failed(let reason): Issue.record("\(check.name): \(reason)")
        }
    }
}
