internal import CSystem

/// Every call that can fail passes here: once more after a signal that asked for nothing, an error otherwise.
///
/// `body` returns a negative number and leaves errno where the call failed.
@inline(never)
func perform(_ call: SystemCall, _ path: String, _ body: () -> Int) throws(SystemError) -> Int {
    while true {
        var code = system_fault(call.rawValue)
        if code == 0 {
            let result = body()
            if result >= 0 { return result }
            code = system_errno()
        }
        if code != ErrorNumber.interrupted || Interrupts.requested { throw SystemError(call, code, path) }
    }
}

/// Failures on demand, for tests: a full disk, a camera that goes away, a signal in the middle of a read.
public enum Faults {
    /// Makes the `nth` call of this kind on this thread (1 is the next one) fail with `code`, an errno value; with
    /// `forever` every later one as well. A thread has one fault at a time.
    public static func inject(_ call: SystemCall, _ code: Int32, at nth: Int = 1, forever: Bool = false) {
        system_fault_set(call.rawValue, Int32(truncatingIfNeeded: nth), code, forever ? 1 : 0)
    }

    /// Takes back what `inject` asked for on this thread.
    public static func clear() { system_fault_set(0, 0, 0, 0) }
}
