public import Denoising
internal import Foundation

extension NoiseSchedule {
    /// β from 1e-4 to 0.02 in `steps` equal steps, as Ho and others (2020) train.
    public static func linear(steps: Int) -> NoiseSchedule? {
        let (first, last) = (1e-4, 0.02)
        return schedule(steps) { index in
            steps == 1 ? first : first + (last - first) * Double(index) / Double(steps - 1)
        }
    }

    /// ᾱ after cos²((t + s)/(1 + s)·π/2) with s = 0.008 and β at most 0.999: Nichol and Dhariwal (2021), equation 17.
    public static func cosine(steps: Int) -> NoiseSchedule? {
        func alphaBar(_ share: Double) -> Double {
            let root = cos((share + 0.008) / 1.008 * Double.pi / 2)
            return root * root
        }
        return schedule(steps) { index in
            let (from, to) = (Double(index) / Double(steps), Double(index + 1) / Double(steps))
            return min(1 - alphaBar(to) / alphaBar(from), 0.999)
        }
    }

    /// ᾱ as the products of 1 − β.
    private static func schedule(_ steps: Int, _ beta: (Int) -> Double) -> NoiseSchedule? {
        guard steps >= 1 else { return nil }
        var product = 1.0
        return NoiseSchedule(
            alphaBars: (0..<steps).map { index in
                product *= 1 - beta(index)
                return product
            })
    }
}
