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
