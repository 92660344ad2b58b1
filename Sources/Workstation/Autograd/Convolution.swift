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
        let kernel = Matrix(weights.value.base, rows: filters, columns: grid.patchCount)
        let biasRow = RepeatedRow(bias.value, times: grid.columns, on: self)

        blocks.forEach { first, pictures in
            let rows = pictures * grid.places
            let target = y.base + first * grid.places * filters
            let patches = blocks.gather(x.value.base, first, pictures)
            multiply(patches, kernel.transposed, into: Matrix(target, rows: rows, columns: filters))
            addBias(biasRow.base, to: target, rows: pictures * grid.rows, width: biasRow.width, clamps: clamps)
        }

        return result(y, of: [x, weights, bias]) { [self] gradient in
            if clamps { maskByPositive(y.base, gradient.base, count: y.count) }
            withGradient(of: bias) { target, adds in
                biasRow.sumColumns(of: gradient, into: target, adds: adds)
            }
            withGradient(of: weights) { target, adds in
                let kernelGradient = Matrix(target.base, rows: filters, columns: grid.patchCount)
                blocks.forEach { first, pictures in
                    let rows = Matrix(
                        gradient.base + first * grid.places * filters, rows: pictures * grid.places, columns: filters)
                    let patches = blocks.gather(x.value.base, first, pictures)
                    multiply(rows.transposed, patches, into: kernelGradient, adds: adds || first > 0)
                }
            }
            addToGradient(of: x) { target in
                blocks.forEach { first, pictures in
                    let rows = Matrix(
                        gradient.base + first * grid.places * filters, rows: pictures * grid.places, columns: filters)
                    blocks.scatter(into: target.base, first, pictures) { multiply(rows, kernel, into: $0) }
                }
            }
        }
    }
}

/// The patches of a few pictures at a time.
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

    func forEach(_ body: (_ first: Int, _ pictures: Int) -> Void) {
        for first in stride(from: 0, to: pictures, by: size) { body(first, min(size, pictures - first)) }
    }

    /// The patches of some pictures, one a row.
    func gather(_ x: Row, _ first: Int, _ count: Int) -> Matrix {
        if grid.isIdentity { return matrix(x + first * grid.pictureCount, count) }
        for index in 0..<count {
            grid.gather(
                x + (first + index) * grid.pictureCount, into: scratch.base + index * grid.places * grid.patchCount)
        }
        return matrix(scratch.base, count)
    }

    /// Adds patches that `compute` writes to the pixels of some pictures.
    func scatter(into x: Row, _ first: Int, _ count: Int, _ compute: (Matrix) -> Void) {
        let patches = matrix(scratch.base, count)
        compute(patches)
        for index in 0..<count {
            grid.scatter(
                scratch.base + index * grid.places * grid.patchCount, addingTo: x + (first + index) * grid.pictureCount)
        }
    }

    private func matrix(_ base: Row, _ count: Int) -> Matrix {
        Matrix(base, rows: count * grid.places, columns: grid.patchCount)
    }
}
