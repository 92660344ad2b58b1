/// Mean and covariance of feature vectors.
public struct FeatureStatistics: Equatable, Sendable {
    public let mean: [Double]
    /// Row by row; unbiased.
    public let covariance: [Double]

    /// - Parameters:
    ///   - features: vectors of `width`, one after the other; at least two.
    public init?(_ features: [Float], width: Int) {
        let count = width > 0 ? features.count / width : 0
        guard count >= 2 else { return nil }
        var mean = [Double](repeating: 0, count: width)
        for row in 0..<count {
            for column in 0..<width { mean[column] += Double(features[row * width + column]) }
        }
        for column in 0..<width { mean[column] /= Double(count) }
        var covariance = [Double](repeating: 0, count: width * width)
        var centred = mean
        for row in 0..<count {
            for column in 0..<width { centred[column] = Double(features[row * width + column]) - mean[column] }
            for i in 0..<width {
                for j in 0...i { covariance[i * width + j] += centred[i] * centred[j] }
            }
        }
        for i in 0..<width {
            for j in 0...i {
                covariance[i * width + j] /= Double(count - 1)
                covariance[j * width + i] = covariance[i * width + j]
            }
        }
        self.mean = mean
        self.covariance = covariance
    }

    /// The Fréchet distance between normal distributions with these moments (Heusel and others, 2017):
    /// |m₁ − m₂|² + tr(C₁ + C₂ − 2·(C₁^½·C₂·C₁^½)^½).
    public func distance(to other: FeatureStatistics) -> Double {
        let width = mean.count
        guard other.mean.count == width else { return .nan }
        let means = zip(mean, other.mean).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let root = SymmetricMatrix(covariance, width: width).squareRoot
        let product = Self.product(Self.product(root, other.covariance, width), root, width)
        let eigenvalues = SymmetricMatrix(product, width: width).eigenvalues
        let traces = (0..<width).reduce(0) { $0 + covariance[$1 * width + $1] + other.covariance[$1 * width + $1] }
        return means + traces - 2 * eigenvalues.reduce(0) { $0 + max($1, 0).squareRoot() }
    }

    private static func product(_ a: [Double], _ b: [Double], _ width: Int) -> [Double] {
        var c = [Double](repeating: 0, count: width * width)
        for i in 0..<width {
            for k in 0..<width {
                let factor = a[i * width + k]
                for j in 0..<width { c[i * width + j] += factor * b[k * width + j] }
            }
        }
        return c
    }
}
