internal import CSystem

/// The system's clocks.
public enum Clock {
    /// Time since some moment of the past that never jumps, for measuring.
    public static func nanoseconds() -> Int64 { system_monotonic_nanoseconds() }

    /// Time since 1970-01-01 00:00 UTC, for people.
    public static func realtimeNanoseconds() -> Int64 { system_realtime_nanoseconds() }
}
