public import EdgeFormat

/// Handwriting-like digits, drawn in integers: the same bytes for the same seed and index on every processor.
///
/// They stand in for a data set and for a camera where there is none.
public enum DrawnDigits {
    /// A drawing and the digit that it shows.
    public struct Drawing: Sendable {
        public let picture: Picture
        public let label: Int
    }

    /// A training picture, grey, `side` pixels: the digit takes 50 to 90 % of it, dark on light or light on dark. One in
    /// four is as clean as a scan, the others have a camera's light and noise.
    public static func picture(seed: UInt64, index: UInt64, side: Int = 28) -> Drawing {
        let side = max(8, min(1024, side))
        var random = DrawnRandom(seed: seed, index: index, stream: 1)
        let scene = DrawnScene(kind: random.chance(25) ? .scan : .camera, random: random)
        let bytes = scene.draw(width: side, height: side, side: side)
        return Drawing(
            picture: Picture(checkedWidth: side, height: side, channels: 1, bytes: bytes), label: scene.label)
    }

    /// The digit that `picture` with this seed and index shows, without drawing it.
    public static func label(seed: UInt64, index: UInt64) -> Int {
        var random = DrawnRandom(seed: seed, index: index, stream: 1)
        _ = random.chance(25)
        return random.int(0...9)
    }

    /// A camera frame: the digit takes 50 to 90 % of the square that the input pipeline cuts out by default (0.875 of the
    /// short side, in the middle) and lies inside it. The pixels are those of `yuyvFrame`, converted to grey or RGB.
    public static func frame(
        seed: UInt64, index: UInt64, color: InputColor = .rgb, width: Int = 640, height: Int = 480
    ) -> Drawing {
        let frame = yuyvFrame(seed: seed, index: index, width: width, height: height)
        let picture = frame.bytes.withUnsafeBufferPointer { bytes in
            Frame.picture(
                of: PixelView(
                    packed: bytes, layout: .yuyv, width: frame.width, height: frame.height), color: color)
        }
        return Drawing(picture: picture, label: frame.label)
    }

    /// A drawn frame's bytes and what they show.
    public struct RawDrawing: Sendable {
        public let bytes: [UInt8]
        public let width: Int
        public let height: Int
        public let label: Int
    }

    /// A frame as a webcam gives it: packed YUYV, BT.601, studio range. Sides are brought into 16 … 2048, an odd width is
    /// rounded down.
    public static func yuyvFrame(
        seed: UInt64, index: UInt64, width: Int = 640, height: Int = 480
    ) -> RawDrawing {
        let (width, height) = (max(16, min(2048, width)) & ~1, max(16, min(2048, height)))
        let scene = DrawnScene(kind: .camera, random: DrawnRandom(seed: seed, index: index, stream: 2))
        let crop = CropArea(.square(millionths: 875_000), width: width, height: height, inputWidth: 1, inputHeight: 1)
        let grey = scene.draw(width: width, height: height, side: crop.width)
        let (blue, red) = scene.tint
        let chroma = (UInt8(truncatingIfNeeded: 128 + blue), UInt8(truncatingIfNeeded: 128 + red))
        var bytes = [UInt8](repeating: 0, count: 2 * grey.count)
        for index in grey.indices {
            bytes[2 * index] = UInt8(truncatingIfNeeded: 16 + (Int(grey[index]) * 219 + 127) / 255)
            bytes[2 * index + 1] = index % 2 == 0 ? chroma.0 : chroma.1
        }
        return RawDrawing(bytes: bytes, width: width, height: height, label: scene.label)
    }
}
