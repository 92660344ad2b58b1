import Tensors

extension PatchGrid {
    /// Calls `body` for each row of places of each picture: offset of the first line of pixels under it, offset of the
    /// row in the result, and how many lines of the picture are under it.
    @inline(__always)
    func forPoolRows(pictures: Int, _ body: (_ input: Int, _ output: Int, _ lines: Int) -> Void) {
        for picture in 0..<pictures {
            for row in 0..<rows {
                let top = max(0, row * strideHeight - padding)
                let lines = min(height, row * strideHeight - padding + windowHeight) - top
                body(
                    picture * pictureCount + top * width * channels, (picture * rows + row) * columns * channels, lines)
            }
        }
    }

    /// Calls `body` for each place of a row with the pixels under it.
    @inline(__always)
    func forPoolColumns(_ body: (_ column: Int, _ pixels: Range<Int>) -> Void) {
        for column in 0..<columns {
            let left = column * strideWidth - padding
            body(column, max(0, left)..<min(width, left + windowWidth))
        }
    }
}
