/// A part of a FlatBuffers file, as tests write it.
indirect enum FlatValue {
    case byte(UInt8)
    case int(Int32)
    case long(UInt64)
    case float(Float)
    case string(String)
    case bytes([UInt8])
    case ints([Int32])
    case longs([Int64])
    case floats([Float])
    /// Fields by number.
    case table([Int: FlatValue])
    case tables([FlatValue])

    /// Bytes that a table's field takes.
    fileprivate var size: Int {
        switch self {
        case .byte: 1
        case .long: 8
        default: 4
        }
    }
}

/// Writes FlatBuffers front to back: what an offset leads to stands behind it.
struct FlatBufferWriter {
    private var bytes: [UInt8] = []
    /// Places of offsets, and what they lead to.
    private var open: [(place: Int, target: FlatValue)] = []

    static func file(_ root: FlatValue, identifier: String) -> [UInt8] {
        var writer = FlatBufferWriter()
        writer.open = [(0, root)]
        writer.bytes = [0, 0, 0, 0] + Array(identifier.utf8)
        while !writer.open.isEmpty {
            let (place, target) = writer.open.removeFirst()
            writer.write(target, from: place)
        }
        return writer.bytes
    }

    private mutating func append<Integer: FixedWidthInteger>(_ value: Integer) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }

    private mutating func align(to size: Int, ahead: Int = 0) {
        while (bytes.count + ahead) % size != 0 { bytes.append(0) }
    }

    private mutating func lead(_ place: Int, to target: Int) {
        withUnsafeBytes(of: UInt32(target - place).littleEndian) { offset in
            for (index, byte) in offset.enumerated() { bytes[place + index] = byte }
        }
    }

    private mutating func write(_ value: FlatValue, from place: Int) {
        switch value {
        case .string(let text): vector(place, text.utf8.count) { $0.bytes += Array(text.utf8) + [0] }
        case .bytes(let elements): vector(place, elements.count) { $0.bytes += elements }
        case .ints(let elements): vector(place, elements.count) { for element in elements { $0.append(element) } }
        case .floats(let elements):
            vector(place, elements.count) { for element in elements { $0.append(element.bitPattern) } }
        case .longs(let elements):
            align(to: 8, ahead: 4)
            vector(place, elements.count) { for element in elements { $0.append(element) } }
        case .tables(let tables):
            vector(place, tables.count) {
                for table in tables {
                    $0.open.append(($0.bytes.count, table))
                    $0.append(UInt32(0))
                }
            }
        case .table(let fields): table(fields, from: place)
        case .byte, .int, .long, .float: break  // stands in its table
        }
    }

    private mutating func vector(_ place: Int, _ count: Int, _ elements: (inout FlatBufferWriter) -> Void) {
        align(to: 4)
        lead(place, to: bytes.count)
        append(UInt32(count))
        elements(&self)
    }

    private mutating func table(_ fields: [Int: FlatValue], from place: Int) {
        var (offsets, size) = ([Int: Int](), 4)
        for (field, value) in fields.sorted(by: { $0.key < $1.key }) {
            size = (size + value.size - 1) / value.size * value.size
            offsets[field] = size
            size += value.size
        }
        let count = (fields.keys.max() ?? -1) + 1
        align(to: 8, ahead: 4 + 2 * count)
        append(UInt16(4 + 2 * count))
        append(UInt16(size))
        for field in 0..<count { append(UInt16(offsets[field] ?? 0)) }
        let start = bytes.count
        lead(place, to: start)
        append(Int32(4 + 2 * count))
        bytes += [UInt8](repeating: 0, count: size - 4)
        for (field, value) in fields.sorted(by: { $0.key < $1.key }) {
            write(value, into: start + (offsets[field] ?? 0))
        }
    }

    private mutating func write(_ value: FlatValue, into place: Int) {
        func put<Integer: FixedWidthInteger>(_ integer: Integer, _ bytes: inout [UInt8]) {
            withUnsafeBytes(of: integer.littleEndian) {
                for (index, byte) in $0.enumerated() { bytes[place + index] = byte }
            }
        }
        switch value {
        case .byte(let byte): bytes[place] = byte
        case .int(let integer): put(integer, &bytes)
        case .long(let integer): put(integer, &bytes)
        case .float(let float): put(float.bitPattern, &bytes)
        default: open.append((place, value))
        }
    }
}
