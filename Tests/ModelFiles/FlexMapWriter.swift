/// A map of FlexBuffers as tests write it: names, the list of names, values, their kinds, the root.
struct FlexMapWriter {
    enum Value {
        case whole(Int64)
        case natural(UInt64)
        case float(Float)
        case truth(Bool)
        /// A float in 64 bits that stands in front of the map.
        case double(Double)
        case null
        case text(String)

        fileprivate var type: UInt8 {
            switch self {
            case .null: 0
            case .whole: 1
            case .natural: 2
            case .float: 3
            case .text: 5
            case .double: 8
            case .truth: 26
            }
        }
    }

    private var bytes: [UInt8] = []

    /// - Parameter width: bytes of each value in the map: 4 or 8.
    static func map(_ entries: [String: Value], width: Int = 4) -> [UInt8] {
        var writer = FlexMapWriter()
        let sorted = entries.sorted { $0.key < $1.key }
        let places = sorted.map { writer.append(Array($0.key.utf8) + [0]) }
        let targets = sorted.map { writer.target($0.value) }
        writer.append(UInt64(sorted.count), 2)
        let keys = writer.bytes.count
        for place in places { writer.append(UInt64(writer.bytes.count - place), 2) }
        writer.append(UInt64(writer.bytes.count - keys), width)
        writer.append(2, width)
        writer.append(UInt64(sorted.count), width)
        let start = writer.bytes.count
        for (entry, target) in zip(sorted, targets) { writer.append(entry.value, target, width) }
        let exponent: UInt8 = width == 8 ? 3 : 2
        for entry in sorted {
            if case .double = entry.value {
                writer.bytes.append(8 << 2 | 3)
            } else {
                writer.bytes.append(entry.value.type << 2 | exponent)
            }
        }
        writer.append(UInt64(writer.bytes.count - start), 2)
        writer.bytes += [9 << 2 | exponent, 2]
        return writer.bytes
    }

    /// Writes what an offset leads to; where that is.
    private mutating func target(_ value: Value) -> Int {
        switch value {
        case .double(let number): return append(littleEndian(number.bitPattern))
        case .text(let text):
            append(UInt64(text.utf8.count), 4)
            return append(Array(text.utf8) + [0])
        default: return 0
        }
    }

    @discardableResult
    private mutating func append(_ more: [UInt8]) -> Int {
        bytes += more
        return bytes.count - more.count
    }

    private mutating func append(_ number: UInt64, _ width: Int) { append(Array(littleEndian(number).prefix(width))) }

    private mutating func append(_ value: Value, _ target: Int, _ width: Int) {
        switch value {
        case .whole(let number): append(UInt64(bitPattern: number), width)
        case .natural(let number): append(number, width)
        case .float(let number) where width == 8: append(Double(number).bitPattern, 8)
        case .float(let number): append(UInt64(number.bitPattern), 4)
        case .truth(let truth): append(truth ? 1 : 0, width)
        case .null: append(0, width)
        case .double, .text: append(UInt64(bytes.count - target), width)
        }
    }
}
