import AllocationCount
internal import EdgeFormat

/// A check whose body tells by `expectNoAllocations` what may not allocate; not run where the build does not count.
func allocationCheck(_ name: String, _ body: @escaping @Sendable () throws(EdgeError) -> Void) -> Check {
    Check(
        name,
        outcome: {
            guard allocation_count() >= 0 else { return .notRun("this build does not count allocations") }
            do throws(EdgeError) {
                try body()
                return .passed
            } catch {
                return .failed(error.line)
            }
        })
}

func expectNoAllocations(_ what: String, _ body: () throws(EdgeError) -> Void) throws(EdgeError) {
    let before = allocation_count()
    try body()
    let made = allocation_count() - before
    guard made == 0 else { throw EdgeError(.check, at: what, "\(made) allocations") }
}
