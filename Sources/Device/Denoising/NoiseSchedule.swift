/// How much of a picture is left at each time step: ᾱ_t = Π (1 − β_i), i ≤ t (Ho and others, 2020, equation 4).
///
/// Doubles, computed on the workstation and stored in the file: the device only adds, multiplies, divides and takes
/// square roots, each rounded alone, so that every processor gets the same coefficients.
public struct NoiseSchedule: Equatable, Sendable {
    /// ᾱ_t for t = 0 …, falling, each in 0 < ᾱ ≤ 1.
    public let alphaBars: [Double]

    /// Nil where a number is not within its bounds or they do not fall.
    public init?(alphaBars: [Double]) {
        var last = 1.0
        for value in alphaBars {
            guard value > 0, value <= last else { return nil }
            last = value
        }
        guard !alphaBars.isEmpty else { return nil }
        self.alphaBars = alphaBars
    }

    /// Number of time steps that the network was trained with.
    public var count: Int { alphaBars.count }
}
