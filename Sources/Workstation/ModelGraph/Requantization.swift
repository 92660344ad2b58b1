import EdgeFormat

extension Quantization {
    /// A real as an 8-bit integer: clamp(roundHalfEven(x / scale) + zero point). A NaN becomes the zero point.
    public func quantize(_ x: Float) -> Int8 {
        let steps = (x / scales[0]).rounded(.toNearestOrEven)
        guard !steps.isNaN else { return Int8(clamping: zeroPoint) }
        // Clamped before the conversion, which a huge value would trap.
        return Int8(clamping: Int32(min(max(steps, -65536), 65536)) + zeroPoint)
    }

    /// The real that an 8-bit integer stands for: Float(q − zero point) · scale.
    public func dequantize(_ q: Int8) -> Float { Float(Int32(q) - zeroPoint) * scales[0] }
}
