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
