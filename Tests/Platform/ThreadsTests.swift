import Platform
import Synchronization
import Testing

@Suite struct ThreadsTests {
    @Test func everyThreadRunsOnceAndIsJoined() throws {
        let count = Counter()
        let threads = try (0..<8).map { _ in try Threads.start { count.value.add(1, ordering: .relaxed) } }
        for thread in threads { thread.join() }
        #expect(count.value.load(ordering: .relaxed) == 8)
        #expect(Threads.processorCount >= 1)
    }

    @Test func aSystemWithoutThreadsIsAnError() {
        Faults.inject(.thread, ErrorNumber.tryAgain)
        let failure = #expect(throws: SystemError.self) { _ = try Threads.start {} }
        #expect(failure?.line == "thread: pthread_create: Resource temporarily unavailable")
    }

    @Test func aThreadThatSleepsOnAWordIsWoken() throws {
        let word = SharedWord()
        let sleeper = try Threads.start {
            while word.pointer.pointee.load(ordering: .acquiring) == 0 { Futex.wait(word.pointer, while: 0) }
        }
        word.pointer.pointee.store(1, ordering: .releasing)
        Futex.wake(word.pointer, count: 1)
        sleeper.join()
        // A word that holds another value does not put anyone to sleep.
        Futex.wait(word.pointer, while: 0)
    }

    @Test func clocksGoForward() {
        let first = Clock.nanoseconds()
        #expect(Clock.nanoseconds() >= first)
        #expect(Clock.realtimeNanoseconds() > 1_600_000_000_000_000_000)
        #expect(Process.peakMemoryBytes() > 0)
    }
}

private final class Counter: Sendable {
    let value = Atomic<Int>(0)
}

private final class SharedWord: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Atomic<UInt32>>

    init() {
        pointer = .allocate(capacity: 1)
        pointer.initialize(to: Atomic(0))
    }

    deinit {
        pointer.deinitialize(count: 1)
        pointer.deallocate()
    }
}
