public import EdgeFormat
internal import Inference

/// The loop around a noise predictor: from noise to a picture, or to several that go through the predictor together.
///
/// All its memory is taken when it is made; a run allocates nothing, for any number of steps. Whatever the caller's float
/// mode is, the loop and its predictor round to nearest.
public final class DenoisingLoop {
    public let plan: StepPlan
    private let noise: GaussianNoise
    /// Elements of one picture.
    private let elements: Int
    private let pictures: Int
    private let x: UnsafeMutableBufferPointer<Float>
    private let predicted: UnsafeMutableBufferPointer<Float>
    private let fresh: UnsafeMutableBufferPointer<Float>

    /// - Parameters:
    ///   - count: elements of a picture.
    ///   - pictures: how many pictures a latent holds, one after the other.
    public init(_ plan: StepPlan, _ noise: GaussianNoise, count: Int, pictures: Int = 1) {
        self.plan = plan
        self.noise = noise
        elements = max(count, 0)
        self.pictures = max(pictures, 0)
        x = .allocate(capacity: elements * self.pictures)
        predicted = .allocate(capacity: elements * self.pictures)
        fresh = .allocate(capacity: elements * self.pictures)
        x.initialize(repeating: 0)
        predicted.initialize(repeating: 0)
        fresh.initialize(repeating: 0)
    }

    deinit {
        x.deallocate()
        predicted.deallocate()
        fresh.deallocate()
    }

    /// The latent as the last run left it: each picture's elements, row by row.
    public var latent: UnsafeBufferPointer<Float> { UnsafeBufferPointer(x) }

    /// Draws a latent and denoises it.
    /// - Parameters:
    ///   - predictor: predicts for `count · pictures` elements.
    ///   - picture: the number of the first picture under the seed; the others follow it.
    ///   - each: called after every step with its index and the latent, in the loop's float mode; false ends the run.
    /// - Returns: whether all steps were taken.
    /// - Throws: what the predictor throws, and `.data` naming the step after which an element is not finite.
    public func run<Predictor: NoisePredictor>(
        _ predictor: inout Predictor, seed: UInt64, picture: UInt32 = 0,
        each: (Int, UnsafeBufferPointer<Float>) -> Bool = { _, _ in true }
    ) throws(EdgeError) -> Bool {
        guard predictor.count == x.count else {
            throw EdgeError(
                .data, at: "denoising", "the predictor takes \(predictor.count) elements, the latent has \(x.count)")
        }
        let floats = ExactFloats()
        defer { floats.restore() }
        draw(0, into: x, seed, picture)
        for index in 0..<plan.count {
            let step = plan[index]
            try predictor.predict(latent, step: step.time, into: predicted)
            if step.fresh != 0 { draw(UInt32(truncatingIfNeeded: index + 1), into: fresh, seed, picture) }
            guard update(step) else {
                throw EdgeError(
                    .data, at: "step \(index + 1) of \(plan.count)",
                    "gives a value that is no finite number (time step \(step.time))")
            }
            guard each(index, latent) else { return false }
        }
        return true
    }

    private func draw(
        _ number: UInt32, into target: UnsafeMutableBufferPointer<Float>, _ seed: UInt64, _ first: UInt32
    ) {
        for index in 0..<pictures {
            let range = index * elements..<(index + 1) * elements
            noise.fill(
                UnsafeMutableBufferPointer(rebasing: target[range]), seed: seed, draw: number,
                picture: first &+ UInt32(truncatingIfNeeded: index))
        }
    }

    /// x' = (A·x + B·ε) + C·n; answers whether all of it is finite.
    private func update(_ step: StepPlan.Step) -> Bool {
        // 0·x is 0 for what is finite and a NaN for what is not, and a sum keeps a NaN.
        var witness: Float = 0
        for index in x.indices {
            var value = step.latent * x[index] + step.noise * predicted[index]
            if step.fresh != 0 { value += step.fresh * fresh[index] }
            x[index] = value
            witness += 0 * value
        }
        return witness == witness
    }
}
