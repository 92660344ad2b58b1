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
