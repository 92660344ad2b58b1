internal import Kernels

/// One row of the kernels' table.
struct Row: Sendable {
    let index: Int32

    var fields: kernel_row { kernel_row_at(index).pointee }
    var name: String { String(cString: fields.name) }
    var set: Int32 { Int32(fields.set.rawValue) }
    var setName: String { kernel_set_name(set).map { String(cString: $0) } ?? "set \(set)" }
    /// Depths of a channel that lie side by side in its weights.
    var depthRun: Int { fields.layout.rawValue == WEIGHT_LAYOUT_PAIRS.rawValue ? 2 : 4 }
    /// Whether this processor can run it.
    var runs: Bool { kernel_set_runs(set) != 0 }

    static var all: [Row] { (0..<kernel_row_count()).map { Row(index: $0) } }

    /// The rows of one operation, the scalar one first.
    static func of(_ operation: kernel_operation) -> [Row] {
        all.filter { $0.fields.operation.rawValue == operation.rawValue }
    }
}

/// What is added to a logical value for its byte in memory.
var memoryOffset: Int { Int(activation_offset()) }

/// The byte in memory of a logical value.
func memoryByte(_ logical: Int8) -> UInt8 { UInt8(truncatingIfNeeded: Int(logical) + memoryOffset) }

/// The two bytes in memory of a value of 16 bits.
func memoryWord(_ value: Int) -> [UInt8] { [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)] }
