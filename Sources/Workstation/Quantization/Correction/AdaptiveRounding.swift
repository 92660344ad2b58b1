import ModelGraph

/// Weights rounded up or down so that the layer's results, not the weights, are as near as possible to what they should
/// be (docs/quantization.md).
package enum AdaptiveRounding {
    /// The least that the error must fall by for a weight to be rounded the other way, as a share of what it is: less
    /// is noise of the samples.
    private static let leastGain: Float = 1e-5

    /// One output's weights: neighbours of the real ones, so that (q − w)ᵀ·C·(q − w) is a minimum which no other
    /// rounding of one weight improves.
    /// - Parameters:
    ///   - exact: the weights in steps of their scale.
    ///   - covariances: C, of what the weights are multiplied with.
    package static func round(_ exact: [Float], _ covariances: [Float]) -> [Int8] {
        let depth = exact.count
        var rounded = exact.map { min(max($0.rounded(.toNearestOrEven), -127), 127) }
        var errors = zip(rounded, exact).map { $0 - $1 }
        // C·(q − w), half of the gradient.
        var slopes = (0..<depth).map { row in
            (0..<depth).reduce(Float(0)) { $0 + covariances[row * depth + $1] * errors[$1] }
        }
        let error = zip(slopes, errors).reduce(Float(0)) { $0 + $1.0 * $1.1 }
        let least = -leastGain * error
        covariances.withUnsafeBufferPointer { covariances in
            for _ in 0..<4 * depth {
                var best = (gain: least, index: -1, step: Float(0))
                for index in 0..<depth {
                    let step: Float = errors[index] > 0 ? -1 : 1
                    let gain = 2 * step * slopes[index] + covariances[index * depth + index]
                    if gain < best.gain, abs(rounded[index] + step) <= 127 { best = (gain, index, step) }
                }
                guard best.index >= 0 else { break }
                rounded[best.index] += best.step
                errors[best.index] += best.step
                let row = best.index * depth
                for index in 0..<depth { slopes[index] += best.step * covariances[row + index] }
            }
        }
        return rounded.map { Int8($0) }
    }
}
