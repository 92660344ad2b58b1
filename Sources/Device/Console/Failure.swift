public import Platform

/// How a command ends.
public enum ExitStatus: Int32, Equatable, Sendable {
    case done = 0
    /// A check that was asked for did not hold.
    case check = 1
    /// The command or its options are wrong.
    case usage = 2
    /// Data is unreadable, invalid or unsupported.
    case data = 3
    /// The system refused: no such file, permission, no camera, disk full.
    case system = 4
    /// Ctrl-C, or a signal that means the same.
    case interrupted = 130
}

/// What stops a command: printed as one line after the program's name.
public struct Failure: Error, Equatable, Sendable {
    public let status: ExitStatus
    /// What, where, and what to do: "conv.onnx: node 'Conv_3': group 3 does not divide 64 channels".
    public let line: String

    public init(_ status: ExitStatus, _ line: String) {
        self.status = status
        self.line = line
    }

    /// A call that the system refused; one that a signal ended means that the program is to end.
    public init(_ error: SystemError) {
        if error.code == ErrorNumber.interrupted {
            self = .interrupted
        } else {
            self.init(.system, error.line)
        }
    }

    /// What a loop throws when `Interrupts.requested`.
    public static var interrupted: Failure { Failure(.interrupted, "interrupted") }
}
