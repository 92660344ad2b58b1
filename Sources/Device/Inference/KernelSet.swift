public import EdgeFormat
internal import Kernels

/// An instruction set that kernels are written for. Chosen once by what the processor has, or forced by name.
public struct KernelSet: Equatable, Sendable {
    /// The number that stands in packed sections.
    public let number: UInt16

    init(number: UInt16) { self.number = number }

    private init(_ set: kernel_set) { number = UInt16(truncatingIfNeeded: set.rawValue) }

    /// The strongest set that this processor runs.
    public static var best: KernelSet { KernelSet(kernel_set_best()) }

    /// The sets that this processor runs, weakest first.
    public static var available: [KernelSet] {
        known.filter { kernel_set_runs(Int32($0.number)) != 0 }
    }

    /// Every set that has a name, also of other processors.
    public static var known: [KernelSet] {
        (0..<64).filter { kernel_set_name($0) != nil }.map { KernelSet(number: UInt16($0)) }
    }

    /// The set of a name, as `--kernels` takes it.
    /// - Throws: `EdgeError` when there is no such set or this processor cannot run it.
    public init(named name: String) throws(EdgeError) {
        for set in KernelSet.known where set.name.utf8.elementsEqual(name.utf8) {
            guard kernel_set_runs(Int32(set.number)) != 0 else {
                throw EdgeError(.usage, at: "--kernels " + name, "this processor cannot run them; it runs " + Self.list)
            }
            self = set
            return
        }
        throw EdgeError(.usage, at: "--kernels " + name, "there is no such set; this processor runs " + Self.list)
    }

    public var name: String {
        guard let name = kernel_set_name(Int32(number)) else { return "unknown" }
        return String(cString: name)
    }

    private static var list: String {
        var text = ""
        for set in available { text += (text.isEmpty ? "" : ", ") + set.name }
        return text
    }

    /// The best kernel for an operation that this set allows.
    func row(_ operation: kernel_operation) -> kernel_row {
        kernel_row_for(operation, kernel_set(rawValue: .init(number))).pointee
    }
}
