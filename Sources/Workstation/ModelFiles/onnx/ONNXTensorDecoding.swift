internal import CONNX
import EdgeFormat
import ModelGraph

extension ONNXDocument {
    /// The elements of a tensor, from raw bytes or from the field of its type. Doubles become Float. There may be none:
    /// an optional list that is left empty.
    func tensor(_ tensor: OpaquePointer) throws(EdgeError) -> ONNXTensor {
        let shape = elements(connx_tensor_dimensions, tensor).map { Int($0) }
        let count = shape.contains(0) && shape.allSatisfy({ $0 >= 0 }) ? 0 : try Shape.elementCount(shape)
        guard connx_tensor_is_external(tensor) != 0 else {
            let raw = connx_tensor_raw(tensor)
            let bytes = UnsafeRawBufferPointer(start: raw.start, count: raw.count)
            return ONNXTensor(shape: shape, data: try Self.decoded(tensor, bytes, count))
        }
        let part = try external.part(of: tensor)
        guard !part.range.isEmpty || count == 0 else {
            throw EdgeError(.data, at: "", "its part of '\(part.location.oneLine)' is empty")
        }
        defer { withExtendedLifetime(part) {} }
        return ONNXTensor(shape: shape, data: try Self.decoded(tensor, part.bytes, count))
    }

    private static func decoded(
        _ tensor: OpaquePointer, _ bytes: UnsafeRawBufferPointer, _ count: Int
    ) throws(EdgeError) -> TensorData {
        switch UInt32(bitPattern: connx_tensor_type(tensor)) {
        case CONNX_DATA_FLOAT.rawValue:
            return .float32(try read(bytes, Float.self, count) { elements(connx_tensor_floats, tensor) })
        case CONNX_DATA_DOUBLE.rawValue:
            return .float32(
                try read(bytes, Double.self, count) { elements(connx_tensor_doubles, tensor) }.map { Float($0) })
        case CONNX_DATA_FLOAT16.rawValue:
            let halves: [UInt16] = try read(bytes, UInt16.self, count) { truncated(tensor) }
            return .float16(halves.map { Float16(bitPattern: $0) })
        case CONNX_DATA_INT8.rawValue:
            return .int8(try read(bytes, Int8.self, count) { truncated(tensor) })
        case CONNX_DATA_UINT8.rawValue:
            return .uint8(try read(bytes, UInt8.self, count) { truncated(tensor) })
        case CONNX_DATA_BOOL.rawValue:
            return .bool(try read(bytes, UInt8.self, count) { truncated(tensor) }.map { $0 != 0 })
        case CONNX_DATA_INT16.rawValue:
            return .int16(try read(bytes, Int16.self, count) { truncated(tensor) })
        case CONNX_DATA_UINT16.rawValue:
            return .uint16(try read(bytes, UInt16.self, count) { truncated(tensor) })
        case CONNX_DATA_INT32.rawValue:
            return .int32(try read(bytes, Int32.self, count) { elements(connx_tensor_int32s, tensor) })
        case CONNX_DATA_INT64.rawValue:
            return .int64(try read(bytes, Int64.self, count) { elements(connx_tensor_int64s, tensor) })
        default:
            throw EdgeError(
                .data, at: "", "element type \(typeName(connx_tensor_type(tensor))) is not supported")
        }
    }

    /// Elements of fewer bits, which stand in the field of 32-bit integers.
    private static func truncated<Element: FixedWidthInteger>(_ tensor: OpaquePointer) -> [Element] {
        elements(connx_tensor_int32s, tensor).map { Element(truncatingIfNeeded: $0) }
    }

    /// Elements from raw bytes where there are any, else from `typed`; exactly `count` of them.
    private static func read<Element: BitwiseCopyable>(
        _ raw: UnsafeRawBufferPointer, _: Element.Type, _ count: Int, typed: () -> [Element]
    ) throws(EdgeError) -> [Element] {
        guard !raw.isEmpty else {
            let elements = typed()
            guard elements.count == count else {
                throw EdgeError(.data, at: "", "holds \(elements.count) elements; its shape wants \(count)")
            }
            return elements
        }
        let size = MemoryLayout<Element>.size
        guard raw.count == count * size else {
            throw EdgeError(.data, at: "", "holds \(raw.count) bytes; its shape wants \(count * size)")
        }
        return (0..<count).map { raw.loadUnaligned(fromByteOffset: $0 * size, as: Element.self) }
    }
}
