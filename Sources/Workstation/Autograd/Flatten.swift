import Tensors

extension Tape {
    /// N·H·W·C as N·(H·W·C): the same elements under another shape.
    public func flatten(_ x: Variable) -> Variable {
        let count = x.value.shape.first ?? 1
        let y = x.value.reshaped([count, x.value.count / count])

        return result(y, of: [x]) { [self] gradient in
            withGradient(of: x) { target, adds in
                if adds {
                    add(gradient.base, to: target.base, count: y.count)
                } else {
                    copy(gradient.base, to: target.base, count: y.count)
                }
            }
        }
    }
}
