public import Datasets
public import EdgeFormat
import Imaging
public import ModelGraph

/// The samples that calibration looks at, made when they are asked for; the same index always gives the same sample.
public struct CalibrationSamples: Sendable {
    public let count: Int
    private let make: @Sendable (Int) throws(EdgeError) -> (name: String, inputs: [TensorData])

    /// What each index stands for: its name, for errors, and one array for each input of the graph.
    public subscript(_ index: Int) -> (name: String, inputs: [TensorData]) {
        get throws(EdgeError) { try make(index) }
    }

    /// Some pictures of a set, as the device sees them.
    /// - Parameter indices: into `pictures`.
    public init(_ pictures: LabelledPictures, _ indices: [Int], _ preprocessing: Preprocessing) {
        count = indices.count
        make = { (index) throws(EdgeError) in
            let picture = try pictures.picture(indices[index], color: preprocessing.color)
            let input = preprocessing.input(try preprocessing.processor().resize(picture))
            return (pictures.name(indices[index]), [.float32(input)])
        }
    }

    /// - Parameter samples: each with one array for each input of the graph.
    public init(_ samples: [[TensorData]]) {
        count = samples.count
        make = { ("calibration sample \($0)", samples[$0]) }
    }

    /// At most so many of them, spread evenly.
    public func thinned(to limit: Int) -> CalibrationSamples {
        let kept = min(limit, count)
        return CalibrationSamples(count: kept) { (index) throws(EdgeError) in try make(index * count / kept) }
    }

    private init(
        count: Int, _ make: @escaping @Sendable (Int) throws(EdgeError) -> (name: String, inputs: [TensorData])
    ) {
        self.count = count
        self.make = make
    }
}

extension Calibration {
    /// Samples that one calibration looks at before it is merged with the others; fixed, so that the result does not depend
    /// on the number of threads.
    private static let shard = 8

    /// What a graph's values are on samples.
    /// - Parameter progress: called with the number of samples done, from any thread.
    public static func run(
        _ graph: Graph, _ samples: CalibrationSamples, method: RangeMethod, threads: Int,
        progress: @escaping @Sendable (Int) -> Void
    ) throws(EdgeError) -> Calibration {
        let empty = try Calibration(graph, method: method, .quick)
        return try concurrently(shards(samples.count, of: shard), threads: threads, into: empty) {
            (range) throws(EdgeError) in
            var calibration = empty
            for index in range {
                let sample = try samples[index]
                try calibration.observe(sample.inputs, name: sample.name)
                progress(1)
            }
            return calibration
        } merge: {
            $0.merge($1)
        }
    }
}
