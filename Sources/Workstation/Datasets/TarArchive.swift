internal import EdgeFormat
internal import Platform

/// A .tar file's table of contents; the members stay in the file.
///
/// Understands ustar, GNU's long names and pax's `path`. Directories and links are left out.
struct TarArchive: Sendable {
    struct Member: Equatable, Sendable {
        let name: String
        let offset: Int
        let size: Int
    }

    let members: [Member]
    private let file: MappedFile
    private let path: String

    init(path: String) throws(EdgeError) {
        let file = try reportingSystem { () throws(SystemError) in try MappedFile(path: path) }
        self.file = file
        self.path = path
        self.members = try Self.list(file.bytes, path: path)
    }

    func bytes(of member: Member) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: file.bytes[member.offset..<(member.offset + member.size)])
    }

    private static func list(_ bytes: UnsafeRawBufferPointer, path: String) throws(EdgeError) -> [Member] {
        guard bytes.count > 0 else { throw EdgeError(.data, at: path, "is empty") }
        var members: [Member] = []
        var position = 0
        var longName: String?
        while position + 512 <= bytes.count, bytes[position] != 0 {
            guard let header = TarHeader(bytes, at: position) else {
                throw EdgeError(
                    .data, at: path,
                    position == 0
                        ? "is no set of pictures: a folder or a .tar is needed"
                        : "damaged .tar: no header at byte \(position)")
            }
            let start = position + 512
            guard header.size <= bytes.count - start else {
                throw EdgeError(.data, at: path, "ends early: in member '\(longName ?? header.name)'")
            }
            let content = UnsafeRawBufferPointer(rebasing: bytes[start..<(start + header.size)])
            switch header.kind {
            case UInt8(ascii: "L"): longName = TarHeader.text(content)
            case UInt8(ascii: "x"): longName = paxPath(content) ?? longName
            case UInt8(ascii: "0"), 0:
                members.append(Member(name: plain(longName ?? header.name), offset: start, size: header.size))
                longName = nil
            default: longName = nil
            }
            position = start + (header.size + 511) / 512 * 512
        }
        // A whole archive ends with a block of zeros.
        guard position + 512 <= bytes.count else {
            throw EdgeError(.data, at: path, "ends early: no end mark after \(members.count) members")
        }
        return members
    }

    /// The name without the "./" that tar puts before it.
    private static func plain(_ name: String) -> String { name.hasPrefix("./") ? String(name.dropFirst(2)) : name }

    /// The `path` record of a pax header: lines of "length key=value".
    private static func paxPath(_ content: UnsafeRawBufferPointer) -> String? {
        for line in String(decoding: content, as: UTF8.self).split(separator: "\n") {
            guard let blank = line.firstIndex(of: " ") else { continue }
            let record = line[line.index(after: blank)...]
            if record.hasPrefix("path=") { return String(record.dropFirst(5)) }
        }
        return nil
    }
}

/// The 512 bytes before a member.
private struct TarHeader {
    let name: String
    let size: Int
    let kind: UInt8

    /// Nil unless the checksum holds.
    init?(_ bytes: UnsafeRawBufferPointer, at position: Int) {
        let header = UnsafeRawBufferPointer(rebasing: bytes[position..<(position + 512)])
        guard let stored = Self.octal(header[148..<156]), let size = Self.octal(header[124..<136]) else { return nil }
        // The checksum field itself counts as blanks.
        let sum = header.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
        guard sum == stored else { return nil }
        let name = Self.text(UnsafeRawBufferPointer(rebasing: header[0..<100]))
        let prefix = Self.text(UnsafeRawBufferPointer(rebasing: header[345..<500]))
        let isPOSIX = header[257..<263].elementsEqual("ustar\0".utf8)
        self.name = isPOSIX && !prefix.isEmpty ? prefix + "/" + name : name
        self.size = size
        self.kind = header[156]
    }

    /// The text before the first zero byte.
    static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func octal(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
        var value = 0
        var digits = 0
        for byte in bytes where byte != 32 && byte != 0 {
            guard byte >= 48, byte <= 55 else { return nil }
            value = value * 8 + Int(byte - 48)
            digits += 1
        }
        return digits == 0 ? nil : value
    }
}
