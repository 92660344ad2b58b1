public import EdgeFormat
internal import Platform

/// A checked `.edge` model, mapped from a file or held in memory. It never changes: any number of threads may read it and
/// make sessions of it at the same time.
public final class Model: Sendable {
    public let file: ModelFile
    /// The file's name, for errors.
    public let path: String

    // The other initializers throw before there is an object: Embedded Swift does not give one back that an error left
    // unfinished.
    private init(_ file: ModelFile, path: String) {
        self.file = file
        self.path = path
    }

    /// Maps and checks the model at `path`. The file must not be changed or cut while the model is in use; replace it by
    /// renaming another one over it.
    /// - Throws: `EdgeError` of kind `system` when it cannot be read, of kind `data` when it is no sound model.
    public convenience init(path: String) throws(EdgeError) {
        let mapping: MappedFile
        do throws(SystemError) {
            mapping = try MappedFile(path: path)
        } catch {
            throw EdgeError(.system, at: path, error.sentence)
        }
        self.init(try ModelFile(mapping.bytes, place: path, keeping: mapping), path: path)
    }

    /// Checks a model that is already in memory, and keeps a copy.
    /// - Parameter place: said in errors.
    /// - Throws: `EdgeError` of kind `data` when it is no sound model.
    public convenience init(bytes: [UInt8], place: String) throws(EdgeError) {
        let owned = OwnedBytes(bytes)
        let file = try ModelFile(UnsafeRawBufferPointer(owned.bytes), place: place, keeping: owned)
        self.init(file, path: place)
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
