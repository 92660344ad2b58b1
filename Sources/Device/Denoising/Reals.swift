internal import EdgeFormat

/// Reals to a tensor's logical bytes and back: docs/arithmetic.md, "Inputs given as reals".
enum Reals {
    /// Whether a tensor's values stand for reals in 8 or 16 bits.
    static func take(_ tensor: ModelTensor) -> Bool {
        !tensor.scales.isEmpty && (tensor.element == .int8 || tensor.element == .int16)
    }

    /// Writes one of a tensor's pictures.
    static func quantize(
        _ reals: UnsafeBufferPointer<Float>, _ tensor: ModelTensor, into bytes: UnsafeMutableRawBufferPointer,
        picture: Int
    ) {
        let scale = tensor.scales[0]
        let wide = tensor.element == .int16
        let zeroPoint = wide ? 0 : tensor.zeroPoint
        let low = Float((wide ? -32_767 : -128) - zeroPoint)
        let high = Float((wide ? 32_767 : 127) - zeroPoint)
        for index in reals.indices {
            let steps = reals[index] / scale
            // Adding 1.5 · 2^23 leaves no bits below one, so the addition itself rounds half to even.
            let rounded = steps == steps ? (max(low, min(high, steps)) + 12_582_912) - 12_582_912 : 0
            let value = Int32(rounded) + Int32(truncatingIfNeeded: zeroPoint)
            let place = picture * reals.count + index
            if wide {
                bytes.storeBytes(
                    of: Int16(truncatingIfNeeded: value).littleEndian, toByteOffset: 2 * place, as: Int16.self)
            } else {
                bytes[place] = UInt8(truncatingIfNeeded: value)
            }
        }
    }

    /// Reads one of a tensor's pictures: float(q − z)·s.
    static func dequantize(
        _ bytes: UnsafeRawBufferPointer, _ tensor: ModelTensor, picture: Int,
        into reals: UnsafeMutableBufferPointer<Float>
    ) {
        let scale = tensor.scales[0]
        let wide = tensor.element == .int16
        let zeroPoint = Int32(truncatingIfNeeded: wide ? 0 : tensor.zeroPoint)
        for index in reals.indices {
            let place = picture * reals.count + index
            let value =
                wide
                ? Int32(Int16(littleEndian: bytes.load(fromByteOffset: 2 * place, as: Int16.self)))
                : Int32(Int8(bitPattern: bytes[place]))
            reals[index] = Float(value - zeroPoint) * scale
        }
    }
}
