package import Tensors

/// Stochastic gradient descent with momentum, in the form of the frameworks: v = µ·v + g, w = w − η·v.
package struct MomentumDescent: Optimizer {
    let momentum: Float

    package init(momentum: Float = 0.9) {
        self.momentum = momentum
    }

    package var stateCount: Int { 1 }

    package func update(_ parameters: Row, gradient: Row, state: [Row], count: Int, step: Int, rate: Float) {
        let velocity = state[0]
        forLanes(count) {
            let v = momentum * velocity.lanes(at: $0) + gradient.lanes(at: $0)
            velocity.setLanes(v, at: $0)
            parameters.setLanes(parameters.lanes(at: $0) - rate * v, at: $0)
        } _: {
            velocity[$0] = momentum * velocity[$0] + gradient[$0]
            parameters[$0] -= rate * velocity[$0]
        }
    }
}
