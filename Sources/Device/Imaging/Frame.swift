public import EdgeFormat

/// The raw formats that a camera's frames come in.
public enum FrameFormat: UInt8, Sendable {
    case grey
    case yuyv

    /// V4L2's name of it, as in the names of dumped frames.
    public var name: StaticString {
        switch self {
        case .grey: "GREY"
        case .yuyv: "YUYV"
        }
    }

    /// Bytes of a row of `width` pixels without padding.
    public func rowBytes(_ width: Int) -> Int { layout.rowBytes(width) }

    public var layout: PixelView.Layout {
        switch self {
        case .grey: .grey
        case .yuyv: .yuyv
        }
    }
}

/// Frames as a camera gave them.
public enum Frame {
    /// A frame as a picture of `color`'s channels (red, green, blue also for `.bgr`).
    public static func picture(
        from bytes: UnsafeRawBufferPointer, format: FrameFormat, width: Int, height: Int, stride: Int,
        color: InputColor, place: String
    ) throws(EdgeError) -> Picture {
        let view = try PixelView(
            bytes, layout: format.layout, width: width, height: height, stride: stride, place: place)
        return picture(of: view, color: color)
    }

    static func picture(of view: PixelView, color: InputColor) -> Picture {
        let row = view.width * color.channels
        var pixels = [UInt8](repeating: 0, count: view.height * row)
        pixels.withUnsafeMutableBufferPointer { target in
            guard let base = target.baseAddress else { return }
            for y in 0..<view.height {
                view.copyRow(y, from: 0, count: view.width, channels: color.channels, into: base + y * row)
            }
        }
        return Picture(checkedWidth: view.width, height: view.height, channels: color.channels, bytes: pixels)
    }
}
