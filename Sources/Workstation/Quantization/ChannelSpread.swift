/// What the channels of a value are on samples: what decides how much is lost when they, or the weights that read them, are
/// rounded.
struct ChannelSpread: Sendable {
    /// The largest magnitude of each channel.
    private(set) var largest: [Float]
    /// Elements that are not 0.
    private var counts: [Double]
    private var sums: [Double]
    private var squares: [Double]
    private var rows = 0.0

    init(channels: Int) {
        largest = [Float](repeating: 0, count: channels)
        counts = [Double](repeating: 0, count: channels)
        (sums, squares) = (counts, counts)
    }

    /// Adds rows of channels.
    mutating func add(_ elements: [Float]) {
        let channels = largest.count
        for row in stride(from: 0, to: elements.count, by: channels) {
            for channel in 0..<channels where elements[row + channel] != 0 {
                let element = elements[row + channel]
                largest[channel] = max(largest[channel], abs(element))
                counts[channel] += 1
                sums[channel] += Double(element)
                squares[channel] += Double(element * element)
            }
        }
        rows += Double(elements.count / channels)
    }

    mutating func merge(_ other: ChannelSpread) {
        for channel in largest.indices {
            largest[channel] = max(largest[channel], other.largest[channel])
            counts[channel] += other.counts[channel]
            sums[channel] += other.sums[channel]
            squares[channel] += other.squares[channel]
        }
        rows += other.rows
    }

    /// The share of a channel's elements that are not 0: zeros have no rounding error.
    func share(_ channel: Int) -> Double { rows > 0 ? counts[channel] / rows : 0 }

    /// The variance of a channel's elements: what their mean makes of errors of weights goes into the bias.
    func variance(_ channel: Int) -> Double {
        guard rows > 0 else { return 0 }
        let mean = sums[channel] / rows
        return max(squares[channel] / rows - mean * mean, 0)
    }
}
