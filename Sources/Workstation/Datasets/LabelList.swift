internal import EdgeFormat
internal import Platform

/// A list of `file index` lines; `#` lines, empty lines and further columns are allowed.
struct LabelList: Sendable {
    struct Entry: Equatable, Sendable {
        let name: String
        let label: Int
        let line: Int
    }

    let entries: [Entry]
    let path: String

    /// No set has more classes than this.
    private static let mostClasses = 1 << 20

    init(path: String) throws(EdgeError) {
        let bytes = try reportingSystem { () throws(SystemError) in try Files.read(path, limit: 1 << 28) }
        try self.init(bytes, path: path)
    }

    init(_ bytes: [UInt8], path: String) throws(EdgeError) {
        var entries: [Entry] = []
        for (number, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
        {
            let columns = line.split { $0 == 32 || $0 == 9 || $0 == 13 }
            guard let first = columns.first, first.first != UInt8(ascii: "#") else { continue }
            guard columns.count >= 2, let label = Int(String(decoding: columns[1], as: UTF8.self)),
                (0..<Self.mostClasses).contains(label)
            else {
                throw EdgeError(.data, at: path, "line \(number + 1): 'file index' is needed, the index from 0 on")
            }
            entries.append(Entry(name: String(decoding: first, as: UTF8.self), label: label, line: number + 1))
        }
        guard !entries.isEmpty else { throw EdgeError(.data, at: path, "lists no pictures") }
        self.entries = entries
        self.path = path
    }
}
