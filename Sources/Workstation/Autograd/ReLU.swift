import Tensors

extension Tape {
    /// max(x, 0); its slope at 0 is 0. Convolution and dense layers do this by themselves where they are asked to.
    public func relu(_ x: Variable) -> Variable {
        let y = buffer(x.value.shape)
        for index in 0..<y.count { y.base[index] = max(x.value.base[index], 0) }

        return result(y, of: [x]) { [self] gradient in
            maskByPositive(y.base, gradient.base, count: y.count)
            pass(gradient, to: x)
        }
    }
}
