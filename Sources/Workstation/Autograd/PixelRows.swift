import Tensors

/// The rows of pixels of N·H·W·C, or the single rows of N·C: what is given by channel is repeated until it fills a row, so
/// that loops go over long rows.
struct PixelRows {
    let channels: Int
    /// Rows of a sample, pixels of a row, floats of a row.
    let rows: Int
    let pixels: Int
    var width: Int { pixels * channels }

    init(_ picture: Tensor) {
        channels = picture.shape.last ?? 1
        pixels = picture.shape.count > 2 ? picture.shape[picture.shape.count - 2] : 1
        rows = picture.shape.dropFirst().reduce(1, *) / (pixels * channels)
    }

    /// Room for one row.
    func buffer(on tape: Tape) -> Tensor { tape.buffer([width]) }

    /// Calls `body` with the offset of each row of a sample.
    @inline(__always)
    func forRows(of sample: Int, _ body: (_ start: Int) -> Void) {
        for row in 0..<rows { body((sample * rows + row) * width) }
    }

    /// Writes a number a channel to each pixel of a row.
    func repeatChannels(_ numbers: Row, into row: Tensor) {
        for pixel in 0..<pixels { (row.base + pixel * channels).update(from: numbers, count: channels) }
    }

    /// Adds all pixels of a sample to a number a channel, through a row of scratch.
    func addPixels(of sample: Int, in picture: Tensor, through row: Tensor, to numbers: Row) {
        row.fill(0)
        forRows(of: sample) { add(picture.base + $0, to: row.base, count: width) }
        foldChannels(row, addingTo: numbers)
    }

    /// Adds the pixels of a row to a number a channel.
    func foldChannels(_ row: Tensor, addingTo numbers: Row) {
        for pixel in 0..<pixels { add(row.base + pixel * channels, to: numbers, count: channels) }
    }
}
