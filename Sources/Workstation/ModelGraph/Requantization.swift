import EdgeFormat

extension Quantization {
    /// A real as an 8-bit integer: clamp(roundHalfEven(x / scale) + zero point). A NaN becomes the zero point.
    public func quantize(_ x: Float) -> Int8 { Quantization.round(x / scales[0], zeroPoint: zeroPoint) }

    /// The real that an 8-bit integer stands for: Float(q − zero point) · scale.
    public func dequantize(_ q: Int8) -> Float { Float(Int32(q) - zeroPoint) * scales[0] }

    /// A real as a 16-bit integer: roundHalfEven(x / scale), cut to −32767 … 32767. A NaN becomes 0.
    public func quantize(word x: Float) -> Int16 {
        let steps = x / scales[0]
        return steps.isNaN ? 0 : Int16(min(max(steps, -32767), 32767).rounded(.toNearestOrEven))
    }

    /// The real that a 16-bit integer stands for: Float(q) · scale.
    public func dequantize(word q: Int16) -> Float { Float(q) * scales[0] }

    /// clamp(roundHalfEven(steps) + zeroPoint, minimum, maximum).
    @inline(__always)
    static func round(_ steps: Float, zeroPoint: Int32, minimum: Int32 = -128, maximum: Int32 = 127) -> Int8 {
        guard !steps.isNaN else { return Int8(clamping: zeroPoint) }
        // Clamped before the conversion, which would trap on a huge value; ±65,536 saturates a byte all the same.
        let rounded = Int32(min(max(steps.rounded(.toNearestOrEven), -65536), 65536))
        return Int8(clamping: min(max(rounded + zeroPoint, minimum), maximum))
    }
}

/// How reals, in steps of an output's scale, become its integers of 8 or 16 bits: cut to the bounds less the zero
/// point, a NaN to the lower one, then rounded half to even, plus the zero point.
public struct Rounding: Equatable, Sendable {
    public let zeroPoint: Int32
    /// The bounds of the output: of its element, or of a fused activation.
    public let minimum: Int32
    public let maximum: Int32

    /// - Throws: `EdgeError` when the output is not quantized with one scale.
    public init(to output: TensorType, activation: Activation = .none) throws(EdgeError) {
        let quantization = try output.activationQuantization
        guard output.element.isQuantized else {
            throw EdgeError(.data, at: "", "a quantized input and an output of \(output.element.rawValue)")
        }
        zeroPoint = quantization.zeroPoint
        (minimum, maximum) = activation.bounds(quantization, element: output.element)
    }

    @inline(__always)
    public func callAsFunction(_ steps: Float) -> Int32 { self(steps, upTo: maximum) }

    /// The same with another upper bound.
    @inline(__always)
    func callAsFunction(_ steps: Float, upTo maximum: Int32) -> Int32 {
        let (low, high) = (Float(minimum - zeroPoint), Float(maximum - zeroPoint))
        let cut = steps > low ? (steps < high ? steps : high) : low
        return Int32(cut.rounded(.toNearestOrEven)) + zeroPoint
    }
}

/// How the exact 32-bit sums of a convolution or a dense layer become 8 or 16 bits again:
/// q = clamp(roundHalfEven(Float(sum) · scale_c) + zero point), scale_c = (s_in · s_w[c]) / s_out, every step in Float.
public struct Requantization: Equatable, Sendable {
    /// One an output channel.
    public let scales: [Float]
    /// What a zero of the input is stored as; borders hold it.
    public let inputZeroPoint: Int32
    /// To the output, with the fused activation as its bounds.
    public let rounding: Rounding
    /// The upper bound of each output channel.
    private let maxima: [Int32]

    /// - Throws: `EdgeError` when a value lacks its quantization or it is not of the kind needed: one scale for
    ///   activations, one scale or one a channel for weights, whose zero point is 0.
    public init(
        input: TensorType, weights: TensorType, output: TensorType, activation: Activation
    ) throws(EdgeError) {
        let (x, y) = (try input.activationQuantization, try output.activationQuantization)
        guard let w = weights.quantization, w.zeroPoint == 0 else {
            throw EdgeError(.data, at: "", "int8 weights need scales and the zero point 0")
        }
        let channels = weights.shape[0]
        guard w.channelZeroPoints.isEmpty || w.channelZeroPoints.count == channels else {
            throw EdgeError(.data, at: "", "\(w.channelZeroPoints.count) zero points for \(channels) output channels")
        }
        guard w.axis == nil ? w.scales.count == 1 : w.axis == 0 && w.scales.count == channels else {
            throw EdgeError(.data, at: "", "\(w.scales.count) weight scales for \(channels) output channels")
        }
        scales = (0..<channels).map { (x.scales[0] * w.scales[w.axis == nil ? 0 : $0]) / y.scales[0] }
        inputZeroPoint = x.zeroPoint
        rounding = try Rounding(to: output, activation: activation)
        maxima = activation.maxima(channels: channels, y, element: output.element)
        guard maxima.count == channels else {
            throw EdgeError(.data, at: "", "\(maxima.count) upper bounds for \(channels) output channels")
        }
    }

    /// A channel's sum in steps of the output's scale.
    @inline(__always)
    public func steps(_ sum: Int32, channel: Int) -> Float { Float(sum) * scales[channel] }

    /// The integer that a channel's sum becomes.
    @inline(__always)
    public func callAsFunction(_ sum: Int32, channel: Int) -> Int32 {
        rounded(steps(sum, channel: channel), channel: channel)
    }

    /// The integer that a channel's value, in steps of the output's scale, becomes.
    @inline(__always)
    public func rounded(_ steps: Float, channel: Int) -> Int32 { rounding(steps, upTo: maxima[channel]) }
}

extension TensorType {
    /// The zero point of each output channel of weights.
    var channelZeroPoints: [Int32] {
        let given = quantization?.channelZeroPoints ?? []
        return given.isEmpty ? [Int32](repeating: 0, count: shape.first ?? 0) : given
    }

    /// The quantization of an activation: one scale.
    public var activationQuantization: Quantization {
        get throws(EdgeError) {
            guard let quantization, quantization.axis == nil, quantization.scales.count == 1 else {
                throw EdgeError(.data, at: "", "a quantized activation needs one scale and a zero point")
            }
            return quantization
        }
    }
}

extension Operation {
    /// Checks that an operation that only moves or compares integers leaves their meaning as it is.
    func expectSameQuantization(_ input: TensorType, _ output: TensorType) throws(EdgeError) {
        guard input.quantization == output.quantization || input.element.isFloat else {
            throw EdgeError(.data, at: "", "\(Self.name) cannot change scale or zero point")
        }
    }

    /// The error of an operation that has no arithmetic for its inputs' elements.
    func notComputed(_ inputs: [(type: TensorType, data: TensorData)]) -> EdgeError {
        let elements = inputs.map(\.data.elementType.rawValue).joined(separator: ", ")
        return EdgeError(.data, at: "", "\(Self.name) is not defined for \(elements)")
    }
}

extension TensorType {
    /// Elements of a float graph's input as elements of this type.
    /// - Throws: `EdgeError` when a quantized type has no scale.
    public func converted(_ data: TensorData) throws(EdgeError) -> TensorData {
        switch (data, element) {
        case (.float32(let elements), .int8):
            let quantization = try activationQuantization
            return .int8(elements.map { quantization.quantize($0) })
        case (.float32(let elements), .int16):
            let quantization = try activationQuantization
            return .int16(elements.map { quantization.quantize(word: $0) })
        case (.int64(let elements), .int32): return .int32(elements.map { Int32(clamping: $0) })
        default: return data
        }
    }
}
