internal import EdgeFormat
internal import Inference

/// What holds for a session on any processor.
func sessionChecks(_ fixture: Fixture) -> [Check] {
    [
        fixture.check("session: \(fixture.path): every set and thread count gives the golden outputs") { bytes in
            for set in KernelSet.available {
                for threads in 1...3 {
                    do throws(EdgeError) {
                        let model = try Model(bytes: bytes, place: "fixture")
                        _ = try Verification(model, kernels: set, threads: threads, sharedCost: 0).run()
                    } catch {
                        return "\(set.name), \(threads) threads: \(error.line)"
                    }
                }
            }
            return nil
        },
        fixture.check("session: \(fixture.path): results do not depend on the caller's float mode") { bytes in
            for mode in foreignModes(usualMode()) {
                let (failure, after) = inMode(mode) { (verified(bytes), usualMode()) }
                if let failure { return "mode \(mode): \(failure)" }
                if after != mode { return "mode \(mode) was left as \(after)" }
            }
            return nil
        },
        allocationCheck("session: \(fixture.path): run() allocates nothing") { () throws(EdgeError) in
            let model = try fixture.model()
            for graph in model.file.graphs.indices {
                for threads in 1...2 {
                    let session = try Session(model, graph: graph, threads: threads, sharedCost: 0)
                    session.run()
                    try expectNoAllocations("100 runs, graph \(graph), \(threads) threads") {
                        for _ in 0..<100 { session.run() }
                    }
                }
            }
        },
    ]
}

/// Nil when the model's golden vectors hold, alone and with a second thread.
private func verified(_ bytes: [UInt8]) -> String? {
    do throws(EdgeError) {
        let model = try Model(bytes: bytes, place: "fixture")
        for threads in 1...2 { _ = try Verification(model, threads: threads, sharedCost: 0).run() }
        return nil
    } catch {
        return error.line
    }
}
