public import EdgeFormat
internal import Imaging
internal import Platform

/// Where frames come from: a camera, a folder, a file, or drawings.
public final class FrameSource {
    private enum Kind {
        case camera(CameraStream)
        case files(FileFrames)
        case drawn(DrawnFrames)
    }

    private let kind: Kind

    private init(_ kind: Kind) { self.kind = kind }

    /// Opens `/dev/videoN`, a folder of pictures (in the order of their names' bytes), one picture, or `synthetic:SEED`
    /// (drawn digits without end; the seed is 1 if left out). Picture files are decoded to `color`.
    ///
    /// Errors: `.system` for what is missing, refused or no camera of ours, `.data` for a folder without pictures, `.usage` for
    /// a seed that is no number.
    public static func open(
        _ source: String, color: InputColor, options: CaptureOptions = CaptureOptions()
    ) throws(EdgeError) -> FrameSource {
        if let drawn = try DrawnFrames(source, options: options) { return FrameSource(.drawn(drawn)) }
        switch try reportingSystem({ () throws(SystemError) in try Files.kind(source) }) {
        case .directory:
            return FrameSource(.files(try FileFrames(folder: source, color: color)))
        case .characterDevice:
            let device = try reportingSystem { () throws(SystemError) in try V4L2Device(path: source) }
            return try camera(device, options: options)
        case .regular, .other:
            return FrameSource(.files(FileFrames(paths: [source], color: color)))
        }
    }

    /// A camera behind any device; for tests and for other kinds of devices.
    public static func camera(
        _ device: any VideoDevice, options: CaptureOptions = CaptureOptions()
    ) throws(EdgeError) -> FrameSource {
        FrameSource(.camera(try CameraStream(device, options: options)))
    }

    /// The next frame, for a camera its newest; nil after the last file or when the program is asked to end.
    ///
    /// After an error of a file the next call goes on with the file after it. After an error of a camera the source is of
    /// no more use: let go of it, and the device is closed.
    public func next() throws(EdgeError) -> CapturedFrame? {
        switch kind {
        case .camera(let stream): try stream.next()
        case .files(let files): try files.next()
        case .drawn(let drawn): try drawn.next()
        }
    }

    /// How many frames there will be; nil for a source without end.
    public var count: Int? {
        switch kind {
        case .files(let files): files.count
        case .camera, .drawn: nil
        }
    }

    /// What became of the camera's frames so far.
    public var counts: FrameCounts {
        switch kind {
        case .camera(let stream): stream.counts
        case .files, .drawn: FrameCounts()
        }
    }
}
