import Denoising
import EdgeFormat
import Platform

/// Notes how long each prediction takes.
struct TimedPredictor<Predictor: NoisePredictor>: NoisePredictor {
    private var predictor: Predictor
    private var seconds: [Double] = []

    init(_ predictor: Predictor) {
        self.predictor = predictor
    }

    var count: Int { predictor.count }

    mutating func predict(
        _ latent: UnsafeBufferPointer<Float>, step: Int, into noise: UnsafeMutableBufferPointer<Float>
    ) throws(EdgeError) {
        let started = Clock.nanoseconds()
        try predictor.predict(latent, step: step, into: noise)
        seconds.append(Double(Clock.nanoseconds() - started) / 1e9)
    }

    /// The median over the steps of one picture, at most 50.
    mutating func medianSeconds(_ request: SamplingRequest, _ noise: GaussianNoise) throws(EdgeError) -> Double? {
        let loop = DenoisingLoop(request.plan, noise, count: count)
        _ = try loop.run(&self, seed: request.seed) { index, _ in index < 49 && !Interrupts.requested }
        return median(seconds)
    }
}
