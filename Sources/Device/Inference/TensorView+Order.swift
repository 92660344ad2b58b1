internal import EdgeFormat

// Values in either order of axes. Where nothing has to be moved, whole rows are copied; else element by element.
extension TensorView {
    /// Writes `tensor.count` reals of a tensor that takes them.
    func write(reals values: UnsafeBufferPointer<Float>, in order: AxisOrder) {
        guard tensor.element != .float32 else { return write(UnsafeRawBufferPointer(values), in: order) }
        guard tensor.isQuantized, !tensor.moves(order) else {
            return forEachElement(in: order) { write(real: values[$0], at: $1) }
        }
        let size = pictureCount
        for picture in 0..<tensor.pictures {
            write(floats: .init(rebasing: values[picture * size..<(picture + 1) * size]), picture: picture)
        }
    }

    /// Reads `tensor.count` reals of a tensor that takes them.
    func read(reals values: UnsafeMutableBufferPointer<Float>, in order: AxisOrder) {
        guard tensor.element != .float32 else { return read(into: UnsafeMutableRawBufferPointer(values), in: order) }
        guard tensor.isQuantized, !tensor.moves(order) else {
            return forEachElement(in: order) { values[$0] = real(at: $1) }
        }
        let size = pictureCount
        for picture in 0..<tensor.pictures {
            read(floats: .init(rebasing: values[picture * size..<(picture + 1) * size]), picture: picture)
        }
    }

    /// Writes `tensor.logicalSize` logical bytes.
    func write(_ logical: UnsafeRawBufferPointer, in order: AxisOrder) {
        guard tensor.moves(order) else { return write(logical) }
        let size = tensor.element.size
        forEachElement(in: order) { number, address in
            if tensor.element == .int16, !tensor.isPlain {
                let value = Int16(littleEndian: logical.loadUnaligned(fromByteOffset: 2 * number, as: Int16.self))
                return address.storeBytes(of: max(value, -Int16.max), as: Int16.self)
            }
            let mask = byteMask
            for byte in 0..<size {
                address.storeBytes(of: logical[number * size + byte] ^ mask, toByteOffset: byte, as: UInt8.self)
            }
        }
    }

    /// Reads `tensor.logicalSize` logical bytes.
    func read(into logical: UnsafeMutableRawBufferPointer, in order: AxisOrder) {
        guard tensor.moves(order) else { return read(into: logical) }
        let (size, mask) = (tensor.element.size, byteMask)
        forEachElement(in: order) { number, address in
            for byte in 0..<size {
                logical[number * size + byte] = address.load(fromByteOffset: byte, as: UInt8.self) ^ mask
            }
        }
    }

    /// Xor of a logical byte that gives the byte in memory.
    private var byteMask: UInt8 { tensor.element == .int8 ? flip : 0 }

    /// Of a tensor with a scale, or of half floats.
    private func write(real: Float, at address: UnsafeMutableRawPointer) {
        switch tensor.element {
        case .int8:
            let value = QuantizedValue.of(real, tensor)
            address.storeBytes(of: UInt8(truncatingIfNeeded: value) ^ flip, as: UInt8.self)
        case .int16:
            address.storeBytes(of: Int16(truncatingIfNeeded: QuantizedValue.of(real, tensor)), as: Int16.self)
        default: address.storeBytes(of: HalfFloat.bits(of: real), as: UInt16.self)
        }
    }

    private func real(at address: UnsafeMutableRawPointer) -> Float {
        switch tensor.element {
        case .int8:
            let value = Int8(bitPattern: address.load(as: UInt8.self) ^ flip)
            return Float(Int(value) - tensor.zeroPoint) * scale
        case .int16: return Float(Int(address.load(as: Int16.self)) - tensor.zeroPoint) * scale
        default: return HalfFloat.value(of: address.load(as: UInt16.self))
        }
    }
}
