import EdgeFormat
import ModelGraph

extension TFLiteImporter {
    mutating func maxPool(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try picture(node)
        let window = try poolWindow(node, x)
        try expectSameScale(node, x)
        try add(
            MaxPool(window: window.size, strides: window.strides, padding: window.padding), for: node, [x],
            activation: try node.activation(5))
    }

    /// The mean of the picture's own pixels below the window.
    mutating func averagePool(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try picture(node)
        let window = try poolWindow(node, x)
        try expectSameScale(node, x)
        if isUnsigned(node.outputs[0]), window.padding == .none,
            (window.size.height * window.size.width).isMultiple(of: 2)
        {
            return try unsignedMean(node, x, window)
        }
        try add(
            AveragePool(window: window.size, strides: window.strides, padding: window.padding), for: node, [x],
            activation: try node.activation(5))
    }

    private func expectSameScale(_ node: TFLiteOperator, _ x: Graph.ValueID) throws(EdgeError) {
        guard try outputType(node).quantization == type(x).quantization else {
            throw EdgeError(.data, at: "", "a pool cannot change scale or zero point")
        }
    }

    private func poolWindow(_ node: TFLiteOperator, _ x: Graph.ValueID) throws(EdgeError) -> Window {
        var window = Window(
            size: Extent(try node.int(4), try node.int(3)), strides: try node.strides(1), padding: .none)
        window.padding = try node.padding(0, window, height: shape(x)[1], width: shape(x)[2])
        return window
    }
}
