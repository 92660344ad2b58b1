import EdgeFormat

/// The largest value of each channel in a window; padding is never read. Input N·H·W·C, output N·H'·W'·C.
public struct MaxPool: Operation {
    public static let name = "max-pool"

    public var window: Extent
    public var strides: Extent
    public var padding: Padding
    public var dilations: Extent

    public init(window: Extent, strides: Extent, padding: Padding = .none, dilations: Extent = .one) {
        self.window = window
        self.strides = strides
        self.padding = padding
        self.dilations = dilations
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try poolType(inputs, Window(size: window, strides: strides, dilations: dilations, padding: padding))
    }

    public func evaluate(
        _ inputs: [(type: TensorType, data: TensorData)], outputs: [TensorType]
    ) throws(EdgeError) -> [TensorData] {
        switch inputs[0].data {
        case .float32(let x):
            return [.float32(maxima(x, inputs[0].type.shape, places: outputs[0].places))]
        case .int8(let x):
            try expectSameQuantization(inputs[0].type, outputs[0])
            return [.int8(maxima(x, inputs[0].type.shape, places: outputs[0].places))]
        default:
            throw notComputed(inputs)
        }
    }
}

extension MaxPool {
    private func maxima<Element: Comparable>(_ x: [Element], _ shape: [Int], places: Extent) -> [Element] {
        let (height, width, channels) = (shape[1], shape[2], shape[3])
        var y: [Element] = []
        y.reserveCapacity(shape[0] * places.height * places.width * channels)
        Window(size: window, strides: strides, dilations: dilations, padding: padding).forEachClipped(
            shape: shape, places: places
        ) {
            image, rows, columns, _ in
            for channel in 0..<channels {
                var largest = x[
                    ((image * height + rows[rows.startIndex]) * width + columns[columns.startIndex]) * channels
                        + channel]
                for row in rows {
                    for column in columns {
                        let element = x[((image * height + row) * width + column) * channels + channel]
                        if element > largest { largest = element }
                    }
                }
                y.append(largest)
            }
        }
        return y
    }
}
