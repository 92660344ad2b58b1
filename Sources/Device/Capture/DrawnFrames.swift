internal import EdgeFormat
internal import Imaging
internal import Platform

/// A camera that is none: drawn digits as YUYV frames, without end.
final class DrawnFrames {
    private let seed: UInt64
    private let width: Int
    private let height: Int
    private let name: String
    private var index: UInt64 = 0
    private let memory = FrameMemory()

    /// Reads `synthetic:` and a seed; nil when `source` names something else.
    init?(_ source: String, options: CaptureOptions) throws(EdgeError) {
        let prefix: StaticString = "synthetic:"
        let bytes = Array(source.utf8)
        guard bytes.count >= prefix.utf8CodeUnitCount else { return nil }
        for index in 0..<prefix.utf8CodeUnitCount where bytes[index] != prefix.utf8Start[index] { return nil }
        let digits = bytes[prefix.utf8CodeUnitCount...]
        var seed: UInt64 = digits.isEmpty ? 1 : 0
        for digit in digits {
            guard digit >= 48, digit <= 57, seed < UInt64.max / 10 else {
                throw EdgeError(.usage, at: source, "the seed after 'synthetic:' must be a number")
            }
            seed = seed * 10 + UInt64(digit - 48)
        }
        self.seed = seed
        name = source
        width = options.width
        height = options.height
    }

    func next() throws(EdgeError) -> CapturedFrame? {
        guard !Interrupts.requested else { return nil }
        let frame = DrawnDigits.yuyvFrame(seed: seed, index: index, width: width, height: height)
        let bytes = memory.hold(frame.bytes)
        let raw = RawFrameName(
            format: .yuyv, width: frame.width, height: frame.height, stride: 2 * frame.width)
        let pixels = try PixelView(
            bytes, layout: .yuyv, width: raw.width, height: raw.height, stride: raw.stride, place: name)
        defer { index += 1 }
        return CapturedFrame(
            pixels: pixels, bytes: bytes, origin: .raw(raw), name: name, sequence: Int(truncatingIfNeeded: index),
            time: Clock.nanoseconds())
    }
}
