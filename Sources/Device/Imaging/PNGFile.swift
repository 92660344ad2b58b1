internal import CPNG
internal import EdgeFormat

/// PNG files through libpng: 1 to 16 bits, palettes, interlaced or not; what is transparent lies on white. Written
/// in 8 bits, grey or RGB.
enum PNGFile {
    static func recognizes(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return false }
        return cpng_recognizes(start, bytes.count) != 0
    }

    /// The picture in the file's own channels. Damaged and shortened files are errors, never half a picture.
    static func decode(_ bytes: UnsafeRawBufferPointer, place: String) throws(EdgeError) -> Picture {
        guard let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
            throw EdgeError(.data, at: place, "is empty")
        }
        var width: UInt32 = 0
        var height: UInt32 = 0
        var channels: Int32 = 0
        try Self.call(place, "damaged PNG") {
            cpng_read_header(start, bytes.count, &width, &height, &channels, $0)
        }
        try PictureLimits.check(width: Int(width), height: Int(height), place: place)
        var picture = [UInt8](repeating: 0, count: Int(width) * Int(height) * Int(channels))
        try picture.withUnsafeMutableBufferPointer { (buffer) throws(EdgeError) in
            guard let target = buffer.baseAddress else { return }
            let room = buffer.count
            try Self.call(place, "damaged PNG") { cpng_decode(start, bytes.count, target, room, $0) }
        }
        return Picture(checkedWidth: Int(width), height: Int(height), channels: Int(channels), bytes: picture)
    }

    /// The file of a picture.
    static func encode(_ picture: Picture) throws(EdgeError) -> [UInt8] {
        var encoded: UnsafeMutablePointer<UInt8>?
        var count = 0
        defer { cpng_free(encoded) }
        try picture.bytes.withUnsafeBufferPointer { (pixels) throws(EdgeError) in
            guard let start = pixels.baseAddress else { return }
            try Self.call("PNG", "cannot be written") {
                cpng_encode(
                    start, UInt32(picture.width), UInt32(picture.height), Int32(picture.channels), &encoded, &count, $0)
            }
        }
        return [UInt8](UnsafeBufferPointer(start: encoded, count: count))
    }

    /// Runs a function of the shim and turns what it says into an error: what is wrong, then libpng's words.
    private static func call(
        _ place: String, _ trouble: StaticString, _ body: (UnsafeMutablePointer<CChar>) -> Int32
    ) throws(EdgeError) {
        var message = [CChar](repeating: 0, count: Int(CPNG_MESSAGE_BYTES))
        var status: Int32 = 0
        let words = message.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return "" }
            status = body(start)
            return String(cString: start)
        }
        switch Int(status) {
        case Int(CPNG_OK): return
        case Int(CPNG_ENDS_EARLY): throw EdgeError(.data, at: place, "ends early: the PNG data are cut short")
        default: throw EdgeError(.data, at: place, "\(trouble): \(words)")
        }
    }
}
