public import EdgeFormat

/// Turns pictures and frames into a model's input: crop, resize, colour and table in one pass over the rows.
///
/// Coefficients and row buffers are kept from picture to picture: one of the size before costs no allocation.
/// One processor serves one thread.
public final class InputProcessor {
    public let pipeline: InputPipeline
    private let bytes: ChannelTable<UInt8>
    private let floats: ChannelTable<Float>
    private var resampler: Resampler?

    public init(pipeline: InputPipeline) {
        self.pipeline = pipeline
        (bytes, floats) = ChannelTable<UInt8>.tables(pipeline.tables)
    }

    /// Bytes of one packed row of the input.
    public var rowBytes: Int { rowPixelBytes * pipeline.tables.elementSize }

    /// Bytes of one row of resized pixels.
    private var rowPixelBytes: Int { pipeline.width * pipeline.color.channels }

    /// Writes the input of a picture: `pipeline.height` rows of `rowBytes` bytes, `rowPitch` bytes apart, each byte xor
    /// `flip` (0x80 where activations are kept unsigned), or floats. Throws when the pipeline itself is not usable.
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
        let channels = pipeline.color.channels
        guard bytes.channels + floats.channels == channels else {
            throw EdgeError(.data, at: "input", "a table of 256 entries is needed for each colour channel")
        }
        let resampler = try resampler(width: pixels.width, height: pixels.height)
        let swaps = pipeline.color == .bgr
        let width = pipeline.width
        resampler.run(pixels) { row, values in
            let target = input + row * rowPitch
            if floats.channels > 0 {
                floats.map(values, into: target.assumingMemoryBound(to: Float.self), pixels: width, swaps: swaps) { $0 }
            } else {
                bytes.map(values, into: target.assumingMemoryBound(to: UInt8.self), pixels: width, swaps: swaps) {
                    $0 ^ flip
                }
            }
        }
    }

    /// The resized pixels themselves, before the tables: what training and calibration see.
    /// `pipeline.width · pipeline.height`, with channels in the order red, green, blue.
    public func resize(_ picture: Picture) throws(EdgeError) -> Picture {
        let resampler = try resampler(width: picture.width, height: picture.height)
        let rowBytes = rowPixelBytes
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

/// The tables of all channels in one block.
private struct ChannelTable<Entry> {
    /// Zero when the tables are not 256 entries each.
    let channels: Int
    private let entries: [Entry]

    init(_ tables: [[Entry]]) {
        var entries: [Entry] = []
        for table in tables where table.count == 256 { entries.append(contentsOf: table) }
        self.channels = entries.count == 256 * tables.count ? tables.count : 0
        self.entries = entries
    }

    /// - Parameter finish: what an entry becomes on its way.
    @inline(__always)
    func map(
        _ row: UnsafePointer<UInt8>, into target: UnsafeMutablePointer<Entry>, pixels: Int, swaps: Bool,
        _ finish: (Entry) -> Entry
    ) {
        entries.withUnsafeBufferPointer { table in
            if channels == 1 {
                for x in 0..<pixels { target[x] = finish(table[Int(row[x])]) }
                return
            }
            let first = swaps ? 2 : 0
            for x in 0..<pixels {
                target[3 * x] = finish(table[Int(row[3 * x + first])])
                target[3 * x + 1] = finish(table[256 + Int(row[3 * x + 1])])
                target[3 * x + 2] = finish(table[512 + Int(row[3 * x + 2 - first])])
            }
        }
    }
}

extension ChannelTable<UInt8> {
    /// The tables as raw bytes and as floats, one of the two without channels.
    static func tables(_ tables: InputTables) -> (ChannelTable<UInt8>, ChannelTable<Float>) {
        switch tables {
        case .integers(let tables):
            var bytes: [[UInt8]] = []
            for table in tables { bytes.append(table.map { UInt8(bitPattern: $0) }) }
            return (ChannelTable(bytes), ChannelTable<Float>([]))
        case .floats(let tables): return (ChannelTable([]), ChannelTable<Float>(tables))
        }
    }
}
