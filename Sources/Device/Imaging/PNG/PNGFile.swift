internal import EdgeFormat

/// PNG files (ISO/IEC 15948): 1 to 16 bits, palettes, interlaced or not; what is transparent lies on white.
///
/// A reader of our own over zlib's inflate, because libpng is a fifth of a board's program (283 KB).
enum PNGFile {
    static func recognizes(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let signature: StaticString = "PNG\r\n\u{1A}\n"
        guard bytes.count >= 8, bytes[0] == 0x89 else { return false }
        for index in 0..<7 where bytes[1 + index] != signature.utf8Start[index] { return false }
        return true
    }

    /// The picture in the file's own channels. Every chunk's checksum is checked; damage is an error.
    static func decode(_ bytes: UnsafeRawBufferPointer, place: String) throws(EdgeError) -> Picture {
        let chunks = try PNGChunks(bytes, place: place)
        let header = chunks.header
        let format = try PNGPixelFormat(chunks, place: place)
        let source = try InflatedData(chunks.data, format: .zlib, place: place)
        var pixels = [UInt8](repeating: 0, count: header.width * header.height * format.channels)
        let rowBytes = header.rowBytes(header.width)
        // The row above and this one, each after its filter byte.
        var above = [UInt8](repeating: 0, count: rowBytes + 1)
        var row = above
        for pass in header.passes where pass.startX < header.width {
            let columns = (header.width - pass.startX + pass.stepX - 1) / pass.stepX
            let count = header.rowBytes(columns)
            for index in above.indices { above[index] = 0 }
            for y in stride(from: pass.startY, to: header.height, by: pass.stepY) {
                guard try read(source, count + 1, into: &row) == count + 1 else {
                    throw EdgeError(.data, at: place, "damaged PNG: too few pixels")
                }
                try PNGFilter.undo(&row, above: above, count: count, distance: header.filterDistance, place: place)
                let first = (y * header.width + pass.startX) * format.channels
                try format.expand(row, columns: columns, into: &pixels, at: first, step: pass.stepX)
                swap(&row, &above)
            }
        }
        guard try read(source, 1, into: &row) == 0 else {
            throw EdgeError(.data, at: place, "damaged PNG: too many pixels")
        }
        return Picture(
            checkedWidth: header.width, height: header.height, channels: format.channels, bytes: pixels)
    }

    private static func read(
        _ source: InflatedData, _ count: Int, into row: inout [UInt8]
    ) throws(EdgeError) -> Int {
        try row.withUnsafeMutableBufferPointer { (buffer) throws(EdgeError) in
            try source.read(into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
        }
    }
}

/// The header of a PNG file.
struct PNGHeader {
    /// What a sample of a pixel means: PNG's colour types.
    enum ColorType: UInt8 {
        case grey = 0
        case rgb = 2
        case palette = 3
        case greyAlpha = 4
        case rgbAlpha = 6

        var samples: Int {
            switch self {
            case .grey, .palette: 1
            case .greyAlpha: 2
            case .rgb: 3
            case .rgbAlpha: 4
            }
        }
    }

    /// A part of the picture that is stored by itself: every `stepX`th column of every `stepY`th row.
    struct Pass {
        let startX: Int
        let startY: Int
        let stepX: Int
        let stepY: Int
    }

    let width: Int
    let height: Int
    /// Bits a sample: 1, 2, 4, 8 or 16.
    let depth: Int
    let colorType: ColorType
    private let isInterlaced: Bool

    /// Reads the content of the IHDR chunk; the size is checked here, before anything of that size exists.
    init(_ content: UnsafeRawBufferPointer, place: String) throws(EdgeError) {
        guard content.count == 13, let colorType = ColorType(rawValue: content[9]) else {
            throw EdgeError(.data, at: place, "damaged PNG: bad header")
        }
        (width, height) = (content.word(at: 0), content.word(at: 4))
        try PictureLimits.check(width: width, height: height, place: place)
        depth = Int(content[8])
        let allowed =
            switch colorType {
            case .grey: depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16
            case .palette: depth == 1 || depth == 2 || depth == 4 || depth == 8
            case .rgb, .greyAlpha, .rgbAlpha: depth == 8 || depth == 16
            }
        guard allowed, content[10] == 0, content[11] == 0, content[12] <= 1 else {
            throw EdgeError(.data, at: place, "damaged PNG: bad header")
        }
        self.colorType = colorType
        isInterlaced = content[12] == 1
    }

    /// Bytes of a row of `columns` pixels without its filter byte.
    func rowBytes(_ columns: Int) -> Int { (columns * colorType.samples * depth + 7) / 8 }

    /// How far back in bytes the pixel to the left lies.
    var filterDistance: Int { max(1, colorType.samples * depth / 8) }

    /// The whole picture, or the seven passes of Adam7.
    var passes: [Pass] {
        guard isInterlaced else { return [Pass(startX: 0, startY: 0, stepX: 1, stepY: 1)] }
        return [
            Pass(startX: 0, startY: 0, stepX: 8, stepY: 8), Pass(startX: 4, startY: 0, stepX: 8, stepY: 8),
            Pass(startX: 0, startY: 4, stepX: 4, stepY: 8), Pass(startX: 2, startY: 0, stepX: 4, stepY: 4),
            Pass(startX: 0, startY: 2, stepX: 2, stepY: 4), Pass(startX: 1, startY: 0, stepX: 2, stepY: 2),
            Pass(startX: 0, startY: 1, stepX: 1, stepY: 2),
        ]
    }
}

extension UnsafeRawBufferPointer {
    /// The big-endian 32-bit number at `offset`.
    func word(at offset: Int) -> Int {
        Int(self[offset]) << 24 | Int(self[offset + 1]) << 16 | Int(self[offset + 2]) << 8 | Int(self[offset + 3])
    }
}
