public import EdgeFormat
internal import Kernels

/// An activation tensor in the arena. In memory a value of 8 bits is the logical signed one plus `activation_offset()`, one
/// of 16 or 32 bits is itself, and pictures may have a border; digests and files know neither.
public struct TensorView {
    public let tensor: ModelTensor
    /// The first element, inside the border.
    public let start: UnsafeMutableRawPointer
    /// Bytes from one picture row to the next.
    public let rowPitch: Int
    /// Bytes from one picture to the next.
    let picturePitch: Int
    /// Bytes from one pixel to the next.
    let pixelPitch: Int
    /// Xor of a logical byte of 8 bits that gives the byte in memory.
    public let flip: UInt8

    init(_ tensor: ModelTensor, _ arena: Arena) {
        var offset = tensor.interiorOffset
        if case .arena(let home) = tensor.home { offset += home }
        self.init(tensor, at: arena.base + offset)
    }

    /// - Parameter start: of the first element, inside the border.
    init(_ tensor: ModelTensor, at start: UnsafeMutableRawPointer) {
        self.tensor = tensor
        self.start = start
        rowPitch = tensor.rowPitch
        picturePitch = tensor.picturePitch
        pixelPitch = tensor.pixelPitch
        flip = tensor.isPlain || tensor.element != .int8 || activation_offset() == 0 ? 0 : 0x80
    }

    /// Rows of all pictures.
    var lines: Int { tensor.pictures * tensor.height }
    /// Bytes of a row that hold elements, of a tensor that is no part of another one's pixels.
    var rowBytes: Int { tensor.width * pixelPitch }
    /// Runs of elements that are neighbours in memory: rows, or pixels where others' channels lie between them.
    var runs: Int { tensor.isPart ? lines * tensor.width : lines }
    /// Bytes of a run.
    var runBytes: Int { tensor.isPart ? tensor.pixelSize : rowBytes }

    /// The first element of a run.
    func run(_ index: Int) -> UnsafeMutableRawPointer {
        guard tensor.isPart else { return line(index) }
        return line(index / tensor.width) + index % tensor.width * pixelPitch
    }

    /// The first element of a row, counted through all pictures.
    func line(_ index: Int) -> UnsafeMutableRawPointer {
        let height = tensor.height
        return start + index / height * picturePitch + index % height * rowPitch
    }

    /// Writes `tensor.logicalSize` logical bytes, row by row. A 16-bit −32768, which is no value, becomes −32767.
    public func write(_ logical: UnsafeRawBufferPointer) {
        let size = rowBytes
        for index in 0..<lines {
            let target = line(index)
            switch tensor.element {
            case .int8:
                let bytes = target.assumingMemoryBound(to: UInt8.self)
                for byte in 0..<size { bytes[byte] = logical[index * size + byte] ^ flip }
            case .int16 where !tensor.isPlain:
                let words = target.assumingMemoryBound(to: Int16.self)
                for word in 0..<size / 2 {
                    let value = logical.loadUnaligned(fromByteOffset: index * size + 2 * word, as: Int16.self)
                    words[word] = max(Int16(littleEndian: value), -Int16.max)
                }
            default:
                for byte in 0..<size {
                    target.storeBytes(of: logical[index * size + byte], toByteOffset: byte, as: UInt8.self)
                }
            }
        }
    }

    /// Reads `tensor.logicalSize` logical bytes, run by run.
    public func read(into logical: UnsafeMutableRawBufferPointer) {
        let size = runBytes
        let mask = tensor.element == .int8 ? flip : 0
        for index in 0..<runs {
            let source = run(index).assumingMemoryBound(to: UInt8.self)
            for byte in 0..<size { logical[index * size + byte] = source[byte] ^ mask }
        }
    }

    /// Makes all elements of a plain tensor zeros.
    func fillZeros() { fill(start, tensor.homeSize, 0) }

    /// Takes all elements of another plain tensor with as many of the same type.
    func copy(_ other: TensorView) { start.copyMemory(from: other.start, byteCount: tensor.homeSize) }

    /// Sets the border of each picture to the zero point; of a part its own channels.
    func fillBorder() {
        let border = tensor.border
        guard !border.isEmpty else { return }
        let bordered = border.left + tensor.width + border.right
        for picture in 0..<tensor.pictures {
            let first = start + picture * picturePitch - border.left * pixelPitch
            fillPixels(first - border.top * rowPitch, border.top * bordered)
            for row in 0..<tensor.height {
                fillPixels(first + row * rowPitch, border.left)
                fillPixels(first + row * rowPitch + (border.left + tensor.width) * pixelPitch, border.right)
            }
            fillPixels(first + tensor.height * rowPitch, border.bottom * bordered)
        }
    }

    /// Sets neighbouring pixels to the zero point.
    private func fillPixels(_ at: UnsafeMutableRawPointer, _ count: Int) {
        // That of 16 bits is 0, in every byte.
        let value = tensor.element == .int8 ? UInt8(truncatingIfNeeded: memoryZeroPoint) : 0
        guard tensor.isPart else { return fill(at, count * pixelPitch, value) }
        for pixel in 0..<count { fill(at + pixel * pixelPitch, tensor.pixelSize, value) }
    }

    private func fill(_ at: UnsafeMutableRawPointer, _ count: Int, _ value: UInt8) {
        at.initializeMemory(as: UInt8.self, repeating: value, count: count)
    }
}

extension TensorView {
    /// What kernels ask of a tensor: whether it has 16 bits, and zero point and bounds as in memory.
    var is16: Int32 { tensor.element == .int16 ? 1 : 0 }
    private var offset: Int32 { tensor.element == .int8 && !tensor.isPlain ? activation_offset() : 0 }
    var memoryZeroPoint: Int32 { Int32(tensor.zeroPoint) + offset }
    var memoryMinimum: Int32 { Int32(tensor.minimum) + offset }
    var memoryMaximum: Int32 { Int32(tensor.maximum) + offset }
    /// Whether the same integers stand for the same reals.
    func hasScale(of other: TensorView) -> Bool { scale == other.scale && tensor.zeroPoint == other.tensor.zeroPoint }
    /// The scale of an activation.
    var scale: Float { tensor.scales.first ?? 1 }
}
