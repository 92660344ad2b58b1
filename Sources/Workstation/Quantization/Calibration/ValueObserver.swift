/// What calibration knows of one value: its range, a moving average of it, the channels that were never but 0, and, where
/// that is asked for, how often which numbers occurred.
struct ValueObserver: Equatable, Sendable {
    /// Of all samples; nil before the first one.
    private(set) var range: ValueRange?
    private(set) var histogram: ValueHistogram?
    private var average = MovingAverage()
    /// The channels that were 0 in every sample; nil before the first one.
    private(set) var silent: Set<Int>?
    private let watchesChannels: Bool

    /// - Parameters:
    ///   - countsValues: whether a histogram is needed.
    ///   - watchesChannels: whether it is asked for channels that are never but 0.
    init(countsValues: Bool, watchesChannels: Bool = false) {
        histogram = countsValues ? ValueHistogram() : nil
        self.watchesChannels = watchesChannels
    }

    /// Looks at one sample's elements.
    /// - Parameter channels: length of the last axis.
    /// - Returns: false where one of them is not finite; then nothing is noted.
    mutating func observe(_ elements: [Float], channels: Int) -> Bool {
        guard let first = elements.first else { return true }
        var (minimum, maximum, isFinite) = (first, first, true)
        for element in elements {
            if !element.isFinite { isFinite = false }
            minimum = min(minimum, element)
            maximum = max(maximum, element)
        }
        guard isFinite else { return false }
        let sample = ValueRange(minimum: minimum, maximum: maximum)
        range = range.map { $0.union(sample) } ?? sample
        average.add(sample)
        histogram?.add(elements)
        if watchesChannels { watch(elements, channels: max(channels, 1)) }
        return true
    }

    /// Most channels speak at their first element, so this costs next to nothing.
    private mutating func watch(_ elements: [Float], channels: Int) {
        silent = (silent ?? Set(0..<channels)).filter { channel in
            stride(from: channel, to: elements.count, by: channels).allSatisfy { elements[$0] == 0 }
        }
    }

    /// Adds what was seen of the samples that came after.
    mutating func merge(_ later: ValueObserver) {
        guard let other = later.range else { return }
        range = range.map { $0.union(other) } ?? other
        average.merge(later.average)
        if let others = later.silent { silent = silent?.intersection(others) ?? others }
        if let other = later.histogram { histogram?.add(other) }
    }

    /// The range that 8 bits stand for; nil before the first sample.
    func range(_ method: RangeMethod) -> ValueRange? {
        guard let range else { return nil }
        if method == .movingAverage { return average.range }
        return histogram?.range(method, within: range) ?? range
    }
}

/// The exponential moving average of samples' ranges, each weighing 1 % more than the one before, by weights whose sum is
/// 1 however few they are.
private struct MovingAverage: Equatable, Sendable {
    /// The weight of a new sample.
    private static let share = 0.01

    private var minimum = 0.0
    private var maximum = 0.0
    /// What is left of the weight of what came before the first sample.
    private var rest = 1.0

    mutating func add(_ sample: ValueRange) {
        minimum += (Double(sample.minimum) - minimum) * Self.share
        maximum += (Double(sample.maximum) - maximum) * Self.share
        rest *= 1 - Self.share
    }

    mutating func merge(_ later: MovingAverage) {
        minimum = minimum * later.rest + later.minimum
        maximum = maximum * later.rest + later.maximum
        rest *= later.rest
    }

    var range: ValueRange {
        ValueRange(minimum: Float(minimum / (1 - rest)), maximum: Float(maximum / (1 - rest)))
    }
}
