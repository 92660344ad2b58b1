public import EdgeFormat

/// Picture files of all formats that are read: JPEG, PNG, PGM, PPM, and raw camera frames.
public enum PictureFile {
    /// The picture of a file's bytes, grey for `.grey` and RGB otherwise (also for `.bgr`).
    ///
    /// The format is told by the first bytes; bytes of no known format are a raw frame if `place`, the file's name, says so
    /// (`RawFrameName`). A header's size is checked before memory is taken for its pixels. Errors are `.data` at `place`.
    public static func decode(
        _ bytes: UnsafeRawBufferPointer, color: InputColor, place: String
    ) throws(EdgeError) -> Picture {
        guard bytes.count > 0 else { throw EdgeError(.data, at: place, "is empty") }
        if let name = RawFrameName(place) {
            return try Frame.picture(
                from: bytes, format: name.format, width: name.width, height: name.height, stride: name.stride,
                color: color, place: place)
        }
        if JPEGFile.recognizes(bytes) { return try JPEGFile.decode(bytes, color: color, place: place) }
        if PNGFile.recognizes(bytes) { return try PNGFile.decode(bytes, place: place).converted(to: color) }
        if NetpbmFile.recognizes(bytes) { return try NetpbmFile.decode(bytes, place: place).converted(to: color) }
        throw EdgeError(.data, at: place, "is no JPEG, PNG, PGM (P5) or PPM (P6) file")
    }

    /// The same of bytes in an array.
    public static func decode(_ bytes: [UInt8], color: InputColor, place: String) throws(EdgeError) -> Picture {
        try bytes.withUnsafeBufferPointer { (buffer) throws(EdgeError) in
            try decode(UnsafeRawBufferPointer(buffer), color: color, place: place)
        }
    }

    /// A baseline JPEG file (4:2:0) of the picture, at a quality of 1 to 100.
    public static func encodeJPEG(_ picture: Picture, quality: Int) throws(EdgeError) -> [UInt8] {
        try JPEGFile.encode(picture, quality: quality)
    }

    /// A PNG file of the picture. Its bytes depend on zlib's version, its pixels on nothing.
    /// - Throws: `.data` when there is no memory for it.
    public static func encodePNG(_ picture: Picture) throws(EdgeError) -> [UInt8] { try PNGFile.encode(picture) }

    /// A PGM (grey) or PPM file of the picture.
    public static func encodeNetpbm(_ picture: Picture) -> [UInt8] { NetpbmFile.encode(picture) }
}
