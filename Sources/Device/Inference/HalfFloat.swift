internal import Kernels

/// Floats of 16 bits by their bits: processors of every board have Float, not all have halves.
enum HalfFloat {
    /// The nearest half float, of two the even one.
    static func bits(of value: Float) -> UInt16 {
        var (source, bits) = (value, UInt16(0))
        plain_store_reals(Int32(PLAIN_F16.rawValue), &bits, 1, &source)
        return bits
    }

    /// The value of a half float's bits, which every float can have.
    static func value(of bits: UInt16) -> Float {
        var (source, value) = (bits, Float(0))
        plain_load_reals(Int32(PLAIN_F16.rawValue), &source, 1, 1, &value)
        return value
    }
}
