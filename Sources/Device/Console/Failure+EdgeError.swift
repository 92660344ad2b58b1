public import EdgeFormat

extension Failure {
    /// An error of a room, as the command that met it ends.
    public init(_ error: EdgeError) {
        let status: ExitStatus =
            switch error.kind {
            case .check: .check
            case .usage: .usage
            case .data: .data
            case .system: .system
            }
        self.init(status, error.line)
    }
}

/// Runs a room's code and turns its error into the command's.
public func reporting<Result>(_ body: () throws(EdgeError) -> Result) throws(Failure) -> Result {
    do throws(EdgeError) {
        return try body()
    } catch {
        throw Failure(error)
    }
}
