/// The memory that a session's activations share, with 64 bytes of slack after the end that kernels may read.
final class Arena {
    let base: UnsafeMutableRawPointer
    let size: Int

    static let alignment = 64
    static let slack = 64

    init(size: Int) {
        self.size = size
        base = UnsafeMutableRawPointer.allocate(byteCount: size + Self.slack, alignment: Self.alignment)
        base.initializeMemory(as: UInt8.self, repeating: 0, count: size + Self.slack)
    }

    deinit { base.deallocate() }
}
