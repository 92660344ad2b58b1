public import EdgeFormat
internal import Inference

/// Which time steps a sampling visits, and with which coefficients: docs/arithmetic.md, "Denoising".
///
/// Coefficients are worked out when asked for, so a plan of 1,000 steps is no larger than one of ten.
public struct StepPlan: Equatable, Sendable {
    /// One update x' = (A·x + B·ε) + C·n.
    public struct Step: Equatable, Sendable {
        /// The time step that the predictor is asked about.
        public let time: Int
        /// A, the factor of the latent.
        public let latent: Float
        /// B, the factor of the predicted noise.
        public let noise: Float
        /// C, the factor of fresh noise; 0 where the step takes none.
        public let fresh: Float
    }

    public let schedule: NoiseSchedule
    public let sampler: Sampler
    /// Number of steps.
    public let count: Int
    /// Time steps by which every step is later than usual.
    private let shift: Int

    /// - Parameter shift: moves every time step towards the noise, by less than the distance of two.
    /// - Throws: `.usage` for a number of steps that the schedule does not have, or an η outside of 0 … 1; `.data` for a
    ///   schedule that gives a coefficient which is no finite number, as one with ᾱ = 1 does.
    public init(schedule: NoiseSchedule, sampler: Sampler, steps: Int, shift: Int = 0) throws(EdgeError) {
        guard steps >= 1, steps <= schedule.count else {
            throw EdgeError(.usage, at: "", "\(steps) steps: the schedule has 1 to \(schedule.count)")
        }
        guard shift >= 0, shift < schedule.count / steps else {
            throw EdgeError(.usage, at: "", "a shift of \(shift) time steps leads past the schedule")
        }
        if case .ddim(let eta) = sampler, !(eta >= 0 && eta <= 1) {
            throw EdgeError(.usage, at: "", "eta is not from 0 to 1")
        }
        self.schedule = schedule
        self.sampler = sampler
        count = steps
        self.shift = shift
        for index in 0..<steps {
            let step = self[index]
            guard step.latent.isFinite, step.noise.isFinite, step.fresh.isFinite else {
                throw EdgeError(.data, at: "schedule", "gives no finite coefficients at time step \(step.time)")
            }
        }
    }

    /// The time step of step `index`, the noisiest first.
    public func time(of index: Int) -> Int { schedule.count / count * (count - 1 - index) + shift }

    /// Step `index`, 0 ..< `count`, the noisiest first. Every operation is rounded alone, in the order written.
    public subscript(index: Int) -> Step {
        let floats = ExactFloats()
        defer { floats.restore() }
        let time = time(of: index)
        let previous = time - schedule.count / count
        let here = schedule.alphaBars[time]
        let before = previous < 0 ? 1 : schedule.alphaBars[previous]
        switch sampler {
        case .ddpm(let large):
            let alpha = here / before
            let beta = 1 - alpha
            let ratio = (1 - before) / (1 - here)
            let variance = previous < 0 ? 0 : large ? beta : ratio * beta
            return Step(
                time: time, latent: Float(1 / alpha.squareRoot()),
                noise: Float(-(beta / ((1 - here).squareRoot() * alpha.squareRoot()))),
                fresh: Float(variance.squareRoot()))
        case .ddim(let eta):
            let sigma = eta * ((1 - before) / (1 - here)).squareRoot() * (1 - here / before).squareRoot()
            let latent = before.squareRoot() / here.squareRoot()
            let noise = ((1 - before) - sigma * sigma).squareRoot() - latent * (1 - here).squareRoot()
            return Step(time: time, latent: Float(latent), noise: Float(noise), fresh: Float(sigma))
        }
    }
}
