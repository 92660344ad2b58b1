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

    /// The bounds of the quantized output, each rounded half to even and within −128 … 127.
    public func bounds(_ output: Quantization) -> (minimum: Int32, maximum: Int32) {
        let (minimum, maximum) = range
        return (
            minimum == -.infinity ? -128 : Int32(output.quantize(minimum)),
            maximum == .infinity ? 127 : Int32(output.quantize(maximum))
        )
    }
}
