import EdgeFormat

/// A clamp fused into the operation before it.
public enum Activation: Equatable, Sendable {
    case none
    /// max(x, 0).
    case relu
    /// min(max(x, minimum), maximum).
    case clip(minimum: Float, maximum: Float)
    /// The same with an upper bound for each channel of the result, its last axis.
    case channelClip(minimum: Float, maxima: [Float])

    /// The bounds as reals, the upper one of all channels.
    public var range: (minimum: Float, maximum: Float) {
        switch self {
        case .none: (-.infinity, .infinity)
        case .relu: (0, .infinity)
        case .clip(let minimum, let maximum): (minimum, maximum)
        case .channelClip(let minimum, let maxima): (minimum, maxima.max() ?? .infinity)
        }
    }

    /// The upper bound of each of so many channels.
    public func maxima(channels: Int) -> [Float] {
        if case .channelClip(_, let maxima) = self { return maxima }
        return [Float](repeating: range.maximum, count: channels)
    }

    /// Checks that bounds by channel are as many as there are channels, and none below the lower one.
    func expect(channels: Int) throws(EdgeError) {
        guard case .channelClip(let minimum, let maxima) = self else { return }
        guard maxima.count == channels, maxima.allSatisfy({ $0 >= minimum }) else {
            throw EdgeError(
                .data, at: "", "\(maxima.count) upper bounds for \(channels) channels, or one below the lower bound")
        }
    }

    /// Rows of so many channels each, cut to the bounds.
    func applied(to x: [Float], channels: Int) -> [Float] {
        guard self != .none else { return x }
        let (minimum, maxima) = (range.minimum, maxima(channels: channels))
        return [Float](unsafeUninitializedCapacity: x.count) { result, initialized in
            for row in stride(from: 0, to: x.count, by: channels) {
                for channel in 0..<channels {
                    let value = Self.clamp(x[row + channel], minimum, maxima[channel])
                    result.initializeElement(at: row + channel, to: value)
                }
            }
            initialized = x.count
        }
    }

    /// A float cut to bounds; what is no number stays.
    @inline(__always)
    static func clamp(_ x: Float, _ minimum: Float, _ maximum: Float) -> Float {
        x < minimum ? minimum : x > maximum ? maximum : x
    }

    /// The bounds of the quantized output, each rounded half to even and within −128 … 127, or −32767 … 32767 of an
    /// int16.
    public func bounds(
        _ output: Quantization, element: ElementType = .int8
    ) -> (minimum: Int32, maximum: Int32) {
        (output.bound(range.minimum, element), output.bound(range.maximum, element))
    }

    /// The upper bound of each of so many channels of the quantized output, rounded and cut in the same way.
    public func maxima(channels: Int, _ output: Quantization, element: ElementType) -> [Int32] {
        maxima(channels: channels).map { output.bound($0, element) }
    }
}

extension Quantization {
    /// A bound as an integer; an infinite one is the element's last.
    fileprivate func bound(_ x: Float, _ element: ElementType) -> Int32 {
        element == .int16 ? Int32(quantize(word: x)) : Int32(quantize(x))
    }
}
