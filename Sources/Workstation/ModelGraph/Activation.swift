/// A clamp fused into the operation before it.
public enum Activation: Equatable, Sendable {
    case none
    /// max(x, 0).
    case relu
    /// min(max(x, minimum), maximum).
    case clip(minimum: Float, maximum: Float)

    /// The bounds as reals.
    public var range: (minimum: Float, maximum: Float) {
        switch self {
        case .none: (-.infinity, .infinity)
        case .relu: (0, .infinity)
        case .clip(let minimum, let maximum): (minimum, maximum)
        }
    }

    /// The activation of a float.
    @inline(__always)
    func apply(_ x: Float, _ range: (minimum: Float, maximum: Float)) -> Float {
        x < range.minimum ? range.minimum : x > range.maximum ? range.maximum : x
    }

    /// The bounds of the quantized output, each rounded half to even and within −128 … 127, or −32767 … 32767 of an
    /// int16.
    public func bounds(
        _ output: Quantization, element: ElementType = .int8
    ) -> (minimum: Int32, maximum: Int32) {
        let (minimum, maximum) = range
        if element == .int16 {
            return (
                minimum == -.infinity ? -32767 : Int32(output.quantize(word: minimum)),
                maximum == .infinity ? 32767 : Int32(output.quantize(word: maximum))
            )
        }
        return (
            minimum == -.infinity ? -128 : Int32(output.quantize(minimum)),
            maximum == .infinity ? 127 : Int32(output.quantize(maximum))
        )
    }
}
