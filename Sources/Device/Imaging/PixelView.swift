public import EdgeFormat

/// Pixels somewhere in memory, read in place: a picture's bytes or a frame as the camera gave it.
///
/// The memory must outlive the view.
public struct PixelView {
    /// How the bytes of a row become pixels.
    public enum Layout: UInt8, Sendable {
        /// One byte a pixel, full range.
        case grey
        /// Red, green, blue, full range.
        case rgb
        /// Y0 Cb Y1 Cr for two pixels, BT.601, studio range.
        case yuyv

        /// Bytes of a row of `width` pixels.
        func rowBytes(_ width: Int) -> Int {
            switch self {
            case .grey: width
            case .rgb: 3 * width
            case .yuyv: 2 * width
            }
        }
    }

    public let width: Int
    public let height: Int
    /// Bytes from the start of a row to the start of the next.
    public let stride: Int
    public let layout: Layout
    /// Nil only where there are no rows.
    private let base: UnsafePointer<UInt8>?

    /// Throws when the size is not allowed, when YUYV has an odd width, or when `bytes` is too short for the last row.
    public init(
        _ bytes: UnsafeRawBufferPointer, layout: Layout, width: Int, height: Int, stride: Int, place: String
    ) throws(EdgeError) {
        try PictureLimits.check(width: width, height: height, place: place)
        let row = layout.rowBytes(width)
        guard layout != .yuyv || width % 2 == 0 else {
            throw EdgeError(.data, at: place, "YUYV with an odd width of \(width) pixels")
        }
        guard stride >= row, stride <= 1 << 20 else {
            throw EdgeError(.data, at: place, "rows of \(stride) bytes where \(row) are needed")
        }
        let needed = stride * (height - 1) + row
        guard bytes.count >= needed, let address = bytes.baseAddress else {
            throw EdgeError(
                .data, at: place,
                "ends early: \(bytes.count) of \(needed) bytes of a \(width)x\(height) frame")
        }
        self.width = width
        self.height = height
        self.stride = stride
        self.layout = layout
        self.base = address.assumingMemoryBound(to: UInt8.self)
    }

    /// A picture's own bytes.
    init(_ picture: Picture, _ bytes: UnsafeBufferPointer<UInt8>) {
        self.init(
            packed: bytes, layout: picture.channels == 1 ? .grey : .rgb, width: picture.width, height: picture.height)
    }

    /// Packed rows whose number and length the caller knows to be right.
    init(packed bytes: UnsafeBufferPointer<UInt8>, layout: Layout, width: Int, height: Int) {
        self.width = width
        self.height = bytes.baseAddress == nil ? 0 : height
        self.stride = layout.rowBytes(width)
        self.layout = layout
        self.base = bytes.baseAddress
    }

    /// Writes pixels `x ..< x + count` of row `y` as grey or as interleaved RGB (`channels` 1 or 3).
    func copyRow(_ y: Int, from x: Int, count: Int, channels: Int, into target: UnsafeMutablePointer<UInt8>) {
        guard let source = base.map({ $0 + y * stride }) else { return }
        switch (layout, channels) {
        case (.grey, 1):
            target.update(from: source + x, count: count)
        case (.grey, _):
            for index in 0..<count {
                let grey = source[x + index]
                target[3 * index] = grey
                target[3 * index + 1] = grey
                target[3 * index + 2] = grey
            }
        case (.rgb, 1):
            for index in 0..<count {
                let pixel = source + 3 * (x + index)
                target[index] = Luma.grey(pixel[0], pixel[1], pixel[2])
            }
        case (.rgb, _):
            target.update(from: source + 3 * x, count: 3 * count)
        case (.yuyv, 1):
            for index in 0..<count { target[index] = Luma.grey(studio: source[2 * (x + index)]) }
        case (.yuyv, _):
            for index in 0..<count {
                let pair = source + 2 * ((x + index) & ~1)
                let (red, green, blue) = Luma.rgb(source[2 * (x + index)], pair[1], pair[3])
                target[3 * index] = red
                target[3 * index + 1] = green
                target[3 * index + 2] = blue
            }
        }
    }
}
