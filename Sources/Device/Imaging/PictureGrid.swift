public import EdgeFormat

/// Pictures of one size side by side, with a gap between them.
public struct PictureGrid {
    /// The whole as it stands; what no picture was set into is background.
    public private(set) var picture: Picture
    public let columns: Int
    private let width: Int
    private let height: Int
    private let gap: Int

    /// An empty grid.
    /// - Parameters:
    ///   - count: how many pictures it has room for, at least one.
    ///   - width: pixels of each.
    ///   - height: pixels of each.
    ///   - channels: 1 grey, 3 RGB.
    ///   - columns: how many stand in a row; nil for `columns(for:)`.
    ///   - gap: pixels between neighbours.
    ///   - background: the value of all channels of what no picture covers.
    /// - Throws: `.usage` where the whole would be larger than `PictureLimits`.
    public init(
        count: Int, width: Int, height: Int, channels: Int, columns: Int? = nil, gap: Int = 2, background: UInt8 = 128
    ) throws(EdgeError) {
        let count = min(max(count, 1), PictureLimits.pixels + 1)
        let columns = min(max(columns ?? Self.columns(for: count), 1), count)
        let rows = (count - 1) / columns + 1
        let (whole, wholeIsTooMuch) = Self.length(columns, of: width, gap)
        let (tall, tallIsTooMuch) = Self.length(rows, of: height, gap)
        guard !wholeIsTooMuch, !tallIsTooMuch, PictureLimits.allow(width: whole, height: tall),
            let picture = Picture(
                width: whole, height: tall, channels: channels,
                bytes: [UInt8](repeating: background, count: whole * tall * max(channels, 0)))
        else {
            throw EdgeError(
                .usage, at: "grid",
                "\(columns) by \(rows) pictures of \(width)x\(height) pixels are too much for a picture")
        }
        self.picture = picture
        self.columns = columns
        self.width = width
        self.height = height
        self.gap = gap
    }

    /// Columns of a grid that is nearly square and, where its sides then are not too unlike, full.
    public static func columns(for count: Int) -> Int {
        var least = 1
        while least * least < count { least += 1 }
        return (least..<least * 2).first { $0 * $0 <= 3 * count && count % $0 == 0 } ?? least
    }

    /// Sets a picture, its packed rows given, into place `index`, counted row by row; another size, or a place that is not
    /// there, changes nothing.
    public mutating func set(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) {
        let row = width * picture.channels
        let (left, top) = (index % columns * (width + gap), index / columns * (height + gap))
        guard index >= 0, bytes.count == row * height, top + height <= picture.height else { return }
        for y in 0..<height {
            let start = ((top + y) * picture.width + left) * picture.channels
            for x in 0..<row { picture.bytes[start + x] = bytes[y * row + x] }
        }
    }

    /// Pixels that `count` pictures and the gaps between them take; whether that is more than an Int.
    private static func length(_ count: Int, of side: Int, _ gap: Int) -> (Int, Bool) {
        guard side >= 1, gap >= 0, side <= PictureLimits.side, gap <= PictureLimits.side else { return (0, true) }
        let (product, overflow) = count.multipliedReportingOverflow(by: side + gap)
        return (overflow ? 0 : product - gap, overflow)
    }
}
