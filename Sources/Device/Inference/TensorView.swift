public import EdgeFormat
internal import Kernels

/// An activation tensor in the arena. In memory each byte is the logical signed value plus `activation_offset()`, and
/// pictures may have a border; digests and files know neither.
public struct TensorView {
    public let tensor: ModelTensor
    /// The first element, inside the border.
    public let start: UnsafeMutableRawPointer
    /// Bytes from one picture row to the next.
    public let rowPitch: Int
    /// Xor of a logical byte that gives the byte in memory.
    public let flip: UInt8

    init(_ tensor: ModelTensor, _ arena: Arena) {
        self.tensor = tensor
        var offset = tensor.interiorOffset
        if case .arena(let home) = tensor.home { offset += home }
        start = arena.base + offset
        rowPitch = tensor.rowPitch
        flip = activation_offset() == 0 ? 0 : 0x80
    }

    /// Bytes of a row that hold elements.
    var rowBytes: Int { tensor.width * tensor.channels }

    /// Writes `tensor.count` logical bytes, row by row.
    public func write(_ logical: UnsafeRawBufferPointer) {
        for row in 0..<tensor.height {
            let target = (start + row * rowPitch).assumingMemoryBound(to: UInt8.self)
            for index in 0..<rowBytes { target[index] = logical[row * rowBytes + index] ^ flip }
        }
    }

    /// Reads `tensor.count` logical bytes, row by row.
    public func read(into logical: UnsafeMutableRawBufferPointer) {
        for row in 0..<tensor.height {
            let source = (start + row * rowPitch).assumingMemoryBound(to: UInt8.self)
            for index in 0..<rowBytes { logical[row * rowBytes + index] = source[index] ^ flip }
        }
    }

    /// Sets the border to the zero point.
    func fillBorder() {
        let border = tensor.border
        guard !border.isEmpty else { return }
        let value = UInt8(truncatingIfNeeded: tensor.zeroPoint + Int(activation_offset()))
        let left = border.left * tensor.channels
        let right = border.right * tensor.channels
        let above = start - left - border.top * rowPitch
        fill(above, border.top * rowPitch, value)
        for row in 0..<tensor.height {
            fill(start + row * rowPitch - left, left, value)
            fill(start + row * rowPitch + rowBytes, right, value)
        }
        fill(start - left + tensor.height * rowPitch, border.bottom * rowPitch, value)
    }

    private func fill(_ at: UnsafeMutableRawPointer, _ count: Int, _ value: UInt8) {
        at.initializeMemory(as: UInt8.self, repeating: value, count: count)
    }
}
