import Denoising
import EdgeFormat

/// The exact noise in samples of a normal distribution: what a perfect network would predict.
struct NormalPredictor: NoisePredictor {
    let schedule: NoiseSchedule
    var mean: Double
    var deviation: Double
    var count: Int

    mutating func predict(
        _ latent: UnsafeBufferPointer<Float>, step: Int, into noise: UnsafeMutableBufferPointer<Float>
    ) throws(EdgeError) {
        let alphaBar = schedule.alphaBars[step]
        let factor = (1 - alphaBar).squareRoot() / (deviation * deviation * alphaBar + 1 - alphaBar)
        let center = alphaBar.squareRoot() * mean
        for index in noise.indices { noise[index] = Float(factor * (Double(latent[index]) - center)) }
    }
}

/// Mean and standard deviation of the numbers.
func moments(_ numbers: some Sequence<Float>) -> (mean: Double, deviation: Double) {
    var (count, sum, squares) = (0.0, 0.0, 0.0)
    for number in numbers {
        count += 1
        sum += Double(number)
        squares += Double(number) * Double(number)
    }
    let mean = sum / count
    return (mean, max(squares / count - mean * mean, 0).squareRoot())
}
