internal import EdgeFormat

/// PGM (P5) and PPM (P6) files: a short text header, then packed rows of 8-bit pixels.
enum NetpbmFile {
    /// Whether the file starts as P5 or P6 do.
    static func recognizes(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= 2 && bytes[0] == UInt8(ascii: "P")
            && (bytes[1] == UInt8(ascii: "5") || bytes[1] == UInt8(ascii: "6"))
    }

    /// The picture in the file's own channels. What follows the pixels is not read.
    static func decode(_ bytes: UnsafeRawBufferPointer, place: String) throws(EdgeError) -> Picture {
        var header = Header(bytes: bytes, position: 2, place: place)
        let width = try header.number()
        let height = try header.number()
        let maximum = try header.number()
        guard header.position < bytes.count, Header.isBlank(bytes[header.position]) else {
            throw EdgeError(.data, at: place, "broken PGM or PPM header")
        }
        try PictureLimits.check(width: width, height: height, place: place)
        guard maximum == 255 else {
            throw EdgeError(.data, at: place, "PGM or PPM with a maximum of \(maximum); only 255 is read")
        }
        let channels = bytes[1] == UInt8(ascii: "5") ? 1 : 3
        let size = width * height * channels
        let start = header.position + 1
        guard bytes.count - start >= size else {
            throw EdgeError(.data, at: place, "ends early: \(bytes.count - start) of \(size) bytes of pixels")
        }
        return Picture(
            checkedWidth: width, height: height, channels: channels, bytes: [UInt8](bytes[start..<(start + size)]))
    }

    /// The bytes of a file with this picture.
    static func encode(_ picture: Picture) -> [UInt8] {
        let header = "P\(picture.channels == 1 ? 5 : 6)\n\(picture.width) \(picture.height)\n255\n"
        return [UInt8](header.utf8) + picture.bytes
    }

    /// The header's numbers, with blanks and `#` comments between them.
    private struct Header {
        let bytes: UnsafeRawBufferPointer
        var position: Int
        let place: String

        static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || (byte >= 9 && byte <= 13) }

        mutating func number() throws(EdgeError) -> Int {
            skipBlanks()
            var value = 0
            let start = position
            while position < bytes.count, bytes[position] >= 48, bytes[position] <= 57, position - start < 9 {
                value = value * 10 + Int(bytes[position] - 48)
                position += 1
            }
            if position == bytes.count { throw EdgeError(.data, at: place, "ends early: in its header") }
            guard position > start else { throw EdgeError(.data, at: place, "broken PGM or PPM header") }
            return value
        }

        private mutating func skipBlanks() {
            var inComment = false
            while position < bytes.count {
                let byte = bytes[position]
                if inComment {
                    inComment = byte != 10 && byte != 13
                } else if byte == UInt8(ascii: "#") {
                    inComment = true
                } else if !Self.isBlank(byte) {
                    return
                }
                position += 1
            }
        }
    }
}
