import EdgeFormat

/// Cross-correlation of a picture with `O` filters, plus bias, then a clamp.
///
/// Inputs: x N·H·W·C, weights O·KH·KW·(C/groups), and optionally a bias of O. Output: N·H'·W'·O.
public struct Convolution: Operation {
    public static let name = "convolution"

    public var strides: Extent
    public var padding: Padding
    public var dilations: Extent
    /// Output channel o reads the C/groups input channels of group o / (O/groups).
    public var groups: Int
    public var activation: Activation

    public init(
        strides: Extent = .one, padding: Padding = .none, dilations: Extent = .one, groups: Int = 1,
        activation: Activation = .none
    ) {
        self.strides = strides
        self.padding = padding
        self.dilations = dilations
        self.groups = groups
        self.activation = activation
    }

    /// The window for weights of this shape.
    public func window(weights shape: [Int]) -> Window {
        Window(size: Extent(shape[1], shape[2]), strides: strides, dilations: dilations, padding: padding)
    }

    public func outputTypes(of inputs: [TensorType]) throws(EdgeError) -> [TensorType] {
        try expect(inputs, count: 2...3)
        let x = try Shape.picture(inputs[0], "the input")
        let weights = try Shape.picture(inputs[1], "weights")
        try expectLinear(inputs, outputs: weights.count)
        guard groups >= 1, x.channels % groups == 0 else {
            throw EdgeError(.data, at: "", "group \(groups) does not divide \(x.channels) channels")
        }
        guard weights.count % groups == 0 else {
            throw EdgeError(.data, at: "", "group \(groups) does not divide \(weights.count) output channels")
        }
        guard weights.channels == x.channels / groups else {
            throw EdgeError(
                .data, at: "",
                "weights are for \(weights.channels) channels a group, the input has \(x.channels / groups)")
        }
        let places = try window(weights: inputs[1].shape).places(height: x.height, width: x.width)
        let shape = [x.count, places.height, places.width, weights.count]
        _ = try Shape.elementCount(shape)
        return [TensorType(inputs[0].element, shape)]
    }
}
