internal import Kernels

/// Floats of 16 bits by their bits: processors of every board have Float, not all have halves.
enum HalfFloat {
    /// The nearest half float, of two the even one.
    static func bits(of value: Float) -> UInt16 {
        var (source, bits) = (value, UInt16(0))
        plain_store_reals(Int32(PLAIN_F16.rawValue), &bits, 1, &source)
        return bits
    }
}
