public import EdgeFormat

/// Turns pictures and frames into a model's input: crop, resize, colour and table in one pass over the rows.
///
/// Coefficients and row buffers are kept from picture to picture: one of the size before costs no allocation.
/// One processor serves one thread.
public final class InputProcessor {
    public let pipeline: InputPipeline
    private let table: ChannelTable
    private var resampler: Resampler?

    public init(pipeline: InputPipeline) {
        self.pipeline = pipeline
        self.table = ChannelTable(pipeline.tables)
    }

    /// Bytes of one packed row of the input.
    public var rowBytes: Int { pipeline.width * pipeline.color.channels }

    /// Writes the quantized input of a picture: `pipeline.height` rows of `rowBytes` bytes, `rowPitch` bytes apart, each
    /// byte xor `flip` (0x80 where activations are kept unsigned). Throws when the pipeline itself is not usable.
    public func run(
        _ picture: Picture, into input: UnsafeMutableRawPointer, rowPitch: Int, flip: UInt8
    ) throws(EdgeError) {
        try picture.bytes.withUnsafeBufferPointer { (bytes) throws(EdgeError) in
            try run(PixelView(picture, bytes), into: input, rowPitch: rowPitch, flip: flip)
        }
    }

    /// The same from pixels in place, for example a camera's buffer.
    public func run(
        _ pixels: PixelView, into input: UnsafeMutableRawPointer, rowPitch: Int, flip: UInt8
    ) throws(EdgeError) {
        guard table.channels == pipeline.color.channels else {
            throw EdgeError(.data, at: "input", "a table of 256 bytes is needed for each colour channel")
        }
        let resampler = try resampler(width: pixels.width, height: pixels.height)
        let target = input.assumingMemoryBound(to: UInt8.self)
        let swaps = pipeline.color == .bgr
        let width = pipeline.width
        resampler.run(pixels) { row, bytes in
            table.map(bytes, into: target + row * rowPitch, pixels: width, swaps: swaps, flip: flip)
        }
    }

    /// The resized pixels themselves, before the tables: what training and calibration see.
    /// `pipeline.width · pipeline.height`, with channels in the order red, green, blue.
    public func resize(_ picture: Picture) throws(EdgeError) -> Picture {
        let resampler = try resampler(width: picture.width, height: picture.height)
        let rowBytes = self.rowBytes
        var bytes = [UInt8](repeating: 0, count: pipeline.height * rowBytes)
        bytes.withUnsafeMutableBufferPointer { target in
            guard let start = target.baseAddress else { return }
            picture.bytes.withUnsafeBufferPointer { source in
                resampler.run(PixelView(picture, source)) { row, values in
                    (start + row * rowBytes).update(from: values, count: rowBytes)
                }
            }
        }
        return Picture(
            checkedWidth: pipeline.width, height: pipeline.height, channels: pipeline.color.channels, bytes: bytes)
    }

    private func resampler(width: Int, height: Int) throws(EdgeError) -> Resampler {
        if let resampler, resampler.fits(width: width, height: height) { return resampler }
        guard PictureLimits.allow(width: pipeline.width, height: pipeline.height) else {
            throw EdgeError(.data, at: "input", "an input of \(pipeline.width)x\(pipeline.height) pixels")
        }
        let made = Resampler(pipeline: pipeline, width: width, height: height)
        resampler = made
        return made
    }
}

/// The tables of all channels in one block, as raw bytes.
private struct ChannelTable {
    /// Zero when the tables are not 256 entries each.
    let channels: Int
    private let bytes: [UInt8]

    init(_ tables: [[Int8]]) {
        var bytes: [UInt8] = []
        for table in tables where table.count == 256 {
            for value in table { bytes.append(UInt8(bitPattern: value)) }
        }
        self.channels = bytes.count == 256 * tables.count ? tables.count : 0
        self.bytes = bytes
    }

    func map(
        _ row: UnsafePointer<UInt8>, into target: UnsafeMutablePointer<UInt8>, pixels: Int, swaps: Bool, flip: UInt8
    ) {
        bytes.withUnsafeBufferPointer { table in
            if channels == 1 {
                for x in 0..<pixels { target[x] = table[Int(row[x])] ^ flip }
                return
            }
            let first = swaps ? 2 : 0
            for x in 0..<pixels {
                target[3 * x] = table[Int(row[3 * x + first])] ^ flip
                target[3 * x + 1] = table[256 + Int(row[3 * x + 1])] ^ flip
                target[3 * x + 2] = table[512 + Int(row[3 * x + 2 - first])] ^ flip
            }
        }
    }
}
