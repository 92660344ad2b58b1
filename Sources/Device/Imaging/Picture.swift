public import EdgeFormat

/// A picture of 8-bit pixels in memory: `height` rows of `width` pixels, rows packed, from the top.
public struct Picture: Equatable, Sendable {
    public let width: Int
    public let height: Int
    /// 1: grey. 3: red, green, blue, interleaved.
    public let channels: Int
    /// `width · height · channels` bytes.
    public internal(set) var bytes: [UInt8]

    /// Nil unless `channels` is 1 or 3, the size is within `PictureLimits` and `bytes` has exactly that many.
    public init?(width: Int, height: Int, channels: Int, bytes: [UInt8]) {
        guard channels == 1 || channels == 3, PictureLimits.allow(width: width, height: height),
            bytes.count == width * height * channels
        else { return nil }
        self.init(checkedWidth: width, height: height, channels: channels, bytes: bytes)
    }

    /// For callers that made `bytes` to this size themselves.
    init(checkedWidth width: Int, height: Int, channels: Int, bytes: [UInt8]) {
        self.width = width
        self.height = height
        self.channels = channels
        self.bytes = bytes
    }

    /// This picture as grey (`Luma`), or with its grey repeated in three channels.
    public func converted(to color: InputColor) -> Picture {
        switch (channels, color) {
        case (3, .grey):
            var grey = [UInt8](repeating: 0, count: width * height)
            for index in grey.indices {
                grey[index] = Luma.grey(bytes[3 * index], bytes[3 * index + 1], bytes[3 * index + 2])
            }
            return Picture(checkedWidth: width, height: height, channels: 1, bytes: grey)
        case (1, .rgb), (1, .bgr):
            var rgb = [UInt8](repeating: 0, count: width * height * 3)
            for index in rgb.indices { rgb[index] = bytes[index / 3] }
            return Picture(checkedWidth: width, height: height, channels: 3, bytes: rgb)
        default:
            return self
        }
    }
}

/// The sizes that are read at all. They are checked against a file's header before memory is taken for its pixels.
public enum PictureLimits {
    /// Pixels a side.
    public static let side = 16_384
    /// Pixels in all.
    public static let pixels = 1 << 26

    public static func allow(width: Int, height: Int) -> Bool {
        width >= 1 && height >= 1 && width <= side && height <= side && width * height <= pixels
    }

    /// Throws unless a header's size is one that is read.
    static func check(width: Int, height: Int, place: String) throws(EdgeError) {
        guard !allow(width: width, height: height) else { return }
        throw EdgeError(
            .data, at: place,
            "claims \(width)x\(height) pixels; pictures of 1 to \(side) pixels a side and at most \(pixels) in all are read"
        )
    }
}
