/// The places of a window on a picture H·W·C, and the matrix that has the pixels under one place in each row (im2col).
public struct PatchGrid: Equatable, Sendable {
    public let height: Int
    public let width: Int
    public let channels: Int
    public let windowHeight: Int
    public let windowWidth: Int
    public let strideHeight: Int
    public let strideWidth: Int
    /// Zeros around the picture, on every side.
    public let padding: Int
    /// Places of the window downwards and to the right.
    public let rows: Int
    public let columns: Int

    /// Nil when a number is out of range or the window is larger than the picture with its padding.
    public init?(
        height: Int, width: Int, channels: Int, window: (height: Int, width: Int), stride: (height: Int, width: Int),
        padding: Int = 0
    ) {
        let spareHeight = height + 2 * padding - window.height
        let spareWidth = width + 2 * padding - window.width
        guard min(height, width, channels, window.height, window.width, stride.height, stride.width) >= 1,
            min(padding, spareHeight, spareWidth) >= 0
        else { return nil }
        self.height = height
        self.width = width
        self.channels = channels
        (windowHeight, windowWidth) = window
        (strideHeight, strideWidth) = stride
        self.padding = padding
        rows = spareHeight / stride.height + 1
        columns = spareWidth / stride.width + 1
    }

    /// Floats of the picture.
    public var pictureCount: Int { height * width * channels }
    /// Places of the window.
    public var places: Int { rows * columns }
    /// Floats under the window.
    public var patchCount: Int { windowHeight * windowWidth * channels }
    /// Whether the picture itself already is the matrix of patches.
    public var isIdentity: Bool {
        padding == 0
            && (windowHeight == height && windowWidth == width
                || patchCount == channels && strideHeight == 1 && strideWidth == 1)
    }

    /// Writes the matrix places·patchCount of one picture; may write up to `Tensor.slack` floats behind it.
    public func gather(_ picture: Row, into patches: Row) {
        if padding > 0 { gatherPadded(picture, into: patches) } else { gatherInside(picture, into: patches) }
    }

    /// Whole runs of pixels; each overwrites what the one before wrote behind its end.
    private func gatherInside(_ picture: Row, into patches: Row) {
        let run = windowWidth * channels
        let line = width * channels
        var patch = patches
        for row in 0..<rows {
            for column in 0..<columns {
                var source = picture + row * strideHeight * line + column * strideWidth * channels
                for _ in 0..<windowHeight {
                    copyLoosely(source, to: patch, count: run)
                    source += line
                    patch += run
                }
            }
        }
    }

    private func gatherPadded(_ picture: Row, into patches: Row) {
        var patch = patches
        for row in 0..<rows {
            for column in 0..<columns {
                forRuns(row, column) { source, count, before, after in
                    if before + after > 0 {
                        patch.update(repeating: 0, count: before + count + after)
                    }
                    if let source { copy(picture + source, to: patch + before, count: count) }
                    patch += before + count + after
                }
            }
        }
    }

    /// Calls `body` with each row of the window at a place: where its pixels begin in the picture (nil: none are inside)
    /// and how many floats are inside, before it, and after it.
    @inline(__always)
    private func forRuns(
        _ row: Int, _ column: Int, _ body: (_ source: Int?, _ count: Int, _ before: Int, _ after: Int) -> Void
    ) {
        let left = column * strideWidth - padding
        let before = max(0, -left)
        let inside = max(0, min(windowWidth, width - left) - before)
        let after = windowWidth - before - inside
        for y in row * strideHeight - padding..<row * strideHeight - padding + windowHeight {
            if y >= 0, y < height, inside > 0 {
                body(
                    (y * width + left + before) * channels, inside * channels, before * channels, after * channels)
            } else {
                body(nil, 0, windowWidth * channels, 0)
            }
        }
    }
}
