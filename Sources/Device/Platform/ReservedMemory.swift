internal import CSystem

/// Zeroed memory for what a file asks for: too much of it is an error, not the end of the program, and pages that are
/// never touched cost nothing.
public final class ReservedMemory {
    /// A multiple of 64.
    public let base: UnsafeMutableRawPointer

    /// - Parameter what: said in the error: what the memory is for.
    public init(size: Int, for what: String) throws(SystemError) {
        var address: UnsafeMutableRawPointer?
        _ = try perform(.map, what) {
            address = system_reserve(max(size, 1))
            return address == nil ? -1 : 0
        }
        guard let address else { throw SystemError(.map, ErrorNumber.outOfMemory, what) }
        base = address
    }

    deinit { system_reserve_end(base) }
}
