internal import CSystem
import Synchronization

/// A file that appears under its name when it is whole, and not at all otherwise.
///
/// It is written beside its target, synced and renamed. An error, dropping it, SIGINT or SIGTERM before that leave
/// nothing behind. A target that is a device or a pipe is written as it stands: there is nothing to replace.
public struct AtomicFile: ~Copyable {
    private let descriptor: Descriptor
    private let target: String
    /// Where the handler of signals finds the file's name; nil for a device.
    private var pending: PendingFile?

    /// Starts the file that is to be `path`.
    public init(path: String) throws(SystemError) {
        var resolved = path
        do throws(SystemError) {
            switch try Files.kind(path) {
            case .regular: resolved = try Self.resolve(path)
            case .directory: throw SystemError(.open, ErrorNumber.isADirectory, path)
            case .characterDevice, .other:
                descriptor = try Descriptor.open(path, .write)
                target = path
                pending = nil
                return
            }
        } catch {
            if error.code != ErrorNumber.noSuchFile { throw error }
        }
        let pending = try PendingFile(beside: resolved, for: path)
        let name = pending.path
        do throws(SystemError) {
            descriptor = try Descriptor.open(name, [.write, .create, .exclusive])
        } catch {
            // The name that a person gave, not the temporary one.
            throw SystemError(error.operation, error.code, path)
        }
        pending.exists = true
        target = resolved
        self.pending = pending
    }

    /// Appends bytes.
    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        try Platform.write(bytes, to: descriptor.number, target)
    }

    /// Puts the file under its name, when it is on the disk.
    public consuming func commit() throws(SystemError) {
        guard let pending else { return }
        let number = descriptor.number
        _ = try perform(.sync, target) { Int(system_sync(number)) }
        let (from, to) = (pending.path, target)
        do throws(SystemError) {
            _ = try perform(.rename, to) { Int(system_rename(from, to)) }
        } catch {
            // An interruption has removed it.
            throw Interrupts.requested ? SystemError(.rename, ErrorNumber.interrupted, to) : error
        }
        pending.exists = false
        // The new name is on the disk after its directory is. The file is whole already: nothing to report.
        if let directory = try? Descriptor.open(directoryPart(of: to), .read) { try? directory.sync() }
    }

    private static func resolve(_ path: String) throws(SystemError) -> String {
        var text: UnsafeMutablePointer<CChar>?
        _ = try perform(.resolve, path) {
            text = system_resolve(path)
            return text == nil ? -1 : 0
        }
        guard let text else { return path }
        defer { system_release(text) }
        return String(cString: text)
    }
}

/// A temporary name that the handler of signals knows; the file under it goes with this object.
private final class PendingFile {
    let path: String
    var exists = false
    private let slot: Int32
    private static let counter = Atomic<Int>(0)

    init(beside target: String, for shown: String) throws(SystemError) {
        let number = Self.counter.wrappingAdd(1, ordering: .relaxed).newValue
        let path = directoryPart(of: target) + "/.swiftlet-\(system_process_identifier())-\(number).tmp"
        slot = Int32(truncatingIfNeeded: try perform(.pending, shown) { Int(system_pending_add(path)) })
        self.path = path
    }

    deinit {
        if exists { _ = system_remove(path) }
        system_pending_remove(slot)
    }
}

/// The directory that holds `path`: what stands before the last slash.
private func directoryPart(of path: String) -> String {
    let bytes = Array(path.utf8)
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return String(decoding: bytes[..<max(slash, 1)], as: UTF8.self)
}
