internal import Foundation

/// The step size over a training: up in a straight line for a twentieth of the steps, then down along half a cosine.
package struct CosineSchedule: Equatable, Sendable {
    let peak: Float
    let steps: Int

    package init(peak: Float, steps: Int) {
        self.peak = peak
        self.steps = steps
    }

    /// The step size of step 0 ..< `steps`.
    package func rate(at step: Int) -> Float {
        let warmup = steps / 20
        if step < warmup { return peak * Float(step + 1) / Float(warmup + 1) }
        let share = Double(step - warmup) / Double(max(1, steps - warmup))
        return peak * Float(0.5 * (1 + cos(Double.pi * share)))
    }
}
