/// What section `meta` says of a file: texts by key. It also holds every name that other sections refer to.
public struct Meta: Equatable, Sendable {
    /// The numbers stand in the file.
    public enum Key: UInt32, CaseIterable, Sendable {
        /// The model's name.
        case name = 1
        /// Program and version that wrote the file.
        case producer = 2
        /// XXH3-64 of the source model's bytes, in hexadecimal.
        case source = 3
        /// Licence of the model, where the source names one.
        case licence = 4
        /// The quantization recipe as the flags that repeat it.
        case recipe = 5

        public var name: StaticString {
            switch self {
            case .name: "name"
            case .producer: "producer"
            case .source: "source"
            case .licence: "licence"
            case .recipe: "recipe"
            }
        }
    }

    public var entries: [(key: Key, text: String)] = []

    public init() {}

    public subscript(key: Key) -> String? {
        get {
            for entry in entries where entry.key == key { return entry.text }
            return nil
        }
        set {
            entries.removeAll { $0.key == key }
            if let newValue { entries.append((key, newValue)) }
        }
    }

    public static func == (a: Meta, b: Meta) -> Bool {
        a.entries.count == b.entries.count
            && zip(a.entries, b.entries).allSatisfy { $0.key == $1.key && $0.text.utf8.elementsEqual($1.text.utf8) }
    }

    static let recordSize = 16

    /// Reads the entries; `texts` are the bytes after the records, which every text offset in the file counts from.
    static func read(_ section: ByteReader) throws(EdgeError) -> (meta: Meta, texts: ByteReader) {
        let records = try RecordReader(section, known: recordSize, limit: 256)
        let pool = UnsafeRawBufferPointer(rebasing: section.bytes[records.end...])
        let texts = ByteReader(pool, place: section.place)
        var meta = Meta()
        for index in 0..<records.count {
            let record = records.record(index)
            guard let key = Key(rawValue: try record.load(UInt32.self, at: 0)) else { continue }
            let text = try texts.text(
                at: record.load(UInt32.self, at: 4), size: record.load(UInt32.self, at: 8), limit: 65_536)
            meta.entries.append((key, text))
        }
        return (meta, texts)
    }

    /// The section's bytes, once every other section has added its texts.
    func section(_ texts: TextPool) -> [UInt8] {
        var texts = texts
        var out = ByteWriter()
        out.appendRecordHead(size: Self.recordSize, count: entries.count)
        for entry in entries {
            let text = texts.add(entry.text)
            out.append(entry.key.rawValue)
            out.append(text.offset)
            out.append(text.size)
            out.append(UInt32(0))
        }
        out.append(texts.bytes)
        return out.bytes
    }
}
