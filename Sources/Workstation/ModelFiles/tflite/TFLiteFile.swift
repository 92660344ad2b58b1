import EdgeFormat
import ModelGraph
import Platform

/// TensorFlow Lite files, read as graphs: float networks as float graphs, quantized ones as quantized graphs that keep
/// the file's own scales (docs/operators.md). Pictures are NHWC on both sides.
public enum TFLiteFile {
    /// What stands in bytes 4 … 7 of such a file.
    static let identifier = "TFL3"

    /// - Throws: `EdgeError`: `.system` when the file cannot be read, `.data` when it is no TFLite file, invalid, or holds
    ///   what is not supported.
    public static func read(path: String) throws(EdgeError) -> Graph {
        try read(bytes: try NetworkFile.bytes(path: path), name: path)
    }

    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - name: what errors call it.
    public static func read(bytes: [UInt8], name: String) throws(EdgeError) -> Graph {
        do throws(EdgeError) {
            var importer = try TFLiteImporter(try TFLiteDocument(bytes))
            return try importer.graph()
        } catch {
            throw error.within(name)
        }
    }
}
