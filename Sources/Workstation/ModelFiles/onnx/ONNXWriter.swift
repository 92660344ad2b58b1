internal import CONNX
import EdgeFormat

/// Builds a file's bytes. Order of calls is order in the file.
final class ONNXWriter {
    private let model: OpaquePointer
    private var failed = false

    /// - Parameter needsOperatorSet21: for an operator that set 13 does not have as we write it.
    init(graph name: String, needsOperatorSet21: Bool) throws(EdgeError) {
        // ir_version 7 and opset 13 are of the same release, and old enough for every runtime in use; so are 10 and 21.
        guard let model = connx_create(needsOperatorSet21 ? 10 : 7, needsOperatorSet21 ? 21 : 13, "swiftlet", "1", name)
        else {
            throw Self.noMemory
        }
        self.model = model
    }

    deinit { connx_free(model) }

    private static let noMemory = EdgeError(.system, at: "", "no memory for the ONNX file")

    private func check(_ done: Int32) { failed = failed || done == 0 }

    func metadata(_ key: String, _ value: String) { check(connx_add_metadata(model, key, value)) }

    /// - Parameter integers: int64 instead of float32.
    func input(_ name: String, _ shape: [Int], integers: Bool = false) {
        let type = integers ? CONNX_DATA_INT64 : CONNX_DATA_FLOAT
        check(connx_add_input(model, name, Int32(type.rawValue), shape.map { Int64($0) }, shape.count))
    }

    func output(_ name: String, _ shape: [Int]) {
        check(connx_add_output(model, name, Int32(CONNX_DATA_FLOAT.rawValue), shape.map { Int64($0) }, shape.count))
    }

    func constant(_ name: String, _ shape: [Int], _ floats: [Float]) {
        check(constant(name, Int32(CONNX_DATA_FLOAT.rawValue), shape, floats))
    }

    func constant(_ name: String, _ shape: [Int], _ integers: [Int64]) {
        check(constant(name, Int32(CONNX_DATA_INT64.rawValue), shape, integers))
    }

    private func constant(_ name: String, _ type: Int32, _ shape: [Int], _ elements: [some BitwiseCopyable]) -> Int32 {
        elements.withUnsafeBytes {
            connx_add_initializer(model, name, type, shape.map { Int64($0) }, shape.count, $0.baseAddress, $0.count)
        }
    }

    func node(
        _ type: String, _ name: String, inputs: [String], output: String,
        _ attributes: [(name: String, value: ONNXAttribute)] = []
    ) {
        guard let node = connx_add_node(model, type, name) else {
            failed = true
            return
        }
        for input in inputs { check(connx_add_node_input(node, input)) }
        check(connx_add_node_output(node, output))
        for (name, value) in attributes {
            switch value {
            case .float(let value): check(connx_add_float(node, name, value))
            case .int(let value): check(connx_add_int(node, name, Int64(value)))
            case .string(let value): check(connx_add_string(node, name, value))
            case .ints(let values): check(connx_add_ints(node, name, values.map { Int64($0) }, values.count))
            case .floats, .strings, .tensor, .other: failed = true
            }
        }
    }

    func bytes() throws(EdgeError) -> [UInt8] {
        guard !failed else { throw Self.noMemory }
        let size = connx_size(model)
        guard size > 0 else { throw EdgeError(.data, at: "", "the ONNX file would be larger than 2 GiB") }
        var bytes = [UInt8](repeating: 0, count: size)
        let done = bytes.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { connx_serialize(model, $0, bytes.count) } ?? 0
        }
        guard done != 0 else { throw Self.noMemory }
        return bytes
    }
}
