/// Floats in rows, with a shape. Pictures are N·H·W·C, convolution weights O·KH·KW·C, dense weights O·I.
///
/// A tensor refers to its elements: copies of the value share them. Whoever writes to shared elements from several
/// threads keeps to disjoint parts.
public struct Tensor: @unchecked Sendable {  // see above
    public let shape: [Int]
    /// The first element.
    public let base: UnsafeMutablePointer<Float>
    public let count: Int
    private let storage: Storage

    /// Floats that may be read and written, though mean nothing, behind the last element of a tensor of its own
    /// storage: loops over rows may move whole vectors. (A slice has none: others' elements may follow.)
    public static let slack = 16

    /// Elements that hold anything.
    public init(uninitialized shape: [Int]) {
        let storage = Storage(count: shape.reduce(1, *))
        self.init(shape, storage, at: storage.base)
    }

    public init(zeros shape: [Int]) {
        self.init(uninitialized: shape)
        fill(0)
    }

    /// - Precondition: as many elements as the shape holds.
    public init(_ shape: [Int], _ values: [Float]) {
        precondition(values.count == shape.reduce(1, *), "a tensor needs as many elements as its shape holds")
        self.init(uninitialized: shape)
        _ = elements.initialize(from: values)
    }

    private init(_ shape: [Int], _ storage: Storage, at base: UnsafeMutablePointer<Float>) {
        self.shape = shape
        self.base = base
        count = shape.reduce(1, *)
        self.storage = storage
    }

    public var elements: UnsafeMutableBufferPointer<Float> { UnsafeMutableBufferPointer(start: base, count: count) }

    /// A copy of the elements as an array.
    public var values: [Float] { Array(elements) }

    /// The same elements under another shape with as many of them.
    public func reshaped(_ shape: [Int]) -> Tensor { slice(at: 0, shape) }

    /// Some of the elements, from an offset on, under a shape of their own.
    public func slice(at start: Int, _ shape: [Int]) -> Tensor {
        precondition(start >= 0 && start + shape.reduce(1, *) <= count, "a slice lies within its tensor")
        return Tensor(shape, storage, at: base + start)
    }

    public func fill(_ value: Float) { elements.update(repeating: value) }

    /// Elements aligned to a cache line.
    private final class Storage {
        let base: UnsafeMutablePointer<Float>

        init(count: Int) {
            let bytes = (count + Tensor.slack) * MemoryLayout<Float>.stride
            base = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64).bindMemory(
                to: Float.self, capacity: count + Tensor.slack)
            // Slack is read by whole vectors; it must hold floats, if any.
            (base + count).initialize(repeating: 0, count: Tensor.slack)
        }

        deinit { UnsafeMutableRawPointer(base).deallocate() }
    }
}
