internal import CSystem
public import Synchronization

/// Threads of the system.
public enum Threads {
    /// Starts a thread that runs `body`. It is not detached: keep the handle and join it.
    public static func start(_ body: @escaping @Sendable () -> Void) throws(SystemError) -> ThreadHandle {
        let work = Unmanaged.passRetained(Work(body))
        var thread = system_thread(handle: 0)
        var code = system_fault(SystemCall.thread.rawValue)
        if code == 0 {
            code = system_thread_start(
                &thread,
                { argument in
                    if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                    return nil
                }, work.toOpaque())
        }
        if code != 0 {
            work.release()
            throw SystemError(.thread, code, "thread")
        }
        return ThreadHandle(thread)
    }

    /// Processors that this process may run on.
    public static var processorCount: Int { Int(system_processor_count()) }

    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}

/// A started thread.
public final class ThreadHandle: @unchecked Sendable {  // the word inside is set once and only read
    private let thread: system_thread

    init(_ thread: system_thread) { self.thread = thread }

    /// Waits until the thread has ended; call it once.
    public func join() { _ = system_thread_join(thread) }
}

/// Sleeping on a word of memory until another thread changes it.
public enum Futex {
    /// Sleeps while the word holds `value`; may also return without a cause, so look at the word again.
    public static func wait(_ word: UnsafeMutablePointer<Atomic<UInt32>>, while value: UInt32) {
        system_futex_wait(word, value)
    }

    /// Wakes at most `count` threads that sleep on the word.
    public static func wake(_ word: UnsafeMutablePointer<Atomic<UInt32>>, count: Int32) {
        system_futex_wake(word, count)
    }
}
