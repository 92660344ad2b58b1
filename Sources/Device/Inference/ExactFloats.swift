internal import Kernels

/// The calling thread's float state while kernels run: round to nearest, no flush to zero. With another one nearly half of
/// all results would change.
public struct ExactFloats {
    private let callers: UInt64

    public init() { callers = float_state_enter() }

    /// Gives the caller's state back.
    public func restore() { float_state_restore(callers) }
}
