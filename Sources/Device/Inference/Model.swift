public import EdgeFormat
internal import Platform

/// A checked `.edge` model, mapped from a file or held in memory.
public final class Model: Sendable {
    public let file: ModelFile
    /// The file's name, for errors.
    public let path: String

    /// Maps and checks the model at `path`.
    public init(path: String) throws(EdgeError) {
        let mapping: MappedFile
        do throws(SystemError) {
            mapping = try MappedFile(path: path)
        } catch {
            throw EdgeError(.system, at: path, error.sentence)
        }
        self.path = path
        file = try ModelFile(mapping.bytes, place: path, keeping: mapping)
    }

    /// Checks a model that is already in memory.
    /// - Parameter place: said in errors.
    public init(bytes: [UInt8], place: String) throws(EdgeError) {
        let owned = OwnedBytes(bytes)
        path = place
        file = try ModelFile(UnsafeRawBufferPointer(owned.bytes), place: place, keeping: owned)
    }
}

/// Bytes at an address that stays, aligned as a mapping is.
final class OwnedBytes: @unchecked Sendable {  // never written after its making
    let bytes: UnsafeMutableRawBufferPointer

    init(_ source: [UInt8]) {
        bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: source.count, alignment: 64)
        bytes.copyBytes(from: source)
    }

    deinit { bytes.deallocate() }
}
