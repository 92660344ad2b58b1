public import Imaging

/// A frame of a source. Its memory is the source's: valid until the source's next call.
public struct CapturedFrame {
    /// What the frame came as.
    public enum Origin {
        /// Pixels as a camera gives them.
        case raw(RawFrameName)
        /// A picture file, decoded.
        case file
    }

    /// The pixels, for `InputProcessor`.
    public let pixels: PixelView
    /// The frame as it came: a camera's buffer with its rows' padding, or the bytes of the picture's file.
    public let bytes: UnsafeRawBufferPointer
    public let origin: Origin
    /// The file, or the device.
    public let name: String
    /// The camera's own number of the frame, or its place in the folder.
    public let sequence: Int
    /// When it was taken in nanoseconds of the monotonic clock; 0 for files.
    public let time: Int64

    /// The name under which `bytes` are dumped as frame `index`: `000017-YUYV-640x480.raw`, or the file's name with the
    /// number before it.
    public func fileName(index: Int) -> String {
        switch origin {
        case .raw(let name):
            return name.fileName(index: index)
        case .file:
            let digits = String(index)
            let zeros = String(repeating: "0", count: max(0, 6 - digits.utf8.count))
            var last = name.utf8[...]
            if let slash = last.lastIndex(of: UInt8(ascii: "/")) { last = last[last.index(after: slash)...] }
            return zeros + digits + "-" + (String(last) ?? "picture")
        }
    }
}

/// How a source is opened; what does not concern it is ignored.
public struct CaptureOptions: Equatable, Sendable {
    /// The size asked of a camera; it may give another. Drawn frames have this size.
    public var width = 640
    public var height = 480
    /// The rate asked of a camera; 0 leaves it as it is.
    public var framesPerSecond = 0
    /// The longest wait for a camera's frame.
    public var timeoutMilliseconds: Int32 = 5000

    public init() {}
}

/// What became of a camera's frames.
public struct FrameCounts: Equatable, Sendable {
    /// The camera counted them but gave no buffer with them.
    public var lost = 0
    /// Whole, but older than the newest one when the program came to fetch it.
    public var skipped = 0
    /// Marked as broken by the camera, or shorter than a frame.
    public var damaged = 0

    public init() {}
}
