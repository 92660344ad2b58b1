public import Tensors

extension Tape {
    /// Cross-correlation of pictures with filters, plus bias, then ReLU where `clamps`.
    ///
    /// x is N·H·W·C as `grid` says, weights O·(KH·KW·C), bias O; the result is N·rows·columns·O. One product of
    /// matrices computes a few pictures: their patches stay in the nearest cache.
    public func convolution(
        _ x: Variable, weights: Variable, bias: Variable, grid: PatchGrid, clamps: Bool
    ) -> Variable {
        let count = x.value.count / grid.pictureCount
        let filters = bias.value.count
        let y = buffer([count, grid.rows, grid.columns, filters])
        let blocks = PatchBlocks(grid, pictures: count, on: self)
        let kernel = Matrix(weights.value, rows: filters, columns: grid.patchCount)
        let biasRow = RepeatedRow(bias.value, times: grid.columns, on: self)

        for block in blocks.ranges {
            let target = blocks.results(block, in: y, filters)
            multiply(blocks.gather(block, from: x.value), kernel.transposed, into: target)
            addBias(
                biasRow.base, to: y.base + block.lowerBound * grid.places * filters, rows: block.count * grid.rows,
                width: biasRow.width, clamps: clamps)
        }

        return result(y, of: [x, weights, bias]) { [self] gradient in
            if clamps { maskByPositive(y.base, gradient.base, count: y.count) }
            withGradient(of: bias) { target, adds in
                biasRow.sumColumns(of: gradient, into: target, adds: adds)
            }
            withGradient(of: weights) { target, adds in
                let target = Matrix(target, rows: filters, columns: grid.patchCount)
                for block in blocks.ranges {
                    let rows = blocks.results(block, in: gradient, filters)
                    let patches = blocks.gather(block, from: x.value)
                    multiply(rows.transposed, patches, into: target, adds: adds || block.lowerBound > 0)
                }
            }
            addToGradient(of: x) { target in
                for block in blocks.ranges {
                    let rows = blocks.results(block, in: gradient, filters)
                    blocks.scatter(block, into: target) { multiply(rows, kernel, into: $0) }
                }
            }
        }
    }
}

/// The pictures of a batch, a few at a time: the patches of so many stand in memory at once.
private struct PatchBlocks {
    let grid: PatchGrid
    let pictures: Int
    /// Pictures a block: enough rows for a product of matrices, few enough for the cache.
    let size: Int
    private let scratch: Tensor

    init(_ grid: PatchGrid, pictures: Int, on tape: Tape) {
        self.grid = grid
        self.pictures = pictures
        size = max(1, min(pictures, 64 / grid.places))
        scratch = tape.buffer([size, grid.places, grid.patchCount])
    }

    /// The pictures of each block.
    var ranges: some Sequence<Range<Int>> {
        stride(from: 0, to: pictures, by: size).lazy.map { $0..<min($0 + size, pictures) }
    }

    /// The rows of a result N·rows·columns·filters that belong to a block, one place a row.
    func results(_ block: Range<Int>, in result: Tensor, _ filters: Int) -> Matrix {
        Matrix(
            result, at: block.lowerBound * grid.places * filters, rows: block.count * grid.places, columns: filters)
    }

    /// The patches of a block, one place a row.
    func gather(_ block: Range<Int>, from x: Tensor) -> Matrix {
        if grid.isIdentity {
            return Matrix(
                x, at: block.lowerBound * grid.pictureCount, rows: block.count * grid.places, columns: grid.patchCount)
        }
        for (index, picture) in block.enumerated() {
            grid.gather(x.base + picture * grid.pictureCount, into: patches(index))
        }
        return matrix(block)
    }

    /// Adds patches that `compute` writes to the pixels of a block.
    func scatter(_ block: Range<Int>, into x: Tensor, _ compute: (Matrix) -> Void) {
        compute(matrix(block))
        for (index, picture) in block.enumerated() {
            grid.scatter(patches(index), addingTo: x.base + picture * grid.pictureCount)
        }
    }

    private func matrix(_ block: Range<Int>) -> Matrix {
        Matrix(scratch, rows: block.count * grid.places, columns: grid.patchCount)
    }

    private func patches(_ index: Int) -> Row { scratch.base + index * grid.places * grid.patchCount }
}
