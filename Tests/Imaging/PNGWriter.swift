/// Writes PNG files of every kind for tests: rows are packed samples as the file holds them; nothing is compressed.
struct PNGWriter {
    var width: Int
    var height: Int
    var depth = 8
    /// 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha.
    var colorType: UInt8 = 0
    /// Chunks between header and data.
    var chunks: [(String, [UInt8])] = []
    /// One sample list a row; a sample is one number of `depth` bits.
    var samples: [[Int]]
    var interlaced = false

    func file() -> [UInt8] {
        var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        let header = word(width) + word(height) + [UInt8(depth), colorType, 0, 0, interlaced ? 1 : 0]
        file += Self.chunk("IHDR", header)
        for (name, content) in chunks { file += Self.chunk(name, content) }
        let data = stored(interlaced ? passes() : rows(samples))
        // In two chunks, as most writers split the data.
        file += Self.chunk("IDAT", Array(data[..<(data.count / 2)]))
        file += Self.chunk("IDAT", Array(data[(data.count / 2)...]))
        return file + Self.chunk("IEND", [])
    }

    static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let body = [UInt8](name.utf8) + content
        return word(content.count) + body + word(Int(crc(body)))
    }

    /// CRC-32 of a chunk's name and content.
    static func crc(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
        }
        return ~crc
    }

    private var channels: Int { [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colorType] ?? 1 }

    private func rows(_ samples: [[Int]]) -> [UInt8] {
        samples.filter { !$0.isEmpty }.flatMap { row in [0] + packed(row) }
    }

    private func packed(_ row: [Int]) -> [UInt8] {
        var bits: [Int] = []
        for sample in row { for bit in 0..<depth { bits.append((sample >> (depth - 1 - bit)) & 1) } }
        while bits.count % 8 != 0 { bits.append(0) }
        return stride(from: 0, to: bits.count, by: 8).map { start in
            UInt8(bits[start..<(start + 8)].reduce(0) { $0 << 1 | $1 })
        }
    }

    /// The seven sparse pictures of Adam7.
    private func passes() -> [UInt8] {
        let grid = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
        return grid.flatMap { startX, startY, stepX, stepY in
            rows(
                stride(from: startY, to: height, by: stepY).map { y in
                    stride(from: startX, to: width, by: stepX).flatMap { x in
                        Array(samples[y][(x * channels)..<((x + 1) * channels)])
                    }
                })
        }
    }

    /// zlib data of stored blocks.
    private func stored(_ bytes: [UInt8]) -> [UInt8] {
        var (first, second) = (1, 0)
        for byte in bytes {
            first = (first + Int(byte)) % 65521
            second = (second + first) % 65521
        }
        let length = [UInt8(bytes.count & 255), UInt8(bytes.count >> 8)]
        return [0x78, 0x01, 0x01] + length + length.map { ~$0 } + bytes + word(second << 16 | first)
    }

    private func word(_ value: Int) -> [UInt8] { Self.word(value) }

    private static func word(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
