/// Puts sections together into an `.edge` file: the inverse of `Container`.
public struct ContainerWriter: Sendable {
    private var sections: [(kind: Container.SectionKind, variant: UInt16, bytes: [UInt8])] = []
    let kind: Container.Kind
    let isExact: Bool

    public init(_ kind: Container.Kind, isExact: Bool = true) {
        self.kind = kind
        self.isExact = isExact
    }

    /// Appends a section. Packed and golden sections are optional for a reader, the others required.
    public mutating func add(_ kind: Container.SectionKind, variant: UInt16 = 0, _ bytes: [UInt8]) {
        sections.append((kind, variant, bytes))
    }

    /// The file's bytes; the same sections give the same bytes.
    public func file() -> [UInt8] {
        var out = ByteWriter()
        let offsets = placements()
        out.append(Container.magic)
        out.append(Container.major)
        out.append(Container.minor)
        out.append(UInt64(offsets.total))
        out.append(UInt32(sections.count))
        out.append(kind.rawValue)
        out.append(UInt16(isExact ? 1 : 0))
        out.append(UInt64(0))
        out.align(to: Container.headerSize)
        for (section, offset) in zip(sections, offsets.starts) {
            let isOptional = section.kind == .packed || section.kind == .golden
            out.append(section.kind.rawValue)
            out.append(section.variant)
            out.append(UInt32(isOptional ? 0 : 1))
            out.append(UInt64(offset))
            out.append(UInt64(section.bytes.count))
            out.append(xxh3(section.bytes))
        }
        out.replace(at: 24, with: xxh3(out.bytes))
        for (section, offset) in zip(sections, offsets.starts) {
            out.append([UInt8](repeating: 0, count: offset - out.count))
            out.append(section.bytes)
        }
        return out.bytes
    }

    private func placements() -> (starts: [Int], total: Int) {
        var end = Container.headerSize + sections.count * Container.entrySize
        var starts: [Int] = []
        for section in sections {
            let alignment = section.kind == .packed ? 16_384 : 64
            let start = (end + alignment - 1) / alignment * alignment
            starts.append(start)
            end = start + section.bytes.count
        }
        return (starts, end)
    }

    /// Recomputes every checksum of a file whose bytes were changed on purpose: for tests of the validation, which must hold
    /// without the checksums' help. Returns nil when the table itself does not fit the file.
    public static func mendingChecksums(_ file: [UInt8]) -> [UInt8]? {
        var out = file
        guard file.count >= Container.headerSize else { return nil }
        let count = load(file, 16, 4)
        let tableEnd = Container.headerSize + count * Container.entrySize
        guard count <= Container.sectionLimit, tableEnd <= file.count else { return nil }
        for index in 0..<count {
            let entry = Container.headerSize + index * Container.entrySize
            let offset = load(file, entry + 8, 8)
            let size = load(file, entry + 16, 8)
            guard offset >= 0, size >= 0, offset <= file.count, size <= file.count - offset else { return nil }
            store(xxh3(Array(file[offset..<offset + size])), &out, entry + 24)
        }
        store(0, &out, 24)
        store(xxh3(Array(out[0..<tableEnd])), &out, 24)
        return out
    }

    private static func load(_ bytes: [UInt8], _ at: Int, _ width: Int) -> Int {
        var value: UInt64 = 0
        for index in 0..<width { value |= UInt64(bytes[at + index]) << UInt64(8 * index) }
        return Int(truncatingIfNeeded: value)
    }

    private static func store(_ value: UInt64, _ bytes: inout [UInt8], _ at: Int) {
        for index in 0..<8 { bytes[at + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
    }
}
