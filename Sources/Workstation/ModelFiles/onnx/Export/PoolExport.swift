import EdgeFormat
import ModelGraph

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
