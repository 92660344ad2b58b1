import EdgeFormat
import ModelGraph

extension ONNXImporter {
    mutating func maxPool(_ node: ONNXNode) throws(EdgeError) {
        let x = try input(node)
        try node.expect("storage_order", 0)
        guard !node.outputs.dropFirst().contains(where: { !$0.isEmpty }) else {
            throw EdgeError(.data, at: "", "the indices of a MaxPool are not supported")
        }
        let window = try poolWindow(node, x, countsPadding: false)
        try add(
            MaxPool(window: window.size, strides: window.strides, padding: window.padding), for: node, [x.id],
            order: .picture)
    }

    mutating func averagePool(_ node: ONNXNode) throws(EdgeError) {
        let x = try input(node)
        let countsPadding = try node.int("count_include_pad", default: 0) != 0
        let window = try poolWindow(node, x, countsPadding: countsPadding)
        let pool = AveragePool(
            window: window.size, strides: window.strides, padding: window.padding,
            countsPadding: countsPadding && window.padding != .none)
        try add(pool, for: node, [x.id], order: .picture)
    }

    mutating func globalAveragePool(_ node: ONNXNode) throws(EdgeError) {
        let x = try input(node)
        let shape = try picture(x)
        try add(
            AveragePool(window: Extent(shape[1], shape[2]), strides: .one), for: node, [x.id], order: .picture)
    }

    private func picture(_ x: Computed) throws(EdgeError) -> [Int] {
        guard shape(x).count == 4 else { throw EdgeError(.data, at: "", "only pools of pictures are supported") }
        return shape(x)
    }

    private func poolWindow(_ node: ONNXNode, _ x: Computed, countsPadding: Bool) throws(EdgeError) -> Window {
        let shape = try picture(x)
        var window = Window(
            size: try node.extent("kernel_shape", default: nil),
            strides: try node.extent("strides", default: .one),
            dilations: try node.extent("dilations", default: .one), padding: .none)
        guard window.dilations == .one else { throw EdgeError(.data, at: "", "dilated pools are not supported") }
        window.padding = try node.padding(window, shape)
        guard try node.int("ceil_mode", default: 0) != 0 else { return window }
        // A window over the edge sees the same pixels as with that much more padding.
        let places = try window.places(height: shape[1], width: shape[2])
        let padding = window.padding
        window.padding.bottom += overhang(
            shape[1] + padding.top, padding.bottom, window.size.height, window.strides.height, places.height)
        window.padding.right += overhang(
            shape[2] + padding.left, padding.right, window.size.width, window.strides.width, places.width)
        guard window.padding == padding || !countsPadding else {
            throw EdgeError(.data, at: "", "ceil_mode with count_include_pad is not supported")
        }
        return window
    }

    /// How far a further window reaches over the padded picture; 0 where there is none, since windows that begin behind
    /// the picture are left out.
    private func overhang(_ size: Int, _ padding: Int, _ window: Int, _ stride: Int, _ places: Int) -> Int {
        let start = places * stride
        let reach = start + window - size - padding
        return start < size && reach < stride && reach > 0 ? reach : 0
    }
}

extension MaxPool: ONNXExportable {
    func export(_ node: Graph.Node, to exporter: inout ONNXExporter) throws(EdgeError) {
        exporter.write("MaxPool", node, poolAttributes(window, strides, padding))
    }
}

extension AveragePool: ONNXExportable {
    func export(_ node: Graph.Node, to exporter: inout ONNXExporter) throws(EdgeError) {
        exporter.write(
            "AveragePool", node,
            poolAttributes(window, strides, padding) + [("count_include_pad", .int(countsPadding ? 1 : 0))])
    }
}

private func poolAttributes(
    _ window: Extent, _ strides: Extent, _ padding: Padding
) -> [(name: String, value: ONNXAttribute)] {
    [
        ("kernel_shape", .ints([window.height, window.width])),
        ("pads", .ints([padding.top, padding.left, padding.bottom, padding.right])),
        ("strides", .ints([strides.height, strides.width])),
    ]
}
