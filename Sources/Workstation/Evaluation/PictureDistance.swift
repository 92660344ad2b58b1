import Foundation

extension Sampling {
    /// Peak signal-to-noise ratio of each picture to the same picture of another sampling, in dB at a peak of 255; infinite
    /// for equal pictures.
    public func peakSignalToNoise(to other: Sampling) -> [Double] {
        (0..<min(count, other.count)).map { picture in
            let squares = zip(self[picture], other[picture]).reduce(0) { sum, pair in
                let difference = Int(pair.0) - Int(pair.1)
                return sum + difference * difference
            }
            return 10 * log10(255 * 255 * Double(elements) / Double(squares))
        }
    }

    /// The median of the same.
    public func medianPeakSignalToNoise(to other: Sampling) -> Double? {
        median(peakSignalToNoise(to: other))
    }
}

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

/// A symmetric matrix by its eigenvalues: Jacobi's rotations, until what is off the diagonal is rounding.
package struct SymmetricMatrix {
    package let eigenvalues: [Double]
    /// Column k belongs to eigenvalue k.
    private let vectors: [Double]
    private let width: Int

    /// - Parameter elements: row by row; the mean of both halves counts.
    package init(_ elements: [Double], width: Int) {
        self.width = width
        var a = elements
        for i in 0..<width {
            for j in 0..<i {
                let middle = (elements[i * width + j] + elements[j * width + i]) / 2
                (a[i * width + j], a[j * width + i]) = (middle, middle)
            }
        }
        var v = [Double](repeating: 0, count: width * width)
        for i in 0..<width { v[i * width + i] = 1 }
        let scale = a.reduce(0) { $0 + $1 * $1 }
        for _ in 0..<60 {
            var off = 0.0
            for i in 0..<width {
                for j in 0..<i { off += 2 * a[i * width + j] * a[i * width + j] }
            }
            guard off > scale * 1e-28 else { break }
            for p in 0..<width {
                for q in p + 1..<max(width, p + 1) { Self.rotate(&a, &v, p, q, width) }
            }
        }
        eigenvalues = (0..<width).map { a[$0 * width + $0] }
        vectors = v
    }

    /// Turns axes p and q so that their element becomes 0.
    private static func rotate(_ a: inout [Double], _ v: inout [Double], _ p: Int, _ q: Int, _ width: Int) {
        let element = a[p * width + q]
        guard element != 0 else { return }
        let theta = (a[q * width + q] - a[p * width + p]) / (2 * element)
        let t = (theta >= 0 ? 1 : -1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        for k in 0..<width {
            let (x, y) = (a[k * width + p], a[k * width + q])
            (a[k * width + p], a[k * width + q]) = (c * x - s * y, s * x + c * y)
        }
        for k in 0..<width {
            let (x, y) = (a[p * width + k], a[q * width + k])
            (a[p * width + k], a[q * width + k]) = (c * x - s * y, s * x + c * y)
        }
        for k in 0..<width {
            let (x, y) = (v[k * width + p], v[k * width + q])
            (v[k * width + p], v[k * width + q]) = (c * x - s * y, s * x + c * y)
        }
    }

    /// The symmetric matrix whose square this is; what is below 0 by rounding counts as 0.
    package var squareRoot: [Double] {
        var root = [Double](repeating: 0, count: width * width)
        for k in 0..<width {
            let value = max(eigenvalues[k], 0).squareRoot()
            for i in 0..<width {
                let factor = vectors[i * width + k] * value
                for j in 0..<width { root[i * width + j] += factor * vectors[j * width + k] }
            }
        }
        return root
    }
}
