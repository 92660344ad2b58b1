import EdgeFormat

/// The mean of each channel over a window. Input N·H·W·C, output N·H'·W'·C.
public struct AveragePool: Operation {
    public static let name = "average-pool"

    public var window: Extent
    public var strides: Extent
    public var padding: Padding
    public var dilations: Extent
    /// Whether the padding counts as zeros; otherwise the mean is over the picture's own pixels.
    public var countsPadding: Bool

    public init(
        window: Extent, strides: Extent, padding: Padding = .none, countsPadding: Bool = false, dilations: Extent = .one
    ) {
        self.window = window
        self.strides = strides
        self.padding = padding
        self.dilations = dilations
        self.countsPadding = countsPadding
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try poolType(inputs, Window(size: window, strides: strides, dilations: dilations, padding: padding))
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        let (input, output) = (inputs[0].type, outputs[0])
        switch inputs[0].data {
        case .float32(let x):
            let mean = { (sum: Float, _: Int, count: Int) in sum / Float(count) }
            return [.float32(means(x, input.shape, output.places, { $0 }, mean))]
        case .int8(let x):
            let mean = Self.mean(from: try input.activationQuantization, to: try output.activationQuantization)
            return [.int8(means(x, input.shape, output.places, { Int($0) }, mean))]
        default:
            throw notComputed(inputs)
        }
    }
}

extension AveragePool {
    /// How the sum of bytes becomes their mean. With the same quantization on both sides S = Σq, zero points and all,
    /// is divided in integers, half away from zero; else Σ(q − z) is scaled by s_in / (s_out · n).
    private static func mean(
        from input: Quantization, to output: Quantization
    ) -> (_ sum: Int, _ border: Int, _ count: Int) -> Int8 {
        let zeroPoint = Int(input.zeroPoint)
        guard input != output else {
            return { sum, border, count in
                let whole = sum + border * zeroPoint
                let magnitude = (abs(whole) + count / 2) / count
                return Int8(clamping: whole < 0 ? -magnitude : magnitude)
            }
        }
        return { sum, border, count in
            let scale = input.scales[0] / (output.scales[0] * Float(count))
            return Quantization.round(Float(sum - (count - border) * zeroPoint) * scale, zeroPoint: output.zeroPoint)
        }
    }

    /// Calls `mean` for each output with the sum of the picture's elements below the window, the number of border
    /// pixels that count, and the number of all pixels that count.
    @inline(__always)
    private func means<Element, Sum: Numeric>(
        _ x: [Element], _ shape: [Int], _ places: Extent, _ widen: (Element) -> Sum,
        _ mean: (_ sum: Sum, _ border: Int, _ count: Int) -> Element
    ) -> [Element] {
        let (height, width, channels) = (shape[1], shape[2], shape[3])
        var y: [Element] = []
        y.reserveCapacity(shape[0] * places.height * places.width * channels)
        Window(size: window, strides: strides, dilations: dilations, padding: padding).forEachClipped(
            shape: shape, places: places
        ) {
            image, rows, columns, _ in
            let inside = rows.count * columns.count
            let border = countsPadding ? window.height * window.width - inside : 0
            for channel in 0..<channels {
                var sum: Sum = 0
                for row in rows {
                    for column in columns {
                        sum += widen(x[((image * height + row) * width + column) * channels + channel])
                    }
                }
                y.append(mean(sum, border, inside + border))
            }
        }
        return y
    }
}
