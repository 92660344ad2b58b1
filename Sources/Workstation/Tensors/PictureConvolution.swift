internal import CConvolution

/// The cross-correlation of pictures with filters on the places of a grid, and its gradients.
///
/// Pictures are N·H·W·C, weights O·(KH·KW·C). One picture at a time stands in scratch with its border of zeros; each place
/// is read from there, so no matrix of patches is made. One thread computes it; its rounding depends on the shapes and the
/// processor only.
public struct PictureConvolution {
    private let grid: PatchGrid
    private let filters: Int
    private let buffer: ([Int]) -> Tensor

    /// - Parameter buffer: gives scratch that may hold anything.
    public init(_ grid: PatchGrid, filters: Int, buffer: @escaping ([Int]) -> Tensor) {
        self.grid = grid
        self.filters = filters
        self.buffer = buffer
    }

    /// y = x * weights + bias, then ReLU where `clamps`. y is N·rows·columns·O.
    public func forward(_ x: Tensor, weights: Tensor, bias: Tensor, clamps: Bool, into y: Tensor) {
        let panels = Panels(rows: grid.patchCount, columns: filters, buffer)
        panels.pack { weights.base[$1 * grid.patchCount + $0] }
        let biases = buffer([panels.count * Panels.width])
        biases.fill(0)
        biases.base.update(from: bias.base, count: filters)
        let picture = paddedInput()
        for index in 0..<x.count / grid.pictureCount {
            var places = places(of: grid, on: picture, holding: x, at: index)
            for panel in 0..<panels.count {
                convolution_forward(
                    &places, panels.base(panel), biases.base + panel * Panels.width, clamps,
                    y.base + index * grid.places * filters + panel * Panels.width, filters, panels.columns(panel))
            }
        }
    }

    /// The gradient of the weights from x and that of y, written to `target` or added.
    public func weightGradient(_ x: Tensor, _ gradient: Tensor, into target: Tensor, adds: Bool) {
        let sums = Panels(rows: grid.patchCount, columns: filters, buffer)
        sums.clear()
        let picture = paddedInput()
        for index in 0..<x.count / grid.pictureCount {
            var places = places(of: grid, on: picture, holding: x, at: index)
            for panel in 0..<sums.count {
                convolution_weights(
                    &places, gradient.base + index * grid.places * filters + panel * Panels.width, filters,
                    sums.base(panel))
            }
        }
        if !adds { target.fill(0) }
        sums.unpack { target.base[$1 * grid.patchCount + $0] += $2 }
    }

    /// The gradient of x from that of y, written to `target` or added: the gradient's cross-correlation with the filters
    /// turned by half a turn, with zeros between its pixels where the stride leaves some out.
    public func inputGradient(_ gradient: Tensor, weights: Tensor, into target: Tensor, adds: Bool) {
        let window = grid.windowHeight * grid.windowWidth
        let panels = Panels(rows: window * filters, columns: grid.channels, buffer)
        panels.copyRows { row in
            let (turned, filter) = (window - 1 - row / filters, row % filters)
            return weights.base + (filter * window + turned) * grid.channels
        }
        let zeros = buffer([panels.count * Panels.width])
        zeros.fill(0)
        let picture = spreadGradient()
        let line = picture.width * filters
        for index in 0..<target.count / grid.pictureCount {
            picture.write(gradient.base + index * grid.places * filters)
            var places = convolution_places(
                picture: picture.origin, rows: Int32(grid.height), columns: Int32(grid.width), row_step: line,
                column_step: filters, runs: Int32(grid.windowHeight), depth: Int32(grid.windowWidth * filters),
                run_step: line)
            for panel in 0..<panels.count {
                convolution_forward(
                    &places, panels.base(panel), adds ? nil : zeros.base + panel * Panels.width, false,
                    target.base + index * grid.pictureCount + panel * Panels.width, grid.channels,
                    panels.columns(panel))
            }
        }
    }

    /// Room for a picture with its padding; nil where the picture needs none.
    private func paddedInput() -> SpreadPicture? {
        guard grid.padding > 0 else { return nil }
        return SpreadPicture(
            height: grid.height, width: grid.width, channels: grid.channels, stride: (1, 1),
            before: (grid.padding, grid.padding),
            size: (grid.height + 2 * grid.padding, grid.width + 2 * grid.padding), buffer)
    }

    /// Room for the gradient of y, so that the window of x's pixel (0, 0) begins at its origin. Padding wider than the
    /// window would put pixels before the origin: then a margin stands there.
    private func spreadGradient() -> SpreadPicture {
        let before = (grid.windowHeight - 1 - grid.padding, grid.windowWidth - 1 - grid.padding)
        let margin = (max(0, -before.0), max(0, -before.1))
        return SpreadPicture(
            height: grid.rows, width: grid.columns, channels: filters, stride: (grid.strideHeight, grid.strideWidth),
            before: (before.0 + margin.0, before.1 + margin.1),
            size: (
                grid.height + grid.windowHeight - 1 + 2 * margin.0, grid.width + grid.windowWidth - 1 + 2 * margin.1
            ),
            origin: margin, buffer)
    }

    /// The places of the grid on a picture of x, which is copied where it needs padding.
    private func places(
        of grid: PatchGrid, on padded: SpreadPicture?, holding x: Tensor, at index: Int
    ) -> convolution_places {
        let source = x.base + index * grid.pictureCount
        padded?.write(source)
        let line = (padded?.width ?? grid.width) * grid.channels
        return convolution_places(
            picture: padded?.origin ?? source, rows: Int32(grid.rows), columns: Int32(grid.columns),
            row_step: grid.strideHeight * line, column_step: grid.strideWidth * grid.channels,
            runs: Int32(grid.windowHeight), depth: Int32(grid.windowWidth * grid.channels), run_step: line)
    }
}

/// Room for a picture among zeros: before and behind it, and between its pixels where a stride spreads them.
private struct SpreadPicture {
    /// Pixels of a line of the room.
    let width: Int
    /// Where the first place begins.
    let origin: Row
    private let room: Tensor
    private let start: Row
    private let height: Int
    private let columns: Int
    private let channels: Int
    private let stride: (Int, Int)

    init(
        height: Int, width: Int, channels: Int, stride: (Int, Int), before: (Int, Int), size: (Int, Int),
        origin: (Int, Int) = (0, 0), _ buffer: ([Int]) -> Tensor
    ) {
        room = buffer([size.0, size.1, channels])
        room.fill(0)
        self.height = height
        self.width = size.1
        self.channels = channels
        self.stride = stride
        columns = width
        start = room.base + (before.0 * size.1 + before.1) * channels
        self.origin = room.base + (origin.0 * size.1 + origin.1) * channels
    }

    /// Puts a picture in its place; what is around it stays zero.
    func write(_ picture: Row) {
        for row in 0..<height {
            let source = picture + row * columns * channels
            let target = start + row * stride.0 * width * channels
            if stride.1 == 1 {
                copy(source, to: target, count: columns * channels)
            } else {
                for column in 0..<columns {
                    copy(source + column * channels, to: target + column * stride.1 * channels, count: channels)
                }
            }
        }
    }
}

/// A matrix in panels of 16 columns, the last one filled with zeros: as the inner loops read it.
private struct Panels {
    static let width = 16

    let count: Int
    private let rows: Int
    private let columns: Int
    private let elements: Tensor

    init(rows: Int, columns: Int, _ buffer: ([Int]) -> Tensor) {
        self.rows = rows
        self.columns = columns
        count = (columns + Self.width - 1) / Self.width
        elements = buffer([count, rows, Self.width])
    }

    func base(_ panel: Int) -> Row { elements.base + panel * rows * Self.width }

    func columns(_ panel: Int) -> Int32 { Int32(min(Self.width, columns - panel * Self.width)) }

    func clear() { elements.fill(0) }

    /// Fills the panels row by row from rows in memory.
    func copyRows(_ source: (_ row: Int) -> Row) {
        clear()
        for row in 0..<rows {
            let source = source(row)
            for panel in 0..<count {
                (base(panel) + row * Self.width).update(
                    from: source + panel * Self.width, count: Int(columns(panel)))
            }
        }
    }

    /// Fills the panels element by element.
    @inline(__always)
    func pack(_ element: (_ row: Int, _ column: Int) -> Float) {
        clear()
        forElements { row, column, place in elements.base[place] = element(row, column) }
    }

    @inline(__always)
    func unpack(_ body: (_ row: Int, _ column: Int, _ element: Float) -> Void) {
        forElements { row, column, place in body(row, column, elements.base[place]) }
    }

    @inline(__always)
    private func forElements(_ body: (_ row: Int, _ column: Int, _ place: Int) -> Void) {
        for panel in 0..<count {
            for row in 0..<rows {
                for column in 0..<Int(columns(panel)) {
                    body(row, panel * Self.width + column, (panel * rows + row) * Self.width + column)
                }
            }
        }
    }
}
