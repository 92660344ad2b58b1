import EdgeFormat
import ModelGraph

extension TFLiteImporter {
    mutating func reduction(_ node: TFLiteOperator, _ kind: Reduction.Kind) throws(EdgeError) {
        let x = try input(node)
        let rank = shape(x).count
        let axes = try axes(try integers(node, 1, "its axes"), rank: rank)
        let operation = Reduction(kind, axes: axes, keepsAxes: try node.flag(0))
        if kind == .mean, rank == 4, axes == [1, 2], type(x).element == .int8 {
            return try byteMean(node, x, operation)
        }
        try addFloats(operation, for: node, [x])
    }

    /// The mean of each channel of a picture of bytes: Σ(q − z) requantized once, which is a convolution of one filter a
    /// channel whose weights are 1 and stand for 1/n.
    private mutating func byteMean(
        _ node: TFLiteOperator, _ x: Graph.ValueID, _ operation: Reduction
    ) throws(EdgeError) {
        let shape = shape(x)
        let (name, wanted) = (label(node.outputs[0]), try outputType(node))
        let window = Extent(shape[1], shape[2])
        let (filters, bias) = sums(name, shape[3], window, weight: 1, bias: 0, scale: 1)
        let mean = Convolution(groups: shape[3])
        if operation.keepsAxes { return try add(mean, for: node, [x, filters, bias]) }
        let picture = try add(mean, name: name + ".picture", [x, filters, bias], wanted)
        try add(Reshape(shape: [shape[0], shape[3]]), for: node, [picture])
    }

    /// Filters of one weight everywhere, one a channel, that stand for `scale` over the number of pixels.
    private mutating func sums(
        _ name: String, _ channels: Int, _ window: Extent, weight: Int8, bias: Int32, scale: Float
    ) -> (filters: Graph.ValueID, bias: Graph.ValueID) {
        let shape = [channels, window.height, window.width, 1]
        let elements = [Int8](repeating: weight, count: shape.reduce(1, *))
        let quantization = Quantization(scale: scale / Float(window.height * window.width), zeroPoint: 0)
        return (
            result.addConstant(name + ".ones", shape, .int8(elements), quantization: quantization),
            result.addConstant(name + ".bias", [channels], .int32([Int32](repeating: bias, count: channels)))
        )
    }

    /// The mean of an even number of bytes that LiteRT takes without a sign rounds half up, not away from zero: without
    /// padding it is a convolution, (2·Σ(q − z) + 1)/2n, which has no ties. (Of an odd number the mean itself has none.)
    mutating func unsignedMean(_ node: TFLiteOperator, _ x: Graph.ValueID, _ window: Window) throws(EdgeError) {
        let channels = shape(x)[3]
        _ = try window.places(height: shape(x)[1], width: shape(x)[2])
        let (filters, bias) = sums(label(node.outputs[0]), channels, window.size, weight: 2, bias: 1, scale: 0.5)
        try add(
            Convolution(strides: window.strides, groups: channels, activation: try node.activation(5)), for: node,
            [x, filters, bias])
    }

    /// The index of the largest or smallest element along an axis.
    mutating func argument(_ node: TFLiteOperator, _ kind: ArgumentReduction.Kind) throws(EdgeError) {
        let x = try input(node)
        let axes = try axes(try integers(node, 1, "its axis"), rank: shape(x).count)
        guard axes.count == 1 else { throw EdgeError(.data, at: "", "\(axes.count) axes where one is needed") }
        let wanted = try outputType(node)
        let operation = ArgumentReduction(kind, axis: axes[0], keepsAxis: false)
        guard wanted.element == .int32 else { return try add(operation, for: node, [x]) }
        let indices = try add(operation, name: label(node.outputs[0]) + ".int64", [x], TensorType(.int64, []))
        try add(Conversion(to: .int32), for: node, [indices])
    }
}
