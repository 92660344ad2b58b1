internal import EdgeFormat
internal import Platform

/// Runs `body`, turning what the system refused into an error of ours.
func reportingSystem<Result>(_ body: () throws(SystemError) -> Result) throws(EdgeError) -> Result {
    do throws(SystemError) {
        return try body()
    } catch {
        throw EdgeError(.system, at: error.path, error.sentence)
    }
}
