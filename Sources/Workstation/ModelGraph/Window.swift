import EdgeFormat

/// A size in two dimensions, or a step.
public struct Extent: Equatable, Hashable, Sendable {
    public var height: Int
    public var width: Int

    public init(_ height: Int, _ width: Int) {
        self.height = height
        self.width = width
    }

    public static let one = Extent(1, 1)
}

/// Pixels that are added around a picture.
public struct Padding: Equatable, Hashable, Sendable {
    public var top: Int
    public var left: Int
    public var bottom: Int
    public var right: Int

    public init(top: Int, left: Int, bottom: Int, right: Int) {
        self.top = top
        self.left = left
        self.bottom = bottom
        self.right = right
    }

    /// The same number of pixels on every side.
    public init(_ all: Int) { self.init(top: all, left: all, bottom: all, right: all) }

    public static let none = Padding(0)
}

/// How a window moves over a picture: what convolutions and pools have in common.
public struct Window: Equatable, Sendable {
    public var size: Extent
    public var strides: Extent
    public var dilations: Extent
    public var padding: Padding

    public init(size: Extent, strides: Extent, dilations: Extent = .one, padding: Padding) {
        self.size = size
        self.strides = strides
        self.dilations = dilations
        self.padding = padding
    }

    /// Number of places of the window on a picture: ⌊(n + p − d·(k − 1) − 1) / s⌋ + 1 in each direction.
    /// - Parameters: height and width as `Shape.elementCount` allows them.
    /// - Throws: `EdgeError` for a parameter out of range, or a window larger than the padded picture.
    public func places(height: Int, width: Int) throws(EdgeError) -> Extent {
        for (value, least, what) in [
            (size.height, 1, "window height"), (size.width, 1, "window width"),
            (strides.height, 1, "stride"), (strides.width, 1, "stride"),
            (dilations.height, 1, "dilation"), (dilations.width, 1, "dilation"),
            (padding.top, 0, "padding"), (padding.left, 0, "padding"),
            (padding.bottom, 0, "padding"), (padding.right, 0, "padding"),
        ] where value < least || value > Shape.windowLimit {
            throw EdgeError(.data, at: "", "\(what) \(value) is outside \(least) ... \(Shape.windowLimit)")
        }
        let spare = Extent(
            height + padding.top + padding.bottom - dilations.height * (size.height - 1) - 1,
            width + padding.left + padding.right - dilations.width * (size.width - 1) - 1)
        guard spare.height >= 0, spare.width >= 0 else {
            throw EdgeError(
                .data, at: "",
                "a window of \(size.height)x\(size.width) does not fit into a picture of \(height)x\(width) with its padding"
            )
        }
        return Extent(spare.height / strides.height + 1, spare.width / strides.width + 1)
    }
}
