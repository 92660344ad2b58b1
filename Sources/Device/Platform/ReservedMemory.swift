internal import CSystem

/// Zeroed memory for what a file asks for: too much of it is an error, not the end of the program, and pages that are
/// never touched cost nothing.
public final class ReservedMemory {
    /// Aligned to a page.
    public let base: UnsafeMutableRawPointer
    private let size: Int

    /// - Parameter what: said in the error: what the memory is for.
    public init(size: Int, for what: String) throws(SystemError) {
        self.size = max(size, 1)
        var address: UnsafeMutableRawPointer?
        let wanted = self.size
        _ = try perform(.map, what) {
            address = system_reserve(wanted)
            return address == nil ? -1 : 0
        }
        guard let address else { throw SystemError(.map, ErrorNumber.outOfMemory, what) }
        base = address
    }

    deinit { _ = system_unmap(base, size) }
}
