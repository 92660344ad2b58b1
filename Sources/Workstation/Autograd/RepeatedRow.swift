import Tensors

/// A bias repeated until it fills a row of pixels: adding it, and summing by channel, then go over long rows.
struct RepeatedRow {
    let base: Row
    let width: Int
    private let count: Int
    private let scratch: Tensor

    init(_ bias: Tensor, times: Int, on tape: Tape) {
        count = bias.count
        width = count * times
        let row = tape.buffer([width])
        for index in 0..<times { (row.base + index * count).update(from: bias.base, count: count) }
        base = row.base
        scratch = tape.buffer([width])
    }

    /// Sums a matrix of rows of `width` floats, or of parts of them, by channel.
    func sumColumns(of matrix: Tensor, into target: Tensor, adds: Bool) {
        scratch.fill(0)
        for row in 0..<matrix.count / width { add(matrix.base + row * width, to: scratch.base, count: width) }
        if !adds { target.fill(0) }
        for index in 0..<width / count { add(scratch.base + index * count, to: target.base, count: count) }
    }
}
