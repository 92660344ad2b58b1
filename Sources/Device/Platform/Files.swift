internal import CSystem

/// What a path names, symbolic links followed.
public enum FileKind: Equatable, Sendable {
    case regular, directory, characterDevice, other

    init(_ number: Int) {
        switch number {
        case SYSTEM_REGULAR: self = .regular
        case SYSTEM_DIRECTORY: self = .directory
        case SYSTEM_CHARACTER_DEVICE: self = .characterDevice
        default: self = .other
        }
    }
}

/// Whole files and directories.
public enum Files {
    /// The bytes of a file, device or pipe up to its end; more than `limit` is an error.
    public static func read(_ path: String, limit: Int = 1 << 31) throws(SystemError) -> [UInt8] {
        let file = try Descriptor.open(path, .read)
        let (kind, size) = try file.status()
        if kind == .directory { throw SystemError(.read, ErrorNumber.isADirectory, path) }
        if size > limit { throw SystemError(.read, ErrorNumber.fileTooLarge, path) }
        // One byte more than the file says it has, so that a growing file and an endless device are noticed.
        var bytes = [UInt8](repeating: 0, count: kind == .regular ? size + 1 : 1 << 16)
        var count = 0
        while true {
            let number = file.number
            let got = try perform(.read, path) {
                bytes.withUnsafeMutableBytes { buffer in
                    guard let start = buffer.baseAddress else { return 0 }
                    return system_read(number, start + count, buffer.count - count)
                }
            }
            if got == 0 { break }
            count += got
            if count > limit { throw SystemError(.read, ErrorNumber.fileTooLarge, path) }
            if count == bytes.count { bytes += [UInt8](repeating: 0, count: count) }
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// Writes the file whole or not at all; see `AtomicFile`.
    public static func writeAtomically(_ path: String, _ bytes: [UInt8]) throws(SystemError) {
        var file = try AtomicFile(path: path)
        try file.write(bytes)
        try file.commit()
    }

    /// The names in a directory without "." and "..", in the order of their bytes.
    public static func list(_ directory: String) throws(SystemError) -> [String] {
        var stream: UnsafeMutableRawPointer?
        _ = try perform(.open, directory) {
            stream = system_directory_open(directory)
            return stream == nil ? -1 : 0
        }
        guard let stream else { return [] }
        defer { system_directory_close(stream) }
        var names: [String] = []
        while true {
            var name: UnsafePointer<CChar>?
            let more = try perform(.list, directory) { Int(system_directory_next(stream, &name)) }
            guard more > 0, let name else { break }
            let text = String(cString: name)
            if !text.utf8.elementsEqual(".".utf8) && !text.utf8.elementsEqual("..".utf8) { names.append(text) }
        }
        names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return names
    }

    /// What `path` names; an error where there is nothing.
    public static func kind(_ path: String) throws(SystemError) -> FileKind {
        FileKind(try perform(.status, path) { Int(system_kind(path)) })
    }

    /// Makes the directory and those above it that are missing.
    public static func makeDirectories(_ path: String) throws(SystemError) {
        let bytes = Array(path.utf8)
        for end in 1...max(1, bytes.count) where end == bytes.count || bytes[end] == UInt8(ascii: "/") {
            let part = String(decoding: bytes[..<end], as: UTF8.self)
            do throws(SystemError) {
                _ = try perform(.makeDirectory, part) { Int(system_make_directory(part)) }
            } catch {
                let exists = (try? kind(part)) == .directory
                if !exists { throw error }
            }
        }
    }

    /// Removes a file or an empty directory, if it can.
    public static func remove(_ path: String) { _ = system_remove(path) }
}
