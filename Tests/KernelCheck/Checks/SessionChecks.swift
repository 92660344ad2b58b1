import AllocationCount
internal import EdgeFormat
internal import Inference

/// What holds for a session on any processor.
func sessionChecks(_ fixture: Fixture) -> [Check] {
    [
        fixture.check("session: every set and thread count gives the golden outputs") { bytes in
            for set in KernelSet.available {
                for threads in 1...3 {
                    do throws(EdgeError) {
                        let model = try Model(bytes: bytes, place: "fixture")
                        _ = try Verification(model, kernels: set, threads: threads).run()
                    } catch {
                        return "\(set.name), \(threads) threads: \(error.line)"
                    }
                }
            }
            return nil
        },
        allocationCheck(fixture),
    ]
}

private func allocationCheck(_ fixture: Fixture) -> Check {
    Check(
        "session: run() allocates nothing",
        outcome: {
            guard allocation_count() >= 0 else { return .notRun("this build does not count allocations") }
            let (bytes, reason) = fixture.bytes()
            guard let bytes else { return .failed(reason) }
            do throws(EdgeError) {
                let model = try Model(bytes: bytes, place: "fixture")
                for threads in 1...2 {
                    let session = try Session(model, threads: threads)
                    session.run()
                    let before = allocation_count()
                    for _ in 0..<100 { session.run() }
                    let made = allocation_count() - before
                    guard made == 0 else { return .failed("\(made) allocations in 100 runs with \(threads) threads") }
                }
            } catch {
                return .failed(error.line)
            }
            return .passed
        })
}
