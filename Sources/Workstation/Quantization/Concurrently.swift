public import EdgeFormat
import Platform
import Synchronization

/// Runs `body` for every index in 0 ..< `count` on several threads and returns the results in the order of the indices,
/// so that what is made of them does not depend on the number of threads.
/// - Throws: the error of the lowest index that failed.
public func concurrently<Result: Sendable>(
    _ count: Int, threads: Int, _ body: @escaping @Sendable (Int) throws(EdgeError) -> Result
) throws(EdgeError) -> [Result] {
    let results = Results<Result>(count: count)
    let worker = Worker(count: count, results: results, body: body)
    var handles: [ThreadHandle] = []
    for _ in 1..<max(threads, 1) {
        do throws(SystemError) {
            handles.append(try Threads.start { worker.run() })
        } catch {
            break  // fewer threads do the same work
        }
    }
    worker.run()
    for handle in handles { handle.join() }
    return try results.all()
}

/// Runs `body` for every element on several threads and merges the results in the order of the elements, a few at a time:
/// neither the result nor the memory needed depends on how many there are or on which thread was first.
/// - Throws: the error of the first element that failed.
public func concurrently<Element: Sendable, Result: Sendable, Total>(
    _ elements: [Element], threads: Int, into initial: Total,
    _ body: @escaping @Sendable (Element) throws(EdgeError) -> Result,
    merge: (inout Total, Result) throws(EdgeError) -> Void
) throws(EdgeError) -> Total {
    var total = initial
    let wave = 4 * max(threads, 1)
    for start in stride(from: 0, to: elements.count, by: wave) {
        let some = Array(elements[start..<min(start + wave, elements.count)])
        let results = try concurrently(some.count, threads: threads) { (index) throws(EdgeError) in
            try body(some[index])
        }
        for result in results { try merge(&total, result) }
    }
    return total
}

/// 0 ..< count in runs of one length, the last one shorter.
public func shards(_ count: Int, of length: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: length).map { $0..<min($0 + length, count) }
}

/// One thread's share: whatever index is next.
private final class Worker<Result: Sendable>: Sendable {
    private let count: Int
    private let results: Results<Result>
    private let body: @Sendable (Int) throws(EdgeError) -> Result
    private let next = Atomic<Int>(0)

    init(count: Int, results: Results<Result>, body: @escaping @Sendable (Int) throws(EdgeError) -> Result) {
        self.count = count
        self.results = results
        self.body = body
    }

    func run() {
        while true {
            let index = next.add(1, ordering: .relaxed).oldValue
            guard index < count, !results.hasFailed else { return }
            do throws(EdgeError) {
                guard !Interrupts.requested else { throw EdgeError.interrupted }
                results.set(index, .success(try body(index)))
            } catch {
                results.set(index, .failure(error))
            }
        }
    }
}

private final class Results<Value: Sendable>: Sendable {
    private let slots: Mutex<[Swift.Result<Value, EdgeError>?]>
    private let failed = Atomic<Bool>(false)

    init(count: Int) {
        slots = Mutex([Swift.Result<Value, EdgeError>?](repeating: nil, count: count))
    }

    var hasFailed: Bool { failed.load(ordering: .relaxed) }

    func set(_ index: Int, _ result: Swift.Result<Value, EdgeError>) {
        if case .failure = result { failed.store(true, ordering: .relaxed) }
        slots.withLock { $0[index] = result }
    }

    func all() throws(EdgeError) -> [Value] {
        var values: [Value] = []
        for slot in slots.withLock({ $0 }) {
            switch slot {
            case .success(let value): values.append(value)
            case .failure(let error): throw error
            case nil: break  // after a failure, which an earlier or later slot holds
            }
        }
        return values
    }
}
