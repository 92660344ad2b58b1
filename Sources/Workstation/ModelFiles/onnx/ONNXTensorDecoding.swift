internal import CONNX
import EdgeFormat
import ModelGraph

extension ONNXDocument {
    /// The elements of a tensor, from raw bytes or from the field of its type. Doubles become Float. There may be none:
    /// an optional list that is left empty.
    static func tensor(_ tensor: OpaquePointer) throws(EdgeError) -> ONNXTensor {
        guard connx_tensor_is_external(tensor) == 0 else {
            throw EdgeError(.data, at: "", "its elements are in another file; save the model with its data inside")
        }
        let shape = elements(connx_tensor_dimensions, tensor).map { Int($0) }
        let count = shape.contains(0) && shape.allSatisfy({ $0 >= 0 }) ? 0 : try Shape.elementCount(shape)
        let raw = connx_tensor_raw(tensor)
        let bytes = UnsafeRawBufferPointer(start: raw.start, count: raw.count)
        let data: TensorData
        switch UInt32(bitPattern: connx_tensor_type(tensor)) {
        case CONNX_DATA_FLOAT.rawValue:
            data = .float32(try read(bytes, Float.self, count) { elements(connx_tensor_floats, tensor) })
        case CONNX_DATA_DOUBLE.rawValue:
            data = .float32(
                try read(bytes, Double.self, count) { elements(connx_tensor_doubles, tensor) }.map { Float($0) })
        case CONNX_DATA_FLOAT16.rawValue:
            let halves: [UInt16] = try read(bytes, UInt16.self, count) { truncated(tensor) }
            data = .float16(halves.map { Float16(bitPattern: $0) })
        case CONNX_DATA_INT8.rawValue:
            data = .int8(try read(bytes, Int8.self, count) { truncated(tensor) })
        case CONNX_DATA_UINT8.rawValue:
            data = .uint8(try read(bytes, UInt8.self, count) { truncated(tensor) })
        case CONNX_DATA_BOOL.rawValue:
            data = .bool(try read(bytes, UInt8.self, count) { truncated(tensor) }.map { $0 != 0 })
        case CONNX_DATA_INT16.rawValue:
            data = .int16(try read(bytes, Int16.self, count) { truncated(tensor) })
        case CONNX_DATA_UINT16.rawValue:
            data = .uint16(try read(bytes, UInt16.self, count) { truncated(tensor) })
        case CONNX_DATA_INT32.rawValue:
            data = .int32(try read(bytes, Int32.self, count) { elements(connx_tensor_int32s, tensor) })
        case CONNX_DATA_INT64.rawValue:
            data = .int64(try read(bytes, Int64.self, count) { elements(connx_tensor_int64s, tensor) })
        default:
            throw EdgeError(
                .data, at: "", "element type \(typeName(connx_tensor_type(tensor))) is not supported")
        }
        return ONNXTensor(shape: shape, data: data)
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
