internal import EdgeFormat
internal import Platform

extension EdgeError {
    /// What the system refused, said of the file.
    init(_ error: SystemError) { self.init(.system, at: error.path, error.sentence) }
}

/// Runs `body`, turning the system's errors into ours.
func reportingSystem<Result>(_ body: () throws(SystemError) -> Result) throws(EdgeError) -> Result {
    do throws(SystemError) { return try body() } catch { throw EdgeError(error) }
}
