internal import Imaging
public import Platform

/// What a camera stream needs of a video device, one method a request. `V4L2Device` is the real one; tests script another.
///
/// Errors are the system's, with its numbers.
public protocol VideoDevice: AnyObject {
    /// The name that errors use.
    var path: String { get }
    func capabilities() throws(SystemError) -> VideoCapabilities
    /// The four-letter code of the format at this place of the device's list; `ErrorNumber.invalidArgument` after the last.
    func pixelFormat(at index: Int) throws(SystemError) -> UInt32
    /// Asks for this geometry and returns the one that the device made of it.
    func setFormat(_ wanted: VideoGeometry) throws(SystemError) -> VideoGeometry
    /// Asks for a rate; the device may choose another.
    func setRate(_ framesPerSecond: Int) throws(SystemError)
    /// Asks for buffers and returns how many there are.
    func requestBuffers(_ count: Int) throws(SystemError) -> Int
    /// The memory of a buffer, valid until `close`.
    func mapBuffer(_ index: Int) throws(SystemError) -> UnsafeRawBufferPointer
    /// Gives a buffer to the device to fill.
    func enqueue(_ index: Int) throws(SystemError)
    /// Takes the oldest filled buffer, or throws `ErrorNumber.tryAgain`.
    func dequeue() throws(SystemError) -> VideoBuffer
    func startStream() throws(SystemError)
    /// Whether a filled buffer is there, or an error to be told, within the time.
    func wait(milliseconds: Int32) throws(SystemError) -> Bool
    /// Stops the stream and gives everything back; errors no longer matter.
    func close()
}

/// What a device can do, as far as it matters here.
public struct VideoCapabilities: Equatable, Sendable {
    public var captures: Bool
    public var streams: Bool

    public init(captures: Bool, streams: Bool) {
        self.captures = captures
        self.streams = streams
    }
}

/// Size and layout of a device's frames.
public struct VideoGeometry: Equatable, Sendable {
    /// Four-letter code, first letter lowest.
    public var code: UInt32
    public var width: Int
    public var height: Int
    /// Bytes from row to row; 0 where the device leaves it open.
    public var stride: Int
    /// False for half pictures of odd and even rows.
    public var isProgressive: Bool

    public init(code: UInt32, width: Int, height: Int, stride: Int = 0, isProgressive: Bool = true) {
        self.code = code
        self.width = width
        self.height = height
        self.stride = stride
        self.isProgressive = isProgressive
    }
}

/// A filled buffer.
public struct VideoBuffer: Equatable, Sendable {
    public var index: Int
    public var bytesUsed: Int
    /// The device's running number of frames; it wraps after 2³² − 1.
    public var sequence: UInt32
    /// Monotonic time in nanoseconds.
    public var time: Int64
    /// The device knows that the content is broken.
    public var isDamaged: Bool

    public init(index: Int, bytesUsed: Int, sequence: UInt32, time: Int64 = 0, isDamaged: Bool = false) {
        self.index = index
        self.bytesUsed = bytesUsed
        self.sequence = sequence
        self.time = time
        self.isDamaged = isDamaged
    }
}

/// Four-letter codes of pixel formats.
enum FourCharacterCode {
    /// "YUYV"
    static let yuyv: UInt32 = 0x5659_5559
    /// "GREY"
    static let grey: UInt32 = 0x5945_5247

    /// The formats that are read, the preferred one first.
    static func format(_ code: UInt32) -> FrameFormat? {
        switch code {
        case yuyv: .yuyv
        case grey: .grey
        default: nil
        }
    }

    /// The letters of a code, with `?` for what is none.
    static func text(_ code: UInt32) -> String {
        var letters: [UInt8] = []
        for shift in [0, 8, 16, 24] {
            let letter = UInt8(truncatingIfNeeded: code >> UInt32(shift))
            letters.append(letter > 32 && letter < 127 ? letter : UInt8(ascii: "?"))
        }
        return String(decoding: letters, as: UTF8.self)
    }
}
