internal import EdgeFormat

/// Crop, colour and resize for pictures of one size: row by row, each source row resized in width once and kept only
/// as long as output rows need it.
final class Resampler {
    private let sourceWidth: Int
    private let sourceHeight: Int
    private let channels: Int
    private let crop: CropArea
    private let across: ResizeAxis
    private let down: ResizeAxis
    /// One cropped source row in the output's colours.
    private let sourceRow: UnsafeMutablePointer<UInt8>
    /// The last `down.taps` rows, resized in width; row y is in slot y mod taps.
    private let ring: UnsafeMutablePointer<UInt8>
    private let sums: UnsafeMutablePointer<Int32>
    private let outputRow: UnsafeMutablePointer<UInt8>

    init(pipeline: InputPipeline, width: Int, height: Int) {
        sourceWidth = width
        sourceHeight = height
        channels = pipeline.color.channels
        crop = CropArea(
            pipeline.crop, width: width, height: height, inputWidth: pipeline.width, inputHeight: pipeline.height)
        across = ResizeAxis(source: crop.width, target: pipeline.width)
        down = ResizeAxis(source: crop.height, target: pipeline.height)
        let rowBytes = pipeline.width * channels
        sourceRow = .allocate(capacity: crop.width * channels)
        ring = .allocate(capacity: down.taps * rowBytes)
        sums = .allocate(capacity: rowBytes)
        outputRow = .allocate(capacity: rowBytes)
    }

    deinit {
        sourceRow.deallocate()
        ring.deallocate()
        sums.deallocate()
        outputRow.deallocate()
    }

    func fits(width: Int, height: Int) -> Bool { width == sourceWidth && height == sourceHeight }

    /// Calls `body` with each output row's number and bytes. `pixels` has the size this was made for.
    func run(_ pixels: PixelView, _ body: (Int, UnsafePointer<UInt8>) -> Void) {
        let rowBytes = across.target * channels
        var next = 0
        for output in 0..<down.target {
            let start = Int(down.starts[output])
            next = max(next, start)
            while next < start + down.taps {
                pixels.copyRow(crop.y + next, from: crop.x, count: crop.width, channels: channels, into: sourceRow)
                resizeRow(into: ring + (next % down.taps) * rowBytes)
                next += 1
            }
            combineRows(output: output, start: start, rowBytes: rowBytes)
            body(output, outputRow)
        }
    }

    private func resizeRow(into target: UnsafeMutablePointer<UInt8>) {
        let (taps, count, source) = (across.taps, across.target, sourceRow)
        across.starts.withUnsafeBufferPointer { starts in
            across.weights.withUnsafeBufferPointer { weights in
                guard var weight = weights.baseAddress else { return }
                for x in 0..<count {
                    if channels == 1 {
                        target[x] = Self.sum(source + Int(starts[x]), weight, taps)
                    } else {
                        Self.sum3(source + 3 * Int(starts[x]), weight, taps, into: target + 3 * x)
                    }
                    weight += taps
                }
            }
        }
    }

    @inline(__always)
    private static func sum(_ pixels: UnsafePointer<UInt8>, _ weights: UnsafePointer<Int16>, _ taps: Int) -> UInt8 {
        var sum = ResizeAxis.half
        for tap in 0..<taps { sum &+= Int32(weights[tap]) &* Int32(pixels[tap]) }
        return UInt8(truncatingIfNeeded: sum &>> ResizeAxis.shift)
    }

    @inline(__always)
    private static func sum3(
        _ pixels: UnsafePointer<UInt8>, _ weights: UnsafePointer<Int16>, _ taps: Int,
        into target: UnsafeMutablePointer<UInt8>
    ) {
        var (red, green, blue) = (ResizeAxis.half, ResizeAxis.half, ResizeAxis.half)
        for tap in 0..<taps {
            let weight = Int32(weights[tap])
            red &+= weight &* Int32(pixels[3 &* tap])
            green &+= weight &* Int32(pixels[3 &* tap &+ 1])
            blue &+= weight &* Int32(pixels[3 &* tap &+ 2])
        }
        target[0] = UInt8(truncatingIfNeeded: red &>> ResizeAxis.shift)
        target[1] = UInt8(truncatingIfNeeded: green &>> ResizeAxis.shift)
        target[2] = UInt8(truncatingIfNeeded: blue &>> ResizeAxis.shift)
    }

    /// The weighted sum of the ring's rows, one tap after the other so that the loops run along the rows.
    private func combineRows(output: Int, start: Int, rowBytes: Int) {
        let (sums, taps) = (self.sums, down.taps)
        for index in 0..<rowBytes { sums[index] = ResizeAxis.half }
        for tap in 0..<taps {
            let weight = Int32(down.weights[output * taps + tap])
            guard weight != 0 else { continue }
            let row = ring + ((start + tap) % taps) * rowBytes
            for index in 0..<rowBytes { sums[index] &+= weight &* Int32(row[index]) }
        }
        for index in 0..<rowBytes { outputRow[index] = UInt8(truncatingIfNeeded: sums[index] &>> ResizeAxis.shift) }
    }
}
