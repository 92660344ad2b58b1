/// The element types that the format names. This version computes with all but uint32, uint64 and bfloat16, which only
/// stores weights.
public enum ModelElement: UInt8, Sendable {
    case bool = 1
    case int8 = 2
    case uint8 = 3
    case int16 = 4
    case uint16 = 5
    case int32 = 6
    case uint32 = 7
    case int64 = 8
    case uint64 = 9
    case float16 = 10
    case bfloat16 = 11
    case float32 = 12

    /// Bytes an element.
    public var size: Int {
        switch self {
        case .bool, .int8, .uint8: 1
        case .int16, .uint16, .float16, .bfloat16: 2
        case .int32, .uint32, .float32: 4
        case .int64, .uint64: 8
        }
    }

    public var name: StaticString {
        switch self {
        case .bool: "bool"
        case .int8: "int8"
        case .uint8: "uint8"
        case .int16: "int16"
        case .uint16: "uint16"
        case .int32: "int32"
        case .uint32: "uint32"
        case .int64: "int64"
        case .uint64: "uint64"
        case .float16: "float16"
        case .bfloat16: "bfloat16"
        case .float32: "float32"
        }
    }
}

/// A border around a picture in the arena, in pixels; it holds the zero point, so that a padded convolution reads on
/// without a branch.
public struct Border: Equatable, Sendable {
    /// A side is a byte of the file.
    public static let largest = 255

    public var top: Int
    public var left: Int
    public var bottom: Int
    public var right: Int

    public init(top: Int = 0, left: Int = 0, bottom: Int = 0, right: Int = 0) {
        self.top = top
        self.left = left
        self.bottom = bottom
        self.right = right
    }

    public var isEmpty: Bool { top == 0 && left == 0 && bottom == 0 && right == 0 }

    /// The narrowest border that both lie in.
    public func union(_ other: Border) -> Border {
        Border(
            top: max(top, other.top), left: max(left, other.left), bottom: max(bottom, other.bottom),
            right: max(right, other.right))
    }
}

/// A record of section `tensors`: what is known of a tensor before a run.
public struct ModelTensor: Sendable {
    public enum Role: UInt8, Sendable {
        case temporary = 0
        case input = 1
        case output = 2
        case constant = 3
        case state = 4
    }

    /// Where the elements lie, in bytes from the start of the arena or of section `weights`.
    public enum Home: Equatable, Sendable {
        case arena(Int)
        case weights(Int)
    }

    public var name: String
    public var element: ModelElement
    public var role: Role
    /// 0 … 6 sizes; pictures are N·H·W·C, convolution weights O·H·W·I, dense weights O·I.
    public var shape: [Int]
    /// One for the tensor, one a channel (the first axis), or none: plain tensors have none.
    public var scales: [Float]
    public var zeroPoint: Int
    /// Bounds that results are clamped to: the type's own, or tighter where an activation is fused.
    public var minimum: Int
    public var maximum: Int
    public var home: Home
    public var border: Border
    /// Of an input or output: axis k of the tensor in the source model is axis `sourceAxes[k]` here. Empty where the two
    /// have one order.
    public var sourceAxes: [Int] = []
    /// Of an output whose number of rows is known after a run alone: the tensor that holds it.
    public var countTensor: Int?
    /// Of a state, which the graph's operations read only: the tensor that it is copied from after each run. Before the
    /// first run it is all zeros.
    public var nextTensor: Int?
    /// Of a picture that lies inside a wider one, such as a part of a concatenation: elements from one pixel to the next in
    /// memory, more than its channels. 0 where its channels are all that a pixel has.
    public var pixelStride = 0
    /// Of a constant float32 whose bytes are of another type: which, and what they stand for.
    public var storage: WeightStorage?

    public init(
        name: String, element: ModelElement, role: Role, shape: [Int], scales: [Float] = [], zeroPoint: Int = 0,
        minimum: Int = -128, maximum: Int = 127, home: Home, border: Border = Border()
    ) {
        self.name = name
        self.element = element
        self.role = role
        self.shape = shape
        self.scales = scales
        self.zeroPoint = zeroPoint
        self.minimum = minimum
        self.maximum = maximum
        self.home = home
        self.border = border
    }

    /// Number of elements.
    public var count: Int { shape.reduce(1, *) }
    /// Whether the elements are themselves, not integers that stand for reals.
    public var isPlain: Bool { scales.isEmpty && border.isEmpty }
    /// Whether it is an activation of 8 or 16 bits with a scale.
    public var isQuantized: Bool { role != .constant && scales.count == 1 && (element == .int8 || element == .int16) }
    /// Whether it is an input that counts or names something within its bounds, such as a time step or a label.
    public var isIndex: Bool {
        element == .int32 && role == .input && shape.count == 1 && isPlain && 0 <= minimum && minimum <= maximum
            && maximum <= 65_535
    }
    /// Pictures that a tensor holds at most.
    public static let pictureLimit = 64
    /// Whether the shape is that of pictures: N·H·W·C.
    public var isPicture: Bool { shape.count == 4 && shape[0] <= Self.pictureLimit }
    /// N of a picture, else 1.
    public var pictures: Int { isPicture ? shape[0] : 1 }
    public var height: Int { isPicture ? shape[1] : 1 }
    public var width: Int { isPicture ? shape[2] : 1 }
    /// Channels of a picture, else all elements.
    public var channels: Int { isPicture ? shape[3] : count }

    /// The size of the one picture that a tensor can take: 1·H·W·C, or 1·H·W, which is grey; nil for other shapes.
    public var pictureSize: (height: Int, width: Int, channels: Int)? {
        guard (3...4).contains(shape.count), shape[0] == 1 else { return nil }
        return (shape[1], shape[2], shape.count == 4 ? shape[3] : 1)
    }

    /// Whether other tensors' channels lie between its pixels.
    public var isPart: Bool { pixelStride > 0 }
    /// Whether its pixels are those of a wider tensor from a channel on.
    public func lies(inside whole: ModelTensor, at channel: Int) -> Bool {
        guard case .arena(let from) = home, case .arena(let to) = whole.home else { return false }
        return from == to + channel * element.size && pixelPitch == whole.pixelPitch && border == whole.border
            && (pictures, height, width) == (whole.pictures, whole.height, whole.width)
    }

    /// Whether it and another tensor are channels of one wider tensor, and have none in common.
    func isApart(from other: ModelTensor) -> Bool {
        guard case .arena(let a) = home, case .arena(let b) = other.home, pixelPitch == other.pixelPitch,
            border == other.border,
            (pictures, height, width) == (other.pictures, other.height, other.width)
        else { return false }
        let (low, high) = a <= b ? (self, other) : (other, self)
        return low.pixelSize <= abs(a - b) && abs(a - b) + high.pixelSize <= pixelPitch
    }

    /// Bytes of a pixel.
    public var pixelSize: Int { channels * element.size }
    /// Bytes from one pixel to the next.
    public var pixelPitch: Int { isPart ? pixelStride * element.size : pixelSize }
    /// Bytes from one picture row to the next in the arena, border included.
    public var rowPitch: Int { (border.left + width + border.right) * pixelPitch }
    /// Bytes from one picture to the next in the arena, border included.
    public var picturePitch: Int { (border.top + height + border.bottom) * rowPitch }
    /// Bytes in the arena or in `weights`, border included, from the first element to the last.
    public var homeSize: Int {
        guard let storage else { return pictures * picturePitch - (pixelPitch - pixelSize) }
        return count * storage.element.size
    }
    /// Bytes of the elements alone, row-major: what digests, golden inputs and `TensorView` count.
    public var logicalSize: Int { count * element.size }
    /// The scales that the file has: the tensor's, or those of what its weights are stored as.
    var storedScales: [Float] { storage?.scales ?? scales }
    /// Where the tensor ends in the arena; 0 for a constant.
    public var arenaEnd: Int { if case .arena(let offset) = home { offset + homeSize } else { 0 } }
    /// Bytes from the home's start to the first element.
    public var interiorOffset: Int { border.top * rowPitch + border.left * pixelPitch }
}

extension ModelTensor {
    static let recordSize = 96
    static let limit = 1 << 16
    /// More elements than any tensor of a model for a small board has.
    static let countLimit = 1 << 30
    /// More channels than any picture of a model for a small board has; above it parts have memory of their own.
    public static let pixelStrideLimit = 1 << 16

    init(_ record: ByteReader, texts: ByteReader, scaleSection: ByteReader, weights: Int) throws(EdgeError) {
        name = try texts.text(at: record.load(UInt32.self, at: 28), size: record.load(UInt32.self, at: 32))
        guard let element = ModelElement(rawValue: try record.load(UInt8.self, at: 0)),
            let role = Role(rawValue: try record.load(UInt8.self, at: 2))
        else { throw EdgeError(.data, at: record.place, "has an unknown element type or role") }
        self.element = element
        self.role = role
        shape = try Self.readShape(record)
        // What is stored as 8 bits may have scales along any axis, everything else along the first.
        let stored = try record.load(UInt8.self, at: 82)
        let axis = stored == 0 ? 0 : Int(try record.load(UInt8.self, at: 83))
        let scales = try Self.readScales(record, scaleSection, shape: shape, axis: axis)
        storage = try WeightStorage.read(stored, scales: scales, axis: axis, place: record.place)
        self.scales = storage == nil ? scales : []
        zeroPoint = Int(try record.load(Int32.self, at: 44))
        minimum = Int(try record.load(Int32.self, at: 48))
        maximum = Int(try record.load(Int32.self, at: 52))
        border = Border(
            top: Int(try record.load(UInt8.self, at: 72)), left: Int(try record.load(UInt8.self, at: 73)),
            bottom: Int(try record.load(UInt8.self, at: 74)), right: Int(try record.load(UInt8.self, at: 75)))
        home = try Self.readHome(record)
        sourceAxes = try Self.readSourceAxes(record, rank: shape.count)
        let count = try record.load(UInt32.self, at: 84)
        countTensor = count == 0 ? nil : Int(count) - 1
        let next = try record.load(UInt32.self, at: 88)
        nextTensor = next == 0 ? nil : Int(next) - 1
        pixelStride = Int(try record.load(UInt32.self, at: 92))
        guard !isPart || (channels < pixelStride && pixelStride <= Self.pixelStrideLimit) else {
            throw EdgeError(
                .data, at: record.place, "has pixels \(pixelStride) elements apart, of \(channels) channels")
        }
        guard UInt64(homeSize) == (try record.load(UInt64.self, at: 64)) else {
            throw EdgeError(
                .data, at: record.place, "has a size in bytes that does not follow from its shape and border")
        }
        try check(record, weights: weights)
    }

    private static func readShape(_ record: ByteReader) throws(EdgeError) -> [Int] {
        let rank = Int(try record.load(UInt8.self, at: 1))
        guard rank <= 6 else { throw EdgeError(.data, at: record.place, "has rank \(rank); at most 6 can be") }
        var shape: [Int] = []
        var count = 1
        for axis in 0..<rank {
            let size = Int(try record.load(UInt32.self, at: 4 + 4 * axis))
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard size > 0, !overflow, product <= countLimit else {
                throw EdgeError(.data, at: record.place, "has a shape of no or too many elements")
            }
            count = product
            shape.append(size)
        }
        return shape
    }

    private static func readScales(
        _ record: ByteReader, _ section: ByteReader, shape: [Int], axis: Int
    ) throws(EdgeError) -> [Float] {
        let first = try record.load(UInt32.self, at: 36)
        let count = try record.load(UInt32.self, at: 40)
        guard count <= 1 || (axis < shape.count && Int(count) == shape[axis]) else {
            throw EdgeError(.data, at: record.place, "has \(count) scales, which fit neither tensor nor channels")
        }
        let bytes = try section.slice(at: UInt64(first) * 4, size: UInt64(count) * 4)
        var scales: [Float] = []
        scales.reserveCapacity(Int(count))
        for index in 0..<Int(count) {
            let bits = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
            let scale = Float(bitPattern: bits)
            guard scale.isFinite, scale > 0 else {
                throw EdgeError(.data, at: record.place, "has a scale that is not a positive number")
            }
            scales.append(scale)
        }
        return scales
    }

    /// Six zeros where the axes have one order.
    private static func readSourceAxes(_ record: ByteReader, rank: Int) throws(EdgeError) -> [Int] {
        var axes: [Int] = []
        for axis in 0..<rank { axes.append(Int(try record.load(UInt8.self, at: 76 + axis))) }
        if axes.allSatisfy({ $0 == 0 }) { return [] }
        for axis in 0..<rank where !axes.contains(axis) {
            throw EdgeError(.data, at: record.place, "has an order of axes that is none")
        }
        return axes
    }

    private static func readHome(_ record: ByteReader) throws(EdgeError) -> Home {
        let offset = try record.load(UInt64.self, at: 56)
        guard offset <= UInt64(1) << 40 else { throw EdgeError(.data, at: record.place, "lies outside") }
        switch try record.load(UInt8.self, at: 3) {
        case 1: return .arena(Int(offset))
        case 2: return .weights(Int(offset))
        default: throw EdgeError(.data, at: record.place, "has an unknown home")
        }
    }

    private func check(_ record: ByteReader, weights: Int) throws(EdgeError) {
        switch element {
        case .bool, .int8, .uint8, .int16, .uint16, .int32, .int64, .float16, .float32: break
        case .uint32, .uint64, .bfloat16:
            throw EdgeError(.data, at: record.place, "has element type \(element.name), " + Container.needsNewer)
        }
        guard scales.isEmpty || scales.count == 1 || (!shape.isEmpty && scales.count == shape[0]) else {
            throw EdgeError(
                .data, at: record.place, "has \(scales.count) scales, which fit neither tensor nor channels")
        }
        guard (role == .state) == (nextTensor != nil), role != .state || isPlain else {
            throw EdgeError(
                .data, at: record.place, "is a state with a scale, or without the tensor that it becomes, or is none")
        }
        guard storage == nil || (role == .constant && element == .float32 && zeroPoint == 0) else {
            throw EdgeError(.data, at: record.place, "is stored as another type and is no constant float32")
        }
        switch home {
        case .weights(let offset):
            guard role == .constant, border.isEmpty, offset % max(4, element.size) == 0, offset <= weights,
                homeSize <= weights - offset
            else { throw EdgeError(.data, at: record.place, "lies outside section weights") }
        case .arena(let offset): try checkArena(record, offset)
        }
    }

    /// A state becomes a tensor that is computed and holds the same elements.
    func checkNext(in tensors: [ModelTensor], place: String) throws(EdgeError) {
        guard let nextTensor else { return }
        guard nextTensor < tensors.count, tensors[nextTensor].element == element, tensors[nextTensor].count == count,
            tensors[nextTensor].isPlain, [.temporary, .output].contains(tensors[nextTensor].role),
            tensors[nextTensor].arenaEnd > 0
        else { throw EdgeError(.data, at: place, "is a state that becomes what is not computed, or other elements") }
    }

    /// A plain tensor, or an activation that stands for reals.
    private func checkArena(_ record: ByteReader, _ offset: Int) throws(EdgeError) {
        guard role != .constant, isPicture || border.isEmpty, offset % element.size == 0 else {
            throw EdgeError(.data, at: record.place, "cannot lie in the arena")
        }
        guard !isPart || (isQuantized && isPicture && role == .temporary) else {
            throw EdgeError(
                .data, at: record.place, "lies inside a wider tensor, which only pictures between operations do")
        }
        guard !isPlain else {
            guard zeroPoint == 0, element != .int32 || minimum <= maximum else {
                throw EdgeError(.data, at: record.place, "has a zero point without a scale, or no value within bounds")
            }
            return
        }
        guard isQuantized else {
            throw EdgeError(.data, at: record.place, "has not one scale, or has one and is neither int8 nor int16")
        }
        guard shape.count != 4 || isPicture else {
            throw EdgeError(.data, at: record.place, "holds over \(Self.pictureLimit) pictures")
        }
        let range = element == .int8 ? -128...127 : -32_767...32_767
        let zeroPoints = element == .int8 ? range : 0...0
        guard minimum <= maximum, range.contains(minimum), range.contains(maximum), zeroPoints.contains(zeroPoint)
        else { throw EdgeError(.data, at: record.place, "has clamp bounds or a zero point outside those of its type") }
    }

    func write(_ out: inout ByteWriter, texts: inout TextPool, scaleIndex: Int) {
        let text = texts.addName(name)
        out.append(element.rawValue)
        out.append(UInt8(shape.count))
        out.append(role.rawValue)
        let offset: Int
        switch home {
        case .arena(let start): (offset, _) = (start, out.append(UInt8(1)))
        case .weights(let start): (offset, _) = (start, out.append(UInt8(2)))
        }
        for axis in 0..<6 { out.append(UInt32(axis < shape.count ? shape[axis] : 1)) }
        out.append(text.offset)
        out.append(text.size)
        out.append(UInt32(scaleIndex))
        out.append(UInt32(storedScales.count))
        out.append(Int32(zeroPoint))
        out.append(Int32(minimum))
        out.append(Int32(maximum))
        out.append(UInt64(offset))
        out.append(UInt64(homeSize))
        for side in [border.top, border.left, border.bottom, border.right] { out.append(UInt8(side)) }
        for axis in 0..<6 { out.append(UInt8(axis < sourceAxes.count ? sourceAxes[axis] : 0)) }
        out.append(storage?.element.rawValue ?? 0)
        out.append(UInt8(storage?.axis ?? 0))
        out.append(countTensor.map { UInt32($0 + 1) } ?? 0)
        out.append(nextTensor.map { UInt32($0 + 1) } ?? 0)
        out.append(UInt32(pixelStride))
    }
}
