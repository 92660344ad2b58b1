import Foundation

/// How near two pictures are to each other.
public enum PeakSignalToNoise {
    /// Peak signal to noise in dB, 10·log10(255² / mean square difference of the bytes); infinite for equal pictures.
    public static func ratio(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Double {
        let squares = zip(a, b).reduce(0) { sum, pair in
            let difference = Int(pair.0) - Int(pair.1)
            return sum + difference * difference
        }
        return squares == 0 ? .infinity : 10 * log10(255 * 255 * Double(min(a.count, b.count)) / Double(squares))
    }
}

extension Sampling {
    /// The ratio of each picture to the same picture of another sampling.
    public func peakSignalToNoise(to other: Sampling) -> [Double] {
        (0..<min(count, other.count)).map { PeakSignalToNoise.ratio(self[$0], other[$0]) }
    }

    /// The median of the same.
    public func medianPeakSignalToNoise(to other: Sampling) -> Double? {
        median(peakSignalToNoise(to: other))
    }
}
