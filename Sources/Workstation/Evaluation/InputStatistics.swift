import EdgeFormat
import Foundation
import ModelGraph
import Quantization

/// What some samples are like: how they differ, and how far they are from what training saw behind the first batch norm.
struct InputStatistics: Sendable {
    /// Of one channel or element: enough for mean and deviation.
    private struct Moments {
        var sum = 0.0
        var squares = 0.0
    }

    private var count = 0
    /// By element of the input, over the samples.
    private var elements: [Moments]
    /// By channel of the norm's result, over samples and places.
    private var channels: [Moments]
    private var places = 0
    private let trained: ChannelStatistics?
    private let name: String

    /// Samples that are added up at a time; fixed, so that the result does not depend on the number of threads.
    private static let shard = 4

    private init(elements: Int, trained: ChannelStatistics?, name: String) {
        self.elements = [Moments](repeating: Moments(), count: elements)
        self.trained = trained
        self.name = name
        channels = [Moments](repeating: Moments(), count: trained?.means.count ?? 0)
    }

    /// Runs the graph up to its first batch norm; not at all where none is known.
    static func run(_ graph: Graph, _ samples: CalibrationSamples, threads: Int) throws(EdgeError) -> InputStatistics {
        let norm = graph.nodes.lazy.flatMap(\.outputs).first { graph.values[$0].trained != nil }
        var interpreter: ReferenceInterpreter?
        if let norm {
            var beginning = graph
            beginning.outputs = [norm]
            interpreter = try ReferenceInterpreter(beginning.removingDeadCode(), .quick)
        }
        let empty = InputStatistics(
            elements: graph.inputs.first.map { graph.values[$0].type.count } ?? 0,
            trained: norm.flatMap { graph.values[$0].trained }, name: norm.map { graph.values[$0].name } ?? "")
        return try concurrently(shards(samples.count, of: shard), threads: threads, into: empty) {
            [interpreter] (range) throws(EdgeError) in
            var statistics = empty
            for index in range {
                let inputs = try samples[index].inputs
                let outputs = try interpreter?.run(inputs) ?? []
                statistics.add(inputs.first?.floats ?? [], outputs.first?.floats ?? [])
            }
            return statistics
        } merge: {
            $0.merge($1)
        }
    }

    private mutating func add(_ input: [Float], _ result: [Float]) {
        count += 1
        for (index, element) in input.enumerated() where elements.indices.contains(index) {
            elements[index].sum += Double(element)
            elements[index].squares += Double(element) * Double(element)
        }
        guard !channels.isEmpty else { return }
        for (index, element) in result.enumerated() {
            channels[index % channels.count].sum += Double(element)
            channels[index % channels.count].squares += Double(element) * Double(element)
        }
        places += result.count / channels.count
    }

    private mutating func merge(_ other: InputStatistics) {
        count += other.count
        places += other.places
        for index in elements.indices {
            elements[index].sum += other.elements[index].sum
            elements[index].squares += other.elements[index].squares
        }
        for index in channels.indices {
            channels[index].sum += other.channels[index].sum
            channels[index].squares += other.channels[index].squares
        }
    }

    /// Whether less than a hundredth of the inputs' variance lies between the samples: they are one picture again and again,
    /// or all of one colour.
    var areAlike: Bool {
        guard count > 1, !elements.isEmpty else { return false }
        let number = Double(count)
        let between = elements.reduce(0) { $0 + max($1.squares / number - ($1.sum / number) * ($1.sum / number), 0) }
        let mean = elements.reduce(0) { $0 + $1.sum } / number / Double(elements.count)
        let all = elements.reduce(0) { $0 + $1.squares } / number - mean * mean * Double(elements.count)
        return between <= 0.01 * max(all, 0)
    }

    /// How far the samples are from what training saw; nil where that is not known.
    var norm: NormDistance? {
        guard let trained, places > 0, trained.deviations.count == channels.count else { return nil }
        let typical = median(trained.deviations.map(Double.init)) ?? 0
        var (spreads, shifts): ([Double], [Double]) = ([], [])
        for (index, sums) in channels.enumerated() {
            // A channel that training has switched off says nothing.
            let deviation = Double(trained.deviations[index])
            guard deviation > 1e-3 * typical, deviation > 0 else { continue }
            let mean = sums.sum / Double(places)
            let variance = max(sums.squares / Double(places) - mean * mean, 0)
            spreads.append(log2(max(variance.squareRoot() / deviation, 1e-6)))
            shifts.append((mean - Double(trained.means[index])) / deviation)
        }
        guard let spread = median(spreads) else { return nil }
        let square = shifts.reduce(0) { $0 + $1 * $1 } / Double(shifts.count)
        return NormDistance(name: name, spread: spread, shift: square.squareRoot())
    }
}

/// How far samples are from what a batch norm saw in training. A norm's result has in training, for each channel, the mean
/// that its bias says, and the deviation that its factor says.
struct NormDistance: Equatable, Sendable {
    /// Of the norm's result.
    let name: String
    /// The median over the channels of log₂(deviation here / deviation in training).
    let spread: Double
    /// The root of the mean over the channels of the squared distance of the means, in deviations of training.
    let shift: Double

    /// Right settings stay below 0.2 and 0.2 on 32 pictures of the networks tried; pixels in 0 … 1 for −1 … 1 give −1.1 and
    /// 0.6.
    var isFar: Bool { abs(spread) > 0.6 || shift > 1 }

    /// Whether the other order of the colours is the one of training.
    func isMuchNearer(than other: NormDistance) -> Bool { !isFar && shift < 0.5 * other.shift }

    /// What is off, as a sentence goes on.
    var words: String {
        "their deviations are \(exp2(spread).short) times, their means \(shift.short) deviations from those of training"
    }
}

extension Double {
    /// Two digits, or none behind the point from 10 on.
    fileprivate var short: String { String(format: self < 10 ? "%.2f" : "%.0f", self) }
}
