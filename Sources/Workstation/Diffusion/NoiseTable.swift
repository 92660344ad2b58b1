public import Denoising
internal import Foundation

extension GaussianNoise {
    /// Noise with the table that every model file holds.
    public static let standard = GaussianNoise()

    /// T[64·o + j] = half_even(2²⁴·Φ⁻¹(1 − p)) for p = 2ᵒ·(1 + j/64)/2³², and 0, for p = ½, at the end.
    private init() {
        var table = (0..<31 * 64).map { index in
            let probability = exp2(Double(index / 64) - 32) * (1 + Double(index % 64) / 64)
            return Int32((Self.quantile(ofTail: probability) * 0x1p24).rounded(.toNearestOrEven))
        }
        table.append(0)
        self.init(complete: table)
    }

    /// The x that a standard normal number exceeds with a probability of 1e-12 … ½.
    ///
    /// Found by halving an interval until two neighbouring doubles are left: as exact as `erfc`, which the C library
    /// computes to the last bit or two.
    package static func quantile(ofTail probability: Double) -> Double {
        var (low, high) = (0.0, 8.0)
        while true {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { return low }
            if erfc(middle / 2.0.squareRoot()) / 2 > probability { low = middle } else { high = middle }
        }
    }
}
