internal import Foundation
package import Tensors

/// Adam (Kingma and Ba, 2015): m = β₁·m + (1 − β₁)·g, v = β₂·v + (1 − β₂)·g², w = w − η·m̂ / (√v̂ + ε), where m̂ and v̂ are
/// m and v divided by 1 − βᵗ.
package struct Adam: Optimizer {
    let beta1: Float = 0.9
    let beta2: Float = 0.999
    let epsilon: Float = 1e-8

    package init() {}

    package var stateCount: Int { 2 }

    package func update(_ parameters: Row, gradient: Row, state: [Row], count: Int, step: Int, rate: Float) {
        let (mean, square) = (state[0], state[1])
        let correction1 = Float(1 / (1 - pow(Double(beta1), Double(step))))
        let correction2 = Float(1 / (1 - pow(Double(beta2), Double(step))))
        let factor = rate * correction1
        let (keep1, add1, keep2, add2) = (beta1, 1 - beta1, beta2, 1 - beta2)
        forLanes(count) {
            let g = gradient.lanes(at: $0)
            let m = keep1 * mean.lanes(at: $0) + add1 * g
            let v = keep2 * square.lanes(at: $0) + add2 * g * g
            mean.setLanes(m, at: $0)
            square.setLanes(v, at: $0)
            let root = (correction2 * v).squareRoot() + epsilon
            parameters.setLanes(parameters.lanes(at: $0) - factor * m / root, at: $0)
        } _: {
            let g = gradient[$0]
            mean[$0] = keep1 * mean[$0] + add1 * g
            square[$0] = keep2 * square[$0] + add2 * g * g
            let root = (correction2 * square[$0]).squareRoot() + epsilon
            parameters[$0] -= factor * mean[$0] / root
        }
    }
}
