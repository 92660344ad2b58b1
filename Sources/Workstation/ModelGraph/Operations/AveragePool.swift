import EdgeFormat

/// The mean of each channel over a window. Input N·H·W·C, output N·H'·W'·C.
public struct AveragePool: Operation {
    public static let name = "average-pool"

    public var window: Extent
    public var strides: Extent
    public var padding: Padding
    /// Whether the padding counts as zeros; otherwise the mean is over the picture's own pixels.
    public var countsPadding: Bool

    public init(window: Extent, strides: Extent, padding: Padding = .none, countsPadding: Bool = false) {
        self.window = window
        self.strides = strides
        self.padding = padding
        self.countsPadding = countsPadding
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try poolType(inputs, Window(size: window, strides: strides, padding: padding))
    }
}

extension Operation {
    /// The output type of a pool. Padding smaller than the window keeps a pixel of the picture in every window.
    func poolType(_ inputs: [TensorType], _ window: Window) throws(EdgeError) -> [TensorType] {
        _ = try sameType(inputs)
        let x = try Shape.picture(inputs[0], "the input")
        let places = try window.places(height: x.height, width: x.width)
        guard max(window.padding.top, window.padding.bottom) < window.size.height,
            max(window.padding.left, window.padding.right) < window.size.width
        else {
            throw EdgeError(.data, at: "", "a pool's padding must be smaller than its window")
        }
        let shape = [x.count, places.height, places.width, x.channels]
        _ = try Shape.elementCount(shape)
        return [TensorType(inputs[0].element, shape)]
    }
}
