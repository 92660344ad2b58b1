internal import EdgeFormat
internal import Platform

/// The memory that a session's activations share, with 64 bytes of slack after the end that kernels may read.
final class Arena {
    private let memory: ReservedMemory

    static let slack = 64

    /// - Throws: `EdgeError` when the system does not have so much memory.
    init(size: Int) throws(EdgeError) {
        memory = try ReservedMemory(bytes: size + Self.slack, for: "the arena")
    }

    var base: UnsafeMutableRawPointer { memory.base }
}

/// Memory for what an operation needs for a moment, a piece for each thread.
final class Scratch {
    private let memory: ReservedMemory

    /// Bytes a thread.
    static let size = 8192

    /// - Throws: `EdgeError` when the system does not have so much memory.
    init(threads: Int) throws(EdgeError) {
        memory = try ReservedMemory(bytes: max(threads, 1) * Self.size, for: "sums")
    }

    /// The piece of a thread, 0 ..< threads.
    func memory(_ part: Int) -> UnsafeMutableRawPointer { memory.base + part * Self.size }
}

extension ReservedMemory {
    /// The same with an error of ours.
    convenience init(bytes: Int, for what: String) throws(EdgeError) {
        do throws(SystemError) {
            try self.init(size: bytes, for: what)
        } catch {
            throw EdgeError(.system, at: what, "\(bytes) bytes are needed: " + error.sentence)
        }
    }
}
