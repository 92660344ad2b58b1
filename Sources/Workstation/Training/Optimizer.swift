package import Tensors

/// A rule that turns gradients into new parameters. It works on rows: each number by itself, so rows can be shared out.
package protocol Optimizer: Sendable {
    /// Numbers that it keeps for each parameter.
    var stateCount: Int { get }

    /// One step on `count` parameters. `state` has `stateCount` rows, zeros before the first step.
    /// - Parameters:
    ///   - step: 1 for the first step.
    ///   - rate: the step size.
    func update(_ parameters: Row, gradient: Row, state: [Row], count: Int, step: Int, rate: Float)
}
