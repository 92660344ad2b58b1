/// The element types a graph's values can have.
public enum ElementType: String, Sendable, CaseIterable {
    case float32
    case float16
    case int8
    /// Quantized, activations that need more than 8 bits: −32767 … 32767.
    case int16
    case int32
    case int64
    case uint8
    case uint16
    case bool

    /// Whether it can hold quantized activations.
    public var isQuantized: Bool { self == .int8 || self == .int16 }

    public var isFloat: Bool { self == .float32 || self == .float16 }

    /// Bytes an element.
    public var size: Int {
        switch self {
        case .int8, .uint8, .bool: 1
        case .int16, .uint16, .float16: 2
        case .int32, .float32: 4
        case .int64: 8
        }
    }
}

/// The elements of a tensor, row by row.
public enum TensorData: Equatable, Sendable {
    case float32([Float])
    case int8([Int8])
    case int16([Int16])
    case int32([Int32])
    case int64([Int64])
    case float16([Float16])
    case uint8([UInt8])
    case uint16([UInt16])
    case bool([Bool])

    public var elementType: ElementType {
        switch self {
        case .float32: .float32
        case .int8: .int8
        case .int16: .int16
        case .int32: .int32
        case .int64: .int64
        case .float16: .float16
        case .uint8: .uint8
        case .uint16: .uint16
        case .bool: .bool
        }
    }

    public var count: Int {
        switch self {
        case .float32(let elements): elements.count
        case .int8(let elements): elements.count
        case .int16(let elements): elements.count
        case .int32(let elements): elements.count
        case .int64(let elements): elements.count
        case .float16(let elements): elements.count
        case .uint8(let elements): elements.count
        case .uint16(let elements): elements.count
        case .bool(let elements): elements.count
        }
    }

    /// The elements when they are floats, else nil.
    public var floats: [Float]? { if case .float32(let elements) = self { elements } else { nil } }
    /// The elements when they are 8-bit integers, else nil.
    public var bytes: [Int8]? { if case .int8(let elements) = self { elements } else { nil } }
    /// The elements when they are 16-bit integers, else nil.
    public var words: [Int16]? { if case .int16(let elements) = self { elements } else { nil } }
    /// The elements when they are 32-bit integers, else nil.
    public var integers: [Int32]? { if case .int32(let elements) = self { elements } else { nil } }
    /// The elements when they are 64-bit integers, else nil.
    public var longs: [Int64]? { if case .int64(let elements) = self { elements } else { nil } }

    /// Quantized elements, each less the zero point; nil for others.
    func centred(_ zeroPoint: Int32) -> [Int32]? {
        switch self {
        case .int8(let elements): elements.map { Int32($0) - zeroPoint }
        case .int16(let elements): elements.map { Int32($0) - zeroPoint }
        default: nil
        }
    }

    /// Quantized elements that a function gives for each index, within the range of the element (int8 or int16).
    @inline(__always)
    init(_ element: ElementType, count: Int, _ value: (Int) -> Int32) {
        self =
            element == .int16
            ? .int16((0..<count).map { Int16(truncatingIfNeeded: value($0)) })
            : .int8((0..<count).map { Int8(truncatingIfNeeded: value($0)) })
    }
}

/// How integers stand for reals: r = scale · (q − zeroPoint).
public struct Quantization: Equatable, Sendable {
    /// One scale for the tensor, or one for each channel of `axis`.
    public var scales: [Float]
    /// 0 for weights and for activations of 16 bits.
    public var zeroPoint: Int32
    /// The axis that `scales` runs along; nil for one scale a tensor.
    public var axis: Int?
    /// Of weights whose zero points are not all 0: one an output channel, in place of `zeroPoint`.
    public var channelZeroPoints: [Int32] = []

    public init(scale: Float, zeroPoint: Int32) {
        scales = [scale]
        self.zeroPoint = zeroPoint
        axis = nil
    }

    public init(scales: [Float], axis: Int) {
        self.scales = scales
        zeroPoint = 0
        self.axis = axis
    }
}

/// What is known of a value before a run. Pictures are NHWC, convolution weights O·H·W·I, dense weights O·I.
public struct TensorType: Equatable, Sendable {
    public var element: ElementType
    public var shape: [Int]
    /// Set for quantized values (int8 and int16 activations, int8 weights). Of a float value: the 8-bit integers that the
    /// model's source quantized it to, which the quantizer keeps.
    public var quantization: Quantization?

    public init(_ element: ElementType, _ shape: [Int], quantization: Quantization? = nil) {
        self.element = element
        self.shape = shape
        self.quantization = quantization
    }

    /// Whether its elements are the numbers that they stand for.
    public var isPlain: Bool { quantization == nil || element.isFloat }

    /// Number of elements; shapes are checked against overflow where they enter a graph.
    public var count: Int { shape.reduce(1, *) }
}
