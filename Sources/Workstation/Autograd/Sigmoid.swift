import Foundation
import Tensors

extension Tape {
    /// 1 / (1 + e⁻ˣ).
    public func sigmoid(_ x: Variable) -> Variable {
        let y = buffer(x.value.shape)
        for index in 0..<y.count { y.base[index] = 1 / (1 + exp(-x.value.base[index])) }

        return result(y, of: [x]) { [self] gradient in
            addToGradient(of: x) { target in
                for index in 0..<y.count {
                    target.base[index] += gradient.base[index] * y.base[index] * (1 - y.base[index])
                }
            }
        }
    }
}
