/// What went wrong, where, and what it means for the exit status: the one error of every room above `Platform`.
///
/// Printed as one line, `place: sentence`, for example
/// `conv.onnx: node 'Conv_3': group 3 does not divide 64 channels`.
public struct EdgeError: Error, Equatable, Sendable {
    /// What kind of failure it is; the command turns it into an exit status.
    public enum Kind: UInt8, Sendable {
        /// A check that was asked for did not hold (exit status 1).
        case check = 1
        /// The command or its options are wrong (exit status 2).
        case usage = 2
        /// Data is unreadable, invalid or unsupported (exit status 3).
        case data = 3
        /// The system refused: no such file, permission, no camera, disk full (exit status 4).
        case system = 4
    }

    public let kind: Kind
    /// The file, section, node or device that the sentence is about.
    public let place: String
    /// What is wrong and, where it helps, what to do.
    public let sentence: String

    public init(_ kind: Kind, at place: String, _ sentence: String) {
        self.kind = kind
        self.place = place
        self.sentence = sentence
    }

    /// A signal asked the work to stop.
    public static let interrupted = EdgeError(.system, at: "", "interrupted")

    /// The line a person reads.
    public var line: String { place.isEmpty ? sentence : place + ": " + sentence }

    /// The same error, said of a wider place: `file.onnx: node 'Conv_3': …`.
    public func within(_ outer: String) -> EdgeError {
        EdgeError(kind, at: place.isEmpty ? outer : outer + ": " + place, sentence)
    }
}
