import KernelCheck
import Testing

extension Check: CustomTestStringConvertible {
    public var testDescription: String { name }
}

/// The checks that boards run as the program `conformance`.
@Suite("What the device computes") struct KernelsTests {
    @Test("holds for every kernel of this processor", arguments: allChecks)
    func kernelsHold(_ check: Check) { expectToHold(check) }

    @Test("holds for whole models, damaged ones too", arguments: modelChecks(fixtures))
    func modelsHold(_ check: Check) { expectToHold(check) }

    private static let fixtures = #filePath.replacing("Kernels/KernelsTests.swift", with: "Fixtures")

    private func expectToHold(_ check: Check) {
        switch check.run() {
        case .passed: break
        case .notRun(let reason): print("not run: \(check.name): \(reason)")
        case .failed(let reason): Issue.record("\(check.name): \(reason)")
        }
    }
}
