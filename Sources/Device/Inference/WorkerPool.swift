internal import Platform
internal import Synchronization

/// Threads that run an operation's parts together with the caller. They spin briefly for the next operation, then park;
/// the results do not depend on their number.
final class WorkerPool {
    /// Threads that take part, the caller included.
    let count: Int
    private let state: SharedState
    private var threads: [ThreadHandle] = []

    /// What caller and workers share. The words lie on cache lines of their own.
    private final class SharedState: @unchecked Sendable {  // words are atomic; `operation` is published by `round`
        private let memory: UnsafeMutableRawPointer
        /// Grows by one for each operation, and for the end.
        let round: UnsafeMutablePointer<Atomic<UInt32>>
        /// Workers that are done with this round.
        let finished: UnsafeMutablePointer<Atomic<UInt32>>
        /// Workers that sleep or are about to.
        let parked: UnsafeMutablePointer<Atomic<UInt32>>
        /// 1 while the caller sleeps until the workers are done.
        let joining: UnsafeMutablePointer<Atomic<UInt32>>
        var operation: Unmanaged<PreparedOperation>?

        private static let cacheLine = 128

        init() {
            memory = UnsafeMutableRawPointer.allocate(byteCount: 4 * Self.cacheLine, alignment: Self.cacheLine)
            round = memory.bindMemory(to: Atomic<UInt32>.self, capacity: 1)
            finished = (memory + Self.cacheLine).bindMemory(to: Atomic<UInt32>.self, capacity: 1)
            parked = (memory + 2 * Self.cacheLine).bindMemory(to: Atomic<UInt32>.self, capacity: 1)
            joining = (memory + 3 * Self.cacheLine).bindMemory(to: Atomic<UInt32>.self, capacity: 1)
            for word in [round, finished, parked, joining] { word.initialize(to: Atomic<UInt32>(0)) }
        }

        deinit { memory.deallocate() }
    }

    /// Looks at the word that a worker spins for before it parks: longer than the longest gap inside an inference.
    private static let spins = 100_000

    /// Cost from which an operation is shared.
    private let sharedCost: Int

    /// - Throws: `SystemError` when a thread cannot be started.
    init(threads wanted: Int, sharedCost: Int) throws(SystemError) {
        count = max(wanted, 1)
        self.sharedCost = sharedCost
        let state = SharedState()
        self.state = state
        let parts = count
        for part in 1..<max(count, 1) {
            threads.append(try Threads.start { Self.work(state, part: part, of: parts) })
        }
    }

    deinit {
        state.operation = nil
        release()
        for thread in threads { thread.join() }
    }

    /// Runs all of an operation. Allocates nothing.
    func run(_ operation: PreparedOperation) {
        guard count > 1, operation.units > 1, operation.cost >= sharedCost else {
            operation.run(part: 0, of: 1)
            return
        }
        state.operation = Unmanaged.passUnretained(operation)
        state.finished.pointee.store(0, ordering: .relaxed)
        release()
        operation.run(part: 0, of: count)
        join()
    }

    /// Waits for the workers: spinning first, then asleep, as where there are fewer processors than threads.
    private func join() {
        let all = UInt32(count - 1)
        for _ in 0..<Self.spins where state.finished.pointee.load(ordering: .acquiring) == all { return }
        state.joining.pointee.store(1, ordering: .sequentiallyConsistent)
        while true {
            let now = state.finished.pointee.load(ordering: .sequentiallyConsistent)
            if now == all { break }
            Futex.wait(state.finished, while: now)
        }
        state.joining.pointee.store(0, ordering: .relaxed)
    }

    /// Starts a round; wakes workers only where some are parked.
    private func release() {
        state.round.pointee.add(1, ordering: .sequentiallyConsistent)
        if state.parked.pointee.load(ordering: .sequentiallyConsistent) != 0 {
            Futex.wake(state.round, count: Int32.max)
        }
    }

    private static func work(_ state: SharedState, part: Int, of parts: Int) {
        let floats = ExactFloats()
        defer { floats.restore() }
        var seen: UInt32 = 0
        while true {
            seen = wait(state, after: seen)
            guard let operation = state.operation else { return }
            operation._withUnsafeGuaranteedRef { $0.run(part: part, of: parts) }
            state.finished.pointee.add(1, ordering: .sequentiallyConsistent)
            if state.joining.pointee.load(ordering: .sequentiallyConsistent) != 0 {
                Futex.wake(state.finished, count: 1)
            }
        }
    }

    /// Waits until the round differs from `seen`, and returns it.
    private static func wait(_ state: SharedState, after seen: UInt32) -> UInt32 {
        for _ in 0..<spins {
            let now = state.round.pointee.load(ordering: .acquiring)
            if now != seen { return now }
        }
        state.parked.pointee.add(1, ordering: .sequentiallyConsistent)
        defer { state.parked.pointee.subtract(1, ordering: .sequentiallyConsistent) }
        while true {
            let now = state.round.pointee.load(ordering: .sequentiallyConsistent)
            if now != seen { return now }
            Futex.wait(state.round, while: seen)
        }
    }
}
