internal import CJPEG
internal import EdgeFormat

/// JPEG files through libjpeg, with settings that fix every pixel (docs/imaging.md).
enum JPEGFile {
    static func recognizes(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= 2 && bytes[0] == 0xFF && bytes[1] == 0xD8
    }

    /// Grey (libjpeg's own luma) or RGB. Damaged and shortened files are errors, never half a picture.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, color: InputColor, place: String
    ) throws(EdgeError) -> Picture {
        guard let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
            throw EdgeError(.data, at: place, "is empty")
        }
        var width: UInt32 = 0
        var height: UInt32 = 0
        try Self.call(place) { cjpeg_read_header(start, bytes.count, &width, &height, $0) }
        try PictureLimits.check(width: Int(width), height: Int(height), place: place)
        let channels = color.channels
        let pixels = Int(width) * Int(height)
        // Ordinary progressive files have about ten scans. Large pictures may have fewer than small ones.
        let scans = Int32(truncatingIfNeeded: max(16, min(100, 400_000_000 / pixels)))
        var picture = [UInt8](repeating: 0, count: pixels * channels)
        try picture.withUnsafeMutableBufferPointer { (buffer) throws(EdgeError) in
            guard let target = buffer.baseAddress else { return }
            try Self.call(place) {
                cjpeg_decode(start, bytes.count, Int32(channels), scans, target, width, height, $0)
            }
        }
        return Picture(checkedWidth: Int(width), height: Int(height), channels: channels, bytes: picture)
    }

    /// A baseline file, 4:2:0.
    static func encode(_ picture: Picture, quality: Int) throws(EdgeError) -> [UInt8] {
        var encoded: UnsafeMutablePointer<UInt8>?
        var count = 0
        defer { cjpeg_free(encoded) }
        try picture.bytes.withUnsafeBufferPointer { (pixels) throws(EdgeError) in
            guard let start = pixels.baseAddress else { return }
            try Self.call("JPEG") {
                cjpeg_encode(
                    start, UInt32(picture.width), UInt32(picture.height), Int32(picture.channels),
                    Int32(max(1, min(100, quality))), &encoded, &count, $0)
            }
        }
        return [UInt8](UnsafeBufferPointer(start: encoded, count: count))
    }

    /// Runs a function of the shim and turns what it says into an error.
    private static func call(
        _ place: String, _ body: (UnsafeMutablePointer<CChar>) -> Int32
    ) throws(EdgeError) {
        var message = [CChar](repeating: 0, count: Int(CJPEG_MESSAGE_BYTES))
        var status: Int32 = 0
        let words = message.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return "" }
            status = body(start)
            return String(cString: start)
        }
        switch Int(status) {
        case Int(CJPEG_OK): return
        case Int(CJPEG_ENDS_EARLY): throw EdgeError(.data, at: place, "ends early: the JPEG data are cut short")
        case Int(CJPEG_COLORS):
            throw EdgeError(.data, at: place, "JPEG with colours that are not read (CMYK); convert it to RGB or grey")
        case Int(CJPEG_SCANS): throw EdgeError(.data, at: place, "JPEG with too many progressive scans")
        default: throw EdgeError(.data, at: place, "damaged or unsupported JPEG: \(words)")
        }
    }
}
