/// Labelled pictures with what a model made of them on the workstation: encoded as they came, so that decoding and
/// resizing are tested on the board too. A file of its own (container kind `pictureSet`), written by `quantize pack`.
public struct PictureSet {
    /// One picture and what the workstation computed from it.
    public struct Entry: Sendable {
        /// The file's name or number in its source.
        public var name: String
        /// The right class, or nil.
        public var label: Int?
        /// XXH3-64 of the model's logical input.
        public var inputDigest: UInt64
        /// XXH3-64 of the model's logical outputs.
        public var outputDigest: UInt64
        /// The class that the model answered.
        public var answer: Int

        public init(name: String, label: Int?, inputDigest: UInt64, outputDigest: UInt64, answer: Int) {
            self.name = name
            self.label = label
            self.inputDigest = inputDigest
            self.outputDigest = outputDigest
            self.answer = answer
        }
    }

    /// What the workstation found over all pictures.
    public struct Expected: Equatable, Sendable {
        /// `Container.checksum` of the model.
        public var model: UInt64
        public var right: Int
        /// Pictures with a label.
        public var labelled: Int

        public init(model: UInt64, right: Int, labelled: Int) {
            self.model = model
            self.right = right
            self.labelled = labelled
        }
    }

    public let container: Container
    public let expected: Expected
    private let records: RecordReader
    private let texts: ByteReader

    static let recordSize = 64
    static let limit = 1 << 20

    public init(_ bytes: UnsafeRawBufferPointer, place: String) throws(EdgeError) {
        container = try Container(bytes, place: place)
        guard container.kind == .pictureSet else {
            throw EdgeError(.data, at: place, "is a model, not a picture set; `quantize pack` makes one")
        }
        (_, texts) = try Meta.read(container.reader(.meta))
        records = try RecordReader(try container.reader(.pictures), known: Self.recordSize, limit: Self.limit)
        let section = try container.reader(.expected)
        expected = Expected(
            model: try section.load(UInt64.self, at: 0), right: Int(try section.load(UInt32.self, at: 8)),
            labelled: Int(try section.load(UInt32.self, at: 12)))
    }

    public var count: Int { records.count }

    /// Picture `index`, 0 ..< count: what is known of it, and its encoded bytes.
    public func picture(_ index: Int) throws(EdgeError) -> (entry: Entry, bytes: UnsafeRawBufferPointer) {
        let record = records.record(index)
        let bytes = try records.section.slice(
            at: record.load(UInt64.self, at: 0), size: record.load(UInt64.self, at: 8))
        let label = Int(try record.load(Int32.self, at: 24))
        let entry = Entry(
            name: try texts.text(at: record.load(UInt32.self, at: 16), size: record.load(UInt32.self, at: 20)),
            label: label < 0 ? nil : label,
            inputDigest: try record.load(UInt64.self, at: 32), outputDigest: try record.load(UInt64.self, at: 40),
            answer: Int(try record.load(Int32.self, at: 28)))
        return (entry, bytes)
    }

    /// The file's bytes.
    public static func file(
        _ pictures: [(entry: Entry, bytes: [UInt8])], expected: Expected, meta: Meta
    ) -> [UInt8] {
        var texts = TextPool()
        var out = ByteWriter()
        var offset = RecordReader.headSize + pictures.count * recordSize
        out.appendRecordHead(size: recordSize, count: pictures.count)
        for (entry, bytes) in pictures {
            let text = texts.append(entry.name)
            out.append(UInt64(offset))
            out.append(UInt64(bytes.count))
            out.append(text.offset)
            out.append(text.size)
            out.append(Int32(entry.label ?? -1))
            out.append(Int32(entry.answer))
            out.append(entry.inputDigest)
            out.append(entry.outputDigest)
            out.append(UInt64(0))
            out.append(UInt64(0))
            offset += bytes.count
        }
        for (_, bytes) in pictures { out.append(bytes) }
        var result = ByteWriter()
        result.append(expected.model)
        result.append(UInt32(expected.right))
        result.append(UInt32(expected.labelled))
        var writer = ContainerWriter(.pictureSet)
        writer.add(.meta, meta.section(texts))
        writer.add(.expected, result.bytes)
        writer.add(.pictures, out.bytes)
        return writer.file()
    }
}
