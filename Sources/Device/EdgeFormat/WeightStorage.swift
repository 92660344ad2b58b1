/// How a constant of float32 lies in section `weights` in fewer bits. Operations know nothing of it: a session makes floats
/// of it once, when it is made.
public enum WeightStorage: Equatable, Sendable {
    /// Half floats: each is the float32 of the same value.
    case float16
    /// The upper 16 bits of floats: each is the float32 of the same value.
    case bfloat16
    /// Integers q that stand for float(q)·s, with one scale s for each index of an axis, or one for all.
    case int8(scales: [Float], axis: Int)

    /// The type of what is stored.
    public var element: ModelElement {
        switch self {
        case .float16: .float16
        case .bfloat16: .bfloat16
        case .int8: .int8
        }
    }

    /// Empty but for integers.
    public var scales: [Float] { if case .int8(let scales, _) = self { scales } else { [] } }

    /// The axis that the scales run along; 0 where there are none.
    public var axis: Int { if case .int8(_, let axis) = self { axis } else { 0 } }

    /// Elements from one index of the scales' axis to the next, of a tensor of this shape.
    public func pitch(_ shape: [Int]) -> Int {
        var pitch = 1
        for size in shape.dropFirst(axis + 1) { pitch *= size }
        return pitch
    }
}

extension WeightStorage {
    /// - Parameters:
    ///   - number: the element type's number in the file; 0 where the tensor's own type is stored.
    ///   - scales: one, or one for each index of the axis; checked.
    /// - Throws: `EdgeError` for types that nothing is stored in, and for scales of floats or integers without any.
    static func read(_ number: UInt8, scales: [Float], axis: Int, place: String) throws(EdgeError) -> WeightStorage? {
        guard number != 0 else { return nil }
        let storage: WeightStorage
        switch ModelElement(rawValue: number) {
        case .float16: storage = .float16
        case .bfloat16: storage = .bfloat16
        case .int8: storage = .int8(scales: scales, axis: axis)
        default: throw EdgeError(.data, at: place, "is stored as type \(number), " + Container.needsNewer)
        }
        guard (storage.element == .int8) != scales.isEmpty else {
            throw EdgeError(.data, at: place, "is stored as \(storage.element.name) with \(scales.count) scales")
        }
        return storage
    }
}
