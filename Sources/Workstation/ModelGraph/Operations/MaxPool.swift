import EdgeFormat

/// The largest value of each channel in a window; padding is never read. Input N·H·W·C, output N·H'·W'·C.
public struct MaxPool: Operation {
    public static let name = "max-pool"

    public var window: Extent
    public var strides: Extent
    public var padding: Padding

    public init(window: Extent, strides: Extent, padding: Padding = .none) {
        self.window = window
        self.strides = strides
        self.padding = padding
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try poolType(inputs, Window(size: window, strides: strides, padding: padding))
    }
}
