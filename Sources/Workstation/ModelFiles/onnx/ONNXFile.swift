import EdgeFormat
import ModelGraph

/// ONNX files: read as graphs, written from graphs. At the file's face pictures are NCHW and convolution weights OIHW;
/// in a graph they are NHWC and O·H·W·I.
public enum ONNXFile {
    /// - Throws: `EdgeError`: `.system` when the file cannot be read, `.data` when it is no ONNX file, invalid, or holds
    ///   what is not supported.
    public static func read(path: String, options: ImportOptions = ImportOptions()) throws(EdgeError) -> Graph {
        try read(try NetworkFile.bytes(path: path), path: path, name: path, options)
    }

    /// - Parameters:
    ///   - bytes: the whole file; elements in other files are refused.
    ///   - name: what errors call it.
    public static func read(
        bytes: [UInt8], name: String, options: ImportOptions = ImportOptions()
    ) throws(EdgeError) -> Graph {
        try read(bytes, path: nil, name: name, options)
    }

    private static func read(
        _ bytes: [UInt8], path: String?, name: String, _ options: ImportOptions
    ) throws(EdgeError) -> Graph {
        do throws(EdgeError) {
            let document = try ONNXDocument(bytes, path: path)
            var importer = try ONNXImporter(document, options)
            return try importer.graph()
        } catch {
            throw error.within(name)
        }
    }

    /// The bytes of a file of opset 13, or 21 with a group norm; the same graph gives the same bytes.
    /// - Throws: `EdgeError` when the graph is invalid, too large, or has an operation that ONNX does not know.
    public static func write(_ graph: Graph) throws(EdgeError) -> [UInt8] {
        try graph.validate()
        var exporter = try ONNXExporter(graph)
        return try exporter.bytes()
    }
}
