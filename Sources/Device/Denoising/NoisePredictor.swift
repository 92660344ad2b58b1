public import EdgeFormat

/// What the step loop asks for the noise in a latent: a compiled network, a float one, or a formula in a test.
public protocol NoisePredictor {
    /// Elements of a latent.
    var count: Int { get }

    /// Predicts the noise ε in `latent` at a time step.
    /// - Parameters:
    ///   - latent: `count` elements, row by row.
    ///   - step: 0 ..< the schedule's number of steps; larger is noisier.
    ///   - noise: `count` elements that are written.
    /// - Throws: `EdgeError` when the prediction fails.
    mutating func predict(
        _ latent: UnsafeBufferPointer<Float>, step: Int, into noise: UnsafeMutableBufferPointer<Float>
    ) throws(EdgeError)
}
