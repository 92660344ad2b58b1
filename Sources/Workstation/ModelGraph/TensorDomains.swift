/// What general operations compute in: each element type is converted to one of two, and back.
extension TensorData {
    /// The elements as floats; nil for integers.
    public var reals: [Float]? {
        switch self {
        case .float32(let elements): elements
        case .float16(let elements): elements.map { Float($0) }
        default: nil
        }
    }

    /// The elements as 64-bit integers, of truth values 0 and 1; nil for floats.
    public var wholes: [Int64]? {
        switch self {
        case .int8(let elements): elements.map { Int64($0) }
        case .int16(let elements): elements.map { Int64($0) }
        case .int32(let elements): elements.map { Int64($0) }
        case .int64(let elements): elements
        case .uint8(let elements): elements.map { Int64($0) }
        case .uint16(let elements): elements.map { Int64($0) }
        case .bool(let elements): elements.map { $0 ? 1 : 0 }
        case .float32, .float16: nil
        }
    }

    /// The elements as truth values; nil for others.
    public var truths: [Bool]? { if case .bool(let elements) = self { elements } else { nil } }

    /// Elements of a type from 64-bit integers: the low bits, or whether there are any; as the nearest floats.
    public init(_ element: ElementType, wholes: [Int64]) {
        switch element {
        case .int8: self = .int8(wholes.map { Int8(truncatingIfNeeded: $0) })
        case .int16: self = .int16(wholes.map { Int16(truncatingIfNeeded: $0) })
        case .int32: self = .int32(wholes.map { Int32(truncatingIfNeeded: $0) })
        case .int64: self = .int64(wholes)
        case .uint8: self = .uint8(wholes.map { UInt8(truncatingIfNeeded: $0) })
        case .uint16: self = .uint16(wholes.map { UInt16(truncatingIfNeeded: $0) })
        case .bool: self = .bool(wholes.map { $0 != 0 })
        case .float32: self = .float32(wholes.map { Float($0) })
        case .float16: self = .float16(wholes.map { Float16($0) })
        }
    }

    /// Elements of a type from floats: towards zero and cut to the type's range, a NaN 0; or whether they are not 0.
    public init(_ element: ElementType, reals: [Float]) {
        switch element {
        case .float32: self = .float32(reals)
        case .float16: self = .float16(reals.map { Float16($0) })
        case .int8: self = .int8(reals.map(Self.truncated))
        case .int16: self = .int16(reals.map(Self.truncated))
        case .int32: self = .int32(reals.map(Self.truncated))
        case .int64: self = .int64(reals.map(Self.truncated))
        case .uint8: self = .uint8(reals.map(Self.truncated))
        case .uint16: self = .uint16(reals.map(Self.truncated))
        case .bool: self = .bool(reals.map { $0 != 0 })
        }
    }

    private static func truncated<Element: FixedWidthInteger>(_ x: Float) -> Element {
        if x.isNaN { return 0 }
        return Element(exactly: x.rounded(.towardZero)) ?? (x < 0 ? .min : .max)
    }

    /// The elements at the places given, each an index, or −1 for `fill`.
    func gathered(_ places: [Int], fill: TensorData? = nil) -> TensorData {
        switch (self, fill) {
        case (.float32(let x), let fill): .float32(Self.gather(x, places, fill?.floats?.first ?? 0))
        case (.float16(let x), .float16(let fill)): .float16(Self.gather(x, places, fill.first ?? 0))
        case (.float16(let x), _): .float16(Self.gather(x, places, 0))
        case (.int8(let x), let fill): .int8(Self.gather(x, places, fill?.bytes?.first ?? 0))
        case (.int16(let x), let fill): .int16(Self.gather(x, places, fill?.words?.first ?? 0))
        case (.int32(let x), let fill): .int32(Self.gather(x, places, fill?.integers?.first ?? 0))
        case (.int64(let x), let fill): .int64(Self.gather(x, places, fill?.longs?.first ?? 0))
        case (.uint8(let x), .uint8(let fill)): .uint8(Self.gather(x, places, fill.first ?? 0))
        case (.uint8(let x), _): .uint8(Self.gather(x, places, 0))
        case (.uint16(let x), .uint16(let fill)): .uint16(Self.gather(x, places, fill.first ?? 0))
        case (.uint16(let x), _): .uint16(Self.gather(x, places, 0))
        case (.bool(let x), let fill): .bool(Self.gather(x, places, fill?.truths?.first ?? false))
        }
    }

    private static func gather<Element>(_ x: [Element], _ places: [Int], _ fill: Element) -> [Element] {
        places.map { $0 < 0 ? fill : x[$0] }
    }
}
