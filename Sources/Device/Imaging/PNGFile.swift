internal import CPNG
internal import EdgeFormat

/// PNG files through libpng: 1 to 16 bits, palettes, interlaced or not; what is transparent lies on white.
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
        try Self.call(place) { cpng_read_header(start, bytes.count, &width, &height, &channels, $0) }
        try PictureLimits.check(width: Int(width), height: Int(height), place: place)
        var picture = [UInt8](repeating: 0, count: Int(width) * Int(height) * Int(channels))
        try picture.withUnsafeMutableBufferPointer { (buffer) throws(EdgeError) in
            guard let target = buffer.baseAddress else { return }
            let room = buffer.count
            try Self.call(place) { cpng_decode(start, bytes.count, target, room, $0) }
        }
        return Picture(checkedWidth: Int(width), height: Int(height), channels: Int(channels), bytes: picture)
    }

    /// Runs a function of the shim and turns what it says into an error.
    private static func call(
        _ place: String, _ body: (UnsafeMutablePointer<CChar>) -> Int32
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
        default: throw EdgeError(.data, at: place, "damaged PNG: \(words)")
        }
    }
}
