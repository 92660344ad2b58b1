internal import CSystem

/// How a descriptor is opened.
public struct OpenFlags: OptionSet, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let read = OpenFlags(rawValue: 1)
    public static let write = OpenFlags(rawValue: 2)
    /// Makes the file where it is missing.
    public static let create = OpenFlags(rawValue: 4)
    /// With `create`: fails where the file exists.
    public static let exclusive = OpenFlags(rawValue: 8)
    public static let truncate = OpenFlags(rawValue: 16)
    /// Calls that would wait fail with `ErrorNumber.tryAgain`.
    public static let nonBlocking = OpenFlags(rawValue: 32)
}

/// An open file or device, closed at the end of its life.
public struct Descriptor: ~Copyable {
    /// The system's number.
    public let number: Int32
    /// What it was opened as; errors name it.
    public let path: String

    deinit { _ = system_close(number) }

    /// Opens `path`; a file that is made gets `permissions` without the process's umask.
    public static func open(
        _ path: String, _ flags: OpenFlags, permissions: UInt32 = 0o666
    ) throws(SystemError) -> Descriptor {
        let number = try perform(.open, path) { Int(system_open(path, flags.rawValue, permissions)) }
        return Descriptor(number: Int32(truncatingIfNeeded: number), path: path)
    }

    /// Reads at most `buffer.count` bytes; 0 at the end.
    public borrowing func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        guard let start = buffer.baseAddress else { return 0 }
        let number = self.number
        return try perform(.read, path) { system_read(number, start, buffer.count) }
    }

    /// Writes all of `bytes`, in as many calls as the system wants.
    public borrowing func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        try Platform.write(bytes, to: number, path)
    }

    /// A device's own request. The pointer's meaning is the request's.
    @discardableResult
    public borrowing func ioctl(
        _ request: UInt, _ argument: UnsafeMutableRawPointer?
    ) throws(SystemError) -> Int32 {
        let number = self.number
        return Int32(
            truncatingIfNeeded: try perform(.ioctl, path) { Int(system_ioctl(number, request, argument)) })
    }

    /// Whether something can be read, or has gone wrong so that reading would tell, within the time; a negative time
    /// waits for ever. Throws `ErrorNumber.interrupted` when the program is asked to end.
    public borrowing func poll(timeoutMilliseconds: Int32) throws(SystemError) -> Bool {
        let number = self.number
        return try perform(.poll, path) { Int(system_poll(number, timeoutMilliseconds)) } > 0
    }

    /// Maps `length` bytes from `offset`, shared with the device, for reading and writing. `unmap` gives them back.
    public borrowing func map(length: Int, offset: Int64) throws(SystemError) -> UnsafeMutableRawBufferPointer {
        try Platform.map(number, length: length, offset: offset, writable: true, path)
    }

    /// Ends a mapping of `map`.
    public static func unmap(_ bytes: UnsafeMutableRawBufferPointer) {
        if let start = bytes.baseAddress { _ = system_unmap(start, bytes.count) }
    }

    /// Waits until what was written is on the disk.
    public borrowing func sync() throws(SystemError) {
        let number = self.number
        _ = try perform(.sync, path) { Int(system_sync(number)) }
    }

    /// The file's kind and its size in bytes (0 for what has none).
    public borrowing func status() throws(SystemError) -> (kind: FileKind, size: Int) {
        var size: Int64 = 0
        let number = self.number
        let kind = try perform(.status, path) { Int(system_status(number, &size)) }
        return (FileKind(kind), Int(size))
    }
}

/// Writes all of `bytes` to an open descriptor.
func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ path: String) throws(SystemError) {
    guard let start = bytes.baseAddress else { return }
    var done = 0
    while done < bytes.count {
        done += try perform(.write, path) { system_write(descriptor, start + done, bytes.count - done) }
    }
}

/// Maps part of an open descriptor; `length` is not 0.
func map(
    _ descriptor: Int32, length: Int, offset: Int64, writable: Bool, _ path: String
) throws(SystemError) -> UnsafeMutableRawBufferPointer {
    var start: UnsafeMutableRawPointer?
    _ = try perform(.map, path) {
        start = system_map(descriptor, length, offset, writable ? 1 : 0)
        return start == nil ? -1 : 0
    }
    return UnsafeMutableRawBufferPointer(start: start, count: length)
}
