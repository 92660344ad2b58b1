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
        let file = try Self.create(beside: resolved, for: path)
        pending = try PendingFile(file.path, for: path)
        descriptor = file
        target = resolved
    }

    /// Appends bytes.
    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
        try Platform.write(bytes, to: descriptor.number, target)
    }

    /// Appends bytes.
    public mutating func write(_ bytes: [UInt8]) throws(SystemError) {
        let view = bytes.span
        try view.withUnsafeBytes { (buffer) throws(SystemError) in try write(buffer) }
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
        pending.release()
        // The new name is on the disk after its directory is. The file is whole already: nothing to report.
        if let directory = try? Descriptor.open(directoryPart(of: to), .read) { try? directory.sync() }
    }

    private static let counter = Atomic<Int>(0)

    /// Makes a new file in the directory of `target`. A program that was killed may have left one under a name of ours,
    /// and one in another container may be writing it: neither is ours to replace, so the next number is tried.
    /// Errors name `shown`, the file that a person gave.
    private static func create(beside target: String, for shown: String) throws(SystemError) -> Descriptor {
        let start = directoryPart(of: target) + "/.swiftlet-\(system_process_identifier())-"
        var triesLeft = 100
        while true {
            let name = start + "\(counter.wrappingAdd(1, ordering: .relaxed).newValue).tmp"
            do throws(SystemError) {
                return try Descriptor.open(name, [.write, .create, .exclusive])
            } catch {
                triesLeft -= 1
                guard error.code == ErrorNumber.exists, triesLeft > 0 else {
                    throw SystemError(error.operation, error.code, shown)
                }
            }
        }
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

/// A temporary file that goes with this object, or with the program when a signal ends it.
///
/// The handler of signals learns the name only once the file is ours. A program that ends in the moment between leaves
/// an empty file behind; the other way round it would remove a file of somebody else, which cannot be made good.
private final class PendingFile {
    let path: String
    private var slot: Int32?

    /// Takes charge of a file that this program has just made, and removes it when there is no room for its name.
    init(_ path: String, for shown: String) throws(SystemError) {
        self.path = path
        do throws(SystemError) {
            slot = Int32(truncatingIfNeeded: try perform(.pending, shown) { Int(system_pending_add(path)) })
        } catch {
            _ = system_remove(path)
            throw error
        }
    }

    /// Leaves the file alone from now on: its name has gone.
    func release() {
        if let slot { system_pending_remove(slot) }
        slot = nil
    }

    deinit {
        guard let slot else { return }
        _ = system_remove(path)
        system_pending_remove(slot)
    }
}

/// The directory that holds `path`: what stands before the last slash.
private func directoryPart(of path: String) -> String {
    let bytes = Array(path.utf8)
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return String(decoding: bytes[..<max(slash, 1)], as: UTF8.self)
}
