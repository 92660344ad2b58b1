import EdgeFormat
import ModelGraph
import Platform

/// A network in any format that is read; its bytes, not its name, say which.
public enum NetworkFile {
    /// The largest file that is read, in either format.
    static let sizeLimit = Int(Int32.max)

    /// - Throws: `EdgeError`: `.system` when the file cannot be read, `.data` when it is of neither format, invalid, or
    ///   holds what is not supported.
    public static func read(path: String, options: ImportOptions = ImportOptions()) throws(EdgeError) -> Graph {
        try read(bytes: try bytes(path: path), name: path, options: options)
    }

    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - name: what errors call it.
    ///   - options: of ONNX files; a TFLite file leaves nothing open.
    public static func read(
        bytes: [UInt8], name: String, options: ImportOptions = ImportOptions()
    ) throws(EdgeError) -> Graph {
        guard bytes.count >= 8, bytes[4..<8].elementsEqual(TFLiteFile.identifier.utf8) else {
            return try ONNXFile.read(bytes: bytes, name: name, options: options)
        }
        return try TFLiteFile.read(bytes: bytes, name: name)
    }

    static func bytes(path: String) throws(EdgeError) -> [UInt8] {
        do throws(SystemError) {
            return try Files.read(path, limit: sizeLimit)
        } catch {
            throw EdgeError(.system, at: path, error.sentence)
        }
    }
}
