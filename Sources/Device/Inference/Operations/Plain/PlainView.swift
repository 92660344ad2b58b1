internal import EdgeFormat
internal import Kernels

/// A plain tensor's memory: in the arena or, where it is constant, in the file. Elements lie row by row without a gap. Nobody
/// writes to a constant: the reader lets no operation name one as output.
struct PlainView {
    let tensor: ModelTensor
    let start: UnsafeMutableRawPointer
    /// Bytes an element.
    let size: Int
    /// The element type's number, as kernels and files have it.
    let element: Int32
    let isFloat: Bool

    init(_ tensor: ModelTensor, at start: UnsafeMutableRawPointer) {
        self.tensor = tensor
        self.start = start
        size = tensor.element.size
        element = Int32(tensor.element.rawValue)
        isFloat = tensor.element.isFloat
    }

    /// The address of an element.
    func address(_ place: Int) -> UnsafeMutableRawPointer { start + place * size }

    /// Elements of a float32 tensor.
    func floats(_ place: Int) -> UnsafeMutablePointer<Float> {
        (start + 4 * place).assumingMemoryBound(to: Float.self)
    }

    /// Neighbours from `place` on as floats: where they lie, or in `buffer`.
    func reals(_ place: Int, _ count: Int, _ buffer: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Float> {
        if tensor.element == .float32 { return floats(place) }
        let target = buffer.assumingMemoryBound(to: Float.self)
        plain_load_reals(element, address(place), 1, count, target)
        return target
    }

    /// Neighbours from `place` on as 64-bit integers: where they lie, or in `buffer`.
    func wholes(_ place: Int, _ count: Int, _ buffer: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Int64> {
        if tensor.element == .int64 { return address(place).assumingMemoryBound(to: Int64.self) }
        let target = buffer.assumingMemoryBound(to: Int64.self)
        plain_load_wholes(element, address(place), 1, count, target)
        return target
    }

    /// An index along an axis of so many elements: a negative one counts from the end, and what is outside is cut.
    func index(_ place: Int, below size: Int) -> Int {
        let address = address(place)
        let stored =
            tensor.element == .int64
            ? address.load(as: Int64.self) : Int64(address.load(as: Int32.self))
        let counted = stored < 0 ? stored &+ Int64(size) : stored
        return Int(min(max(counted, 0), Int64(size) - 1))
    }
}

/// What plain operations do a chunk of neighbours at a time.
enum Chunk {
    /// Elements.
    static let size = 256
    /// Bytes of its integers.
    static let bytes = 8 * size
    /// A piece of scratch memory holds three.
    static let count = Scratch.size / bytes
}

/// Sizes and steps of axes: how the number of an element becomes a place in memory.
struct Axes {
    private(set) var sizes: [Int] = []
    private(set) var steps: [Int] = []

    init() {}

    init(sizes: [Int], steps: [Int]) {
        self.sizes = sizes
        self.steps = steps
    }

    var count: Int { sizes.product }

    /// Σ index·step of the element of this number, counted row by row.
    func place(_ number: Int) -> Int {
        var (rest, place) = (number, 0)
        for axis in sizes.indices.reversed() {
            place += rest % sizes[axis] * steps[axis]
            rest /= sizes[axis]
        }
        return place
    }

    /// Elements from one index of each axis to the next.
    static func rowMajor(_ shape: [Int]) -> [Int] {
        var steps = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { steps[axis] = steps[axis + 1] * shape[axis + 1] }
        return steps
    }

    /// Steps of an operand that broadcasts to a shape: 0 along axes that it lacks or has 1 of.
    static func broadcast(_ shape: [Int], to target: [Int]) -> [Int] {
        let own = rowMajor(shape)
        let missing = target.count - shape.count
        return target.indices.map { axis in
            axis < missing || shape[axis - missing] == 1 ? 0 : own[axis - missing]
        }
    }
}

extension Collection<Int> {
    /// The product of all numbers.
    var product: Int {
        var product = 1
        for number in self { product *= number }
        return product
    }
}
