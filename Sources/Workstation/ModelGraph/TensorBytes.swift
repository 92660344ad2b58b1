import EdgeFormat

extension TensorData {
    /// The elements as the file holds them: row by row, little-endian.
    public var logicalBytes: [UInt8] {
        var out = ByteWriter()
        switch self {
        case .int8(let elements): out.append(elements.map { UInt8(bitPattern: $0) })
        case .int16(let elements): for element in elements { out.append(element) }
        case .int32(let elements): for element in elements { out.append(element) }
        case .int64(let elements): for element in elements { out.append(element) }
        case .float32(let elements): out.append(elements)
        case .float16(let elements): for element in elements { out.append(element.bitPattern) }
        case .uint8(let elements): out.append(elements)
        case .uint16(let elements): for element in elements { out.append(element) }
        case .bool(let elements): out.append(elements.map { $0 ? 1 : 0 as UInt8 })
        }
        return out.bytes
    }

    /// Elements from such bytes.
    public init(_ element: ElementType, logicalBytes bytes: [UInt8]) {
        func words(_ size: Int) -> [UInt64] {
            stride(from: 0, to: bytes.count, by: size).map { first in
                (0..<size).reduce(0) { $0 | UInt64(bytes[first + $1]) << UInt64(8 * $1) }
            }
        }
        switch element {
        case .float32: self = .float32(words(4).map { Float(bitPattern: UInt32($0)) })
        case .float16: self = .float16(words(2).map { Float16(bitPattern: UInt16($0)) })
        case .int16: self = .int16(words(2).map { Int16(truncatingIfNeeded: $0) })
        case .uint16: self = .uint16(words(2).map { UInt16(truncatingIfNeeded: $0) })
        case .int32: self = .int32(words(4).map { Int32(truncatingIfNeeded: $0) })
        case .int64: self = .int64(words(8).map { Int64(bitPattern: $0) })
        case .uint8: self = .uint8(bytes)
        case .bool: self = .bool(bytes.map { $0 != 0 })
        case .int8: self = .int8(bytes.map { Int8(bitPattern: $0) })
        }
    }
}
