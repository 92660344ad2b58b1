/// Mean and standard deviation of each channel of a value.
public struct ChannelStatistics: Equatable, Sendable {
    public var means: [Float]
    public var deviations: [Float]

    public init(means: [Float], deviations: [Float]) {
        self.means = means
        self.deviations = deviations
    }
}
