internal import CSystem

/// A file's bytes, mapped read-only; pages come from the disk as they are touched.
public final class MappedFile: @unchecked Sendable {  // never written after its making
    private let mapping: UnsafeMutableRawBufferPointer

    // Only called when nothing can fail any more: Embedded Swift does not give an object back that an error left unfinished.
    private init(_ mapping: UnsafeMutableRawBufferPointer) { self.mapping = mapping }

    /// Maps the regular file at `path`; a directory, device or pipe cannot be mapped.
    public convenience init(path: String) throws(SystemError) {
        let file = try Descriptor.open(path, .read)
        let (kind, size) = try file.status()
        switch kind {
        case .regular: break
        case .directory: throw SystemError(.map, ErrorNumber.isADirectory, path)
        case .characterDevice, .other: throw SystemError(.map, ErrorNumber.noSuchDevice, path)
        }
        if size == 0 {
            self.init(UnsafeMutableRawBufferPointer(start: nil, count: 0))
        } else {
            self.init(try map(file.number, length: size, offset: 0, writable: false, path))
        }
    }

    deinit { Descriptor.unmap(mapping) }

    /// The whole file; valid as long as this object lives.
    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(mapping) }
}
