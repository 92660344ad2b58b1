import Tensors

extension Tape {
    /// N·H·W·C as N·(H·W·C): the same elements under another shape.
    public func flatten(_ x: Variable) -> Variable {
        let count = x.value.shape.first ?? 1
        let y = x.value.reshaped([count, x.value.count / count])

        return result(y, of: [x]) { [self] gradient in
            pass(gradient, to: x)
        }
    }
}
