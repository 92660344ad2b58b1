internal import CSystem

/// The calls that can fail, each with the name under which an error reports it.
public enum SystemCall: Int32, Equatable, Sendable {
    case open = 1
    case read, write, ioctl, poll, map, sync, status, rename, makeDirectory, resolve, list, thread, pending

    /// The name of the system's own call.
    public var name: StaticString {
        switch self {
        case .open: "open"
        case .read: "read"
        case .write: "write"
        case .ioctl: "ioctl"
        case .poll: "poll"
        case .map: "mmap"
        case .sync: "fsync"
        case .status: "stat"
        case .rename: "rename"
        case .makeDirectory: "mkdir"
        case .resolve: "realpath"
        case .list: "readdir"
        case .thread: "pthread_create"
        case .pending: "create"
        }
    }
}

/// The errno values that code of ours asks about; Linux has the same ones on every processor of ours.
public enum ErrorNumber {
    public static let noSuchFile: Int32 = 2
    public static let interrupted: Int32 = 4
    public static let inputOutput: Int32 = 5
    public static let tryAgain: Int32 = 11
    public static let outOfMemory: Int32 = 12
    public static let permissionDenied: Int32 = 13
    public static let exists: Int32 = 17
    public static let noSuchDevice: Int32 = 19
    public static let notADirectory: Int32 = 20
    public static let isADirectory: Int32 = 21
    public static let invalidArgument: Int32 = 22
    public static let fileTooLarge: Int32 = 27
    public static let noSpace: Int32 = 28
    public static let brokenPipe: Int32 = 32
}

/// The system refused a call.
public struct SystemError: Error, Equatable, Sendable {
    public let operation: SystemCall
    /// An errno value.
    public let code: Int32
    /// What the call was about: a file, a device, "standard output".
    public let path: String

    public init(_ operation: SystemCall, _ code: Int32, _ path: String) {
        self.operation = operation
        self.code = code
        self.path = path
    }

    /// The name of the call, such as "open".
    public var call: StaticString { operation.name }

    /// The system's words for it, such as "No such file or directory".
    public var sentence: String { String(cString: system_error_text(code)) }

    /// The line a person reads: "digits.tar: open: No such file or directory".
    public var line: String { "\(path): \(operation.name.text): \(sentence)" }
}
