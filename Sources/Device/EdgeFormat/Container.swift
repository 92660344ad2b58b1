/// The outer form of every `.edge` file: a header of 64 bytes, a section table, sections at multiples of 64 bytes
/// (docs/edge-format.md). Reading checks everything that the table says; what is inside a section is its reader's business.
public struct Container: @unchecked Sendable {  // its bytes are only ever read
    public static let magic: [UInt8] = [0x45, 0x44, 0x47, 0x45]  // "EDGE"
    public static let major: UInt16 = 1
    public static let minor: UInt16 = 2
    /// What a part that this reader does not know asks for.
    static var needsNewer: String {
        "which needs a newer Swiftlet: this one knows format \(major).\(minor)"
    }
    static let headerSize = 64
    static let entrySize = 32
    static let sectionLimit = 64

    /// What a file is.
    public enum Kind: UInt16, Sendable {
        case model = 1
        /// Labelled pictures with the answers that a model gave on the workstation.
        case pictureSet = 2
    }

    public enum SectionKind: UInt16, CaseIterable, Sendable {
        case meta = 1
        case tensors = 2
        case operations = 3
        case graphs = 4
        case weights = 5
        case scales = 6
        case tables = 7
        case packed = 8
        case input = 9
        case output = 10
        case golden = 11
        /// Since 1.1: how a graph that predicts noise is used.
        case steps = 12
        case pictures = 32
        case expected = 33
    }

    public struct Section: Sendable {
        public let kind: SectionKind
        /// Packed sections: the number of the kernel set.
        public let variant: UInt16
        public let offset: Int
        public let size: Int
        public let checksum: UInt64
    }

    public let bytes: UnsafeRawBufferPointer
    public let place: String
    /// The minor version that the file was written in; any is read.
    public let fileMinor: UInt16
    public let kind: Kind
    /// Whether every operation's result is the same bits everywhere (no float islands).
    public let isExact: Bool
    /// The header's checksum; it covers the section table and with it every section's checksum.
    public let checksum: UInt64
    public let sections: [Section]

    /// Reads and checks header and section table, and the checksum of every section but the packed ones.
    public init(_ bytes: UnsafeRawBufferPointer, place: String) throws(EdgeError) {
        let reader = ByteReader(bytes, place: place)
        try Self.checkHeader(reader)
        self.bytes = bytes
        self.place = place
        checksum = try reader.load(UInt64.self, at: 24)
        fileMinor = try reader.load(UInt16.self, at: 6)
        guard let kind = Kind(rawValue: try reader.load(UInt16.self, at: 20)) else {
            throw EdgeError(.data, at: place, "is neither a model nor a picture set; it needs a newer Swiftlet")
        }
        self.kind = kind
        isExact = try reader.load(UInt16.self, at: 22) & 1 == 1
        sections = try Self.readTable(reader)
        for section in sections where section.kind != .packed { try check(section) }
    }

    private static func checkHeader(_ reader: ByteReader) throws(EdgeError) {
        let place = reader.place
        guard UInt16(1).littleEndian == 1 else {
            throw EdgeError(.system, at: place, ".edge files need a little-endian processor")
        }
        guard !reader.bytes.isEmpty else { throw EdgeError(.data, at: place, "is empty; expected an .edge file") }
        guard reader.bytes.starts(with: magic) else { throw EdgeError(.data, at: place, "is not an .edge file") }
        guard reader.bytes.count >= headerSize else { throw EdgeError(.data, at: place, "ends inside its header") }
        let major = try reader.load(UInt16.self, at: 4)
        let minor = try reader.load(UInt16.self, at: 6)
        guard major == Self.major else {
            throw EdgeError(
                .data, at: place,
                "has format \(major).\(minor); this program reads format \(Self.major).\(Self.minor): use a "
                    + (major > Self.major ? "newer Swiftlet" : "Swiftlet of that format"))
        }
        let size = try reader.load(UInt64.self, at: 8)
        guard size == UInt64(reader.bytes.count) else {
            throw EdgeError(
                .data, at: place, "is \(reader.bytes.count) bytes long, its header says \(size); copy the file again")
        }
    }

    private static func readTable(_ reader: ByteReader) throws(EdgeError) -> [Section] {
        let count = Int(try reader.load(UInt32.self, at: 16))
        guard count <= sectionLimit else {
            throw EdgeError(.data, at: reader.place, "has \(count) sections; at most 64 can be")
        }
        let tableEnd = headerSize + count * entrySize
        var head = Array(try reader.slice(at: 0, size: UInt64(tableEnd)))
        for index in 24..<32 { head[index] = 0 }
        guard xxh3(head) == (try reader.load(UInt64.self, at: 24)) else {
            throw EdgeError(.data, at: reader.place, "header: checksum does not match; the file is damaged")
        }
        var sections: [Section] = []
        var end = tableEnd
        for index in 0..<count {
            let (extent, section) = try readEntry(reader, index)
            try checkGap(reader, end, extent.lowerBound)
            end = extent.upperBound
            if let section { sections.append(section) }
        }
        try checkGap(reader, end, reader.bytes.count)
        return sections
    }

    /// One entry of the table: the bytes it covers, and the section unless it is an optional one of a kind that this
    /// reader does not know.
    private static func readEntry(_ reader: ByteReader, _ index: Int) throws(EdgeError) -> (Range<Int>, Section?) {
        let start = headerSize + index * entrySize
        let number = try reader.load(UInt16.self, at: start)
        let isRequired = try reader.load(UInt32.self, at: start + 4) & 1 == 1
        let offset = try reader.load(UInt64.self, at: start + 8)
        let size = try reader.load(UInt64.self, at: start + 16)
        _ = try reader.slice(at: offset, size: size)
        let extent = Int(offset)..<Int(offset + size)
        guard let kind = SectionKind(rawValue: number) else {
            guard !isRequired else {
                let minor = try reader.load(UInt16.self, at: 6)
                throw EdgeError(
                    .data, at: reader.place,
                    "needs section kind \(number) of format \(major).\(minor); this program reads \(major).\(Self.minor): use a newer Swiftlet"
                )
            }
            return (extent, nil)
        }
        let alignment: UInt64 = kind == .packed ? 16_384 : 64
        guard offset % alignment == 0 else {
            throw EdgeError(.data, at: reader.place, "section \(kind.name) is not aligned to \(alignment) bytes")
        }
        let section = Section(
            kind: kind, variant: try reader.load(UInt16.self, at: start + 2), offset: Int(offset), size: Int(size),
            checksum: try reader.load(UInt64.self, at: start + 24))
        return (extent, section)
    }

    /// Sections stand in ascending order; only zeros lie between them.
    private static func checkGap(_ reader: ByteReader, _ from: Int, _ to: Int) throws(EdgeError) {
        guard to >= from else { throw EdgeError(.data, at: reader.place, "has sections that overlap") }
        for offset in from..<to where reader.bytes[offset] != 0 {
            throw EdgeError(
                .data, at: reader.place, "byte \(offset) between two sections is not zero; the file is damaged")
        }
    }

    /// Compares a section's bytes with the checksum that the table holds.
    public func check(_ section: Section) throws(EdgeError) {
        guard xxh3(contents(of: section)) == section.checksum else {
            throw EdgeError(
                .data, at: place, "section \(section.kind.name): checksum does not match; the file is damaged")
        }
    }

    public func contents(of section: Section) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[section.offset..<section.offset + section.size])
    }

    /// The section of a kind that appears at most once; empty bytes where there is none.
    public func reader(_ kind: SectionKind) throws(EdgeError) -> ByteReader {
        var found: Section?
        for section in sections where section.kind == kind {
            guard found == nil else { throw EdgeError(.data, at: place, "has two sections \(kind.name)") }
            found = section
        }
        let bytes = found.map { contents(of: $0) } ?? UnsafeRawBufferPointer(start: nil, count: 0)
        return ByteReader(bytes, place: place + ": section \(kind.name)")
    }
}

extension Container.SectionKind {
    /// The name in docs and messages.
    public var name: StaticString {
        switch self {
        case .meta: "meta"
        case .tensors: "tensors"
        case .operations: "operations"
        case .graphs: "graphs"
        case .weights: "weights"
        case .scales: "scales"
        case .tables: "tables"
        case .packed: "packed"
        case .input: "input"
        case .output: "output"
        case .golden: "golden"
        case .steps: "steps"
        case .pictures: "pictures"
        case .expected: "expected"
        }
    }
}
