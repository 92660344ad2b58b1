/// How a step goes from one time step to the one before.
public enum Sampler: Equatable, Sendable {
    /// Ancestral sampling (Ho and others, 2020): fresh noise at every step but the last. Its variance is that of the
    /// forward process given the picture, or, when large, β of the step.
    case ddpm(largeVariance: Bool)
    /// Song and others, 2021. η, 0 … 1, is the share of fresh noise: 0 is a fixed path from the first latent to the
    /// picture, 1 has the noise of DDPM.
    case ddim(eta: Double)
}
