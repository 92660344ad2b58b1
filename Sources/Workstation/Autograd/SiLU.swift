import Tensors

extension Tape {
    /// x / (1 + e⁻ˣ).
    public func silu(_ x: Variable) -> Variable {
        let y = buffer(x.value.shape)
        mapLanes(y.count, to: y.base) { index in
            let x = x.value.base.lanes(at: index)
            return x * x.sigmoid
        }

        return result(y, of: [x]) { [self] gradient in
            mapLanes(y.count, to: gradient.base) {
                gradient.base.lanes(at: $0) * x.value.base.lanes(at: $0).slopeOfSiLU
            }
            pass(gradient, to: x)
        }
    }
}

extension SIMD8 where Scalar == Float {
    /// The slope of x / (1 + e⁻ˣ) at each lane.
    @inline(__always)
    var slopeOfSiLU: Lanes {
        let s = sigmoid
        return s * (1 + self * (1 - s))
    }
}
