public import Datasets
public import EdgeFormat
import Imaging
public import ModelGraph

extension Calibration {
    /// Samples that one calibration looks at before it is merged with the others; fixed, so that the result does not depend
    /// on the number of threads.
    private static let shard = 16

    /// The ranges that a graph's values take over pictures.
    /// - Parameters:
    ///   - samples: indices into `pictures`.
    ///   - progress: called with the number of samples done, from any thread.
    public static func run(
        _ graph: Graph, pictures: LabelledPictures, samples: [Int], preprocessing: Preprocessing, threads: Int,
        progress: @escaping @Sendable (Int) -> Void
    ) throws(EdgeError) -> Calibration {
        let empty = try Calibration(graph)
        let shards = (samples.count + shard - 1) / shard
        let parts = try concurrently(shards, threads: threads) { (index) throws(EdgeError) -> Calibration in
            var calibration = empty
            let processor = preprocessing.processor()
            let slice = samples[index * shard..<min((index + 1) * shard, samples.count)]
            for sample in slice {
                let picture = try pictures.picture(sample, color: preprocessing.color)
                let input = preprocessing.input(try processor.resize(picture))
                try calibration.observe([.float32(input)], name: pictures.name(sample))
            }
            progress(slice.count)
            return calibration
        }
        return parts.reduce(empty) { $0.merged(with: $1) }
    }
}
