public import Tensors

extension Tape {
    /// Cross-correlation of pictures with filters, plus bias, then ReLU where `clamps`.
    ///
    /// x is N·H·W·C as `grid` says, weights O·(KH·KW·C), bias O; the result is N·rows·columns·O.
    public func convolution(
        _ x: Variable, weights: Variable, bias: Variable, grid: PatchGrid, clamps: Bool
    ) -> Variable {
        let count = x.value.count / grid.pictureCount
        let filters = bias.value.count
        if grid.places == 1 && grid.isIdentity {
            // A window as large as its picture makes one row of it, and of the batch a matrix.
            return product(
                x, weights: weights, bias: bias, shape: [count, grid.rows, grid.columns, filters], clamps: clamps)
        }
        let y = buffer([count, grid.rows, grid.columns, filters])
        let convolution = PictureConvolution(grid, filters: filters, buffer: buffer)
        convolution.forward(x.value, weights: weights.value, bias: bias.value, clamps: clamps, into: y)

        return result(y, of: [x, weights, bias]) { [self] gradient in
            if clamps { maskByPositive(y.base, gradient.base, count: y.count) }
            addToGradient(of: bias) { target in
                let pixels = PixelRows(gradient)
                let row = pixels.buffer(on: self)
                for sample in 0..<count { pixels.addPixels(of: sample, in: gradient, through: row, to: target.base) }
            }
            withGradient(of: weights) { target, adds in
                convolution.weightGradient(x.value, gradient, into: target, adds: adds)
            }
            withGradient(of: x) { target, adds in
                convolution.inputGradient(gradient, weights: weights.value, into: target, adds: adds)
            }
        }
    }
}
