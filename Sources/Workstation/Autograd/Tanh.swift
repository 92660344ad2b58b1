import Foundation
import Tensors

extension Tape {
    /// The hyperbolic tangent.
    public func tanh(_ x: Variable) -> Variable {
        let y = buffer(x.value.shape)
        for index in 0..<y.count { y.base[index] = Foundation.tanh(x.value.base[index]) }

        return result(y, of: [x]) { [self] gradient in
            addToGradient(of: x) { target in
                for index in 0..<y.count {
                    target.base[index] += gradient.base[index] * (1 - y.base[index] * y.base[index])
                }
            }
        }
    }
}
