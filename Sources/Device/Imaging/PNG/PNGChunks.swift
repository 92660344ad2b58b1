internal import CZlib
internal import EdgeFormat

/// The chunks of a PNG file that make pixels. Others are checked and passed over.
struct PNGChunks {
    let header: PNGHeader
    /// Red, green and blue of each entry.
    private(set) var palette = UnsafeRawBufferPointer(start: nil, count: 0)
    private(set) var transparency = UnsafeRawBufferPointer(start: nil, count: 0)
    /// The pieces of the compressed data, in order.
    private(set) var data: [UnsafeRawBufferPointer] = []

    /// The first letters of chunk names as a big-endian word.
    private enum Name {
        static let header = 0x4948_4452  // IHDR
        static let palette = 0x504C_5445  // PLTE
        static let transparency = 0x7452_4E53  // tRNS
        static let data = 0x4944_4154  // IDAT
        static let end = 0x4945_4E44  // IEND
    }

    /// `bytes` must outlive this value.
    init(_ bytes: UnsafeRawBufferPointer, place: String) throws(EdgeError) {
        var reader = Reader(bytes: bytes, position: 8, place: place)
        let first = try reader.next()
        guard first.name == Name.header else { throw EdgeError(.data, at: place, "damaged PNG: no header") }
        header = try PNGHeader(first.content, place: place)
        while true {
            let chunk = try reader.next()
            switch chunk.name {
            case Name.palette: palette = chunk.content
            case Name.transparency: transparency = chunk.content
            case Name.data: data.append(chunk.content)
            case Name.end: return
            default:
                // A capital first letter says that the picture cannot be shown without the chunk.
                guard chunk.name & 0x2000_0000 != 0 else {
                    throw EdgeError(.data, at: place, "damaged PNG: unknown chunk")
                }
            }
        }
    }

    private struct Reader {
        let bytes: UnsafeRawBufferPointer
        var position: Int
        let place: String

        mutating func next() throws(EdgeError) -> (name: Int, content: UnsafeRawBufferPointer) {
            guard position + 12 <= bytes.count, bytes.count - position - 12 >= bytes.word(at: position) else {
                throw EdgeError(.data, at: place, "ends early: the PNG data are cut short")
            }
            let end = position + 8 + bytes.word(at: position)
            let named = UnsafeRawBufferPointer(rebasing: bytes[(position + 4)..<end])
            let sum = crc32(0, named.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(named.count))
            guard Int(sum) == bytes.word(at: end) else {
                throw EdgeError(.data, at: place, "damaged PNG: a chunk's checksum does not hold")
            }
            position = end + 4
            return (named.word(at: 0), UnsafeRawBufferPointer(rebasing: named[4...]))
        }
    }
}
