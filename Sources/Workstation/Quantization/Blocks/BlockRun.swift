import EdgeFormat
import ModelGraph

/// A graph run block by block on all samples, exactly and with rounded values: so that a block's ranges can be changed when
/// what it reads is known, and before its results are.
struct BlockRun {
    private let threads: Int
    /// By sample: what the block and later ones read, as the float graph has it.
    private var exact: [[Graph.ValueID: TensorData]]
    /// The same with rounded values; each of them before it is rounded itself.
    private var values: [[Graph.ValueID: TensorData]]
    /// By sample: what the block that is looked at should give.
    private var wanted: [[Graph.ValueID: TensorData]] = []

    /// Samples that a thread takes at a time; fixed, so that the result does not depend on the number of threads.
    private static let shard = 2

    init(_ graph: Graph, _ samples: CalibrationSamples, threads: Int) throws(EdgeError) {
        self.threads = threads
        let inputs = graph.inputs
        exact = try concurrently(samples.count, threads: threads) { (sample) throws(EdgeError) in
            Dictionary(zip(inputs, try samples[sample].inputs)) { first, _ in first }
        }
        values = exact
    }

    /// Computes what the float graph gives at a block's end.
    mutating func begin(_ block: Block, _ graph: RoundedGraph) throws(EdgeError) {
        wanted = try concurrently(exact.count, threads: threads) { [exact] (sample) throws(EdgeError) in
            try graph.exactResults(block, exact[sample])
        }
        exact = wanted.map { Self.values($0, block.after) }
    }

    /// Goes on to what the next block reads.
    mutating func finish(_ block: Block, _ graph: RoundedGraph) throws(EdgeError) {
        values = try concurrently(values.count, threads: threads) { [values] (sample) throws(EdgeError) in
            Self.values(try graph.results(block, values[sample]), block.after)
        }
        wanted = []
    }

    /// How far a block's results are from the float graph's, on every second sample.
    /// - Parameter half: 0 or 1, the first one of them.
    func errors(_ block: Block, _ graph: RoundedGraph, half: Int) throws(EdgeError) -> BlockErrors {
        let samples = Array(stride(from: half, to: values.count, by: 2))
        let empty = BlockErrors(count: block.results.count)
        return try concurrently(shards(samples.count, of: Self.shard), threads: threads, into: empty) {
            [values, wanted] (range) throws(EdgeError) in
            var errors = empty
            for sample in samples[range] {
                let results = try graph.results(block, values[sample])
                for (index, id) in block.results.enumerated() {
                    guard let x = results[id]?.floats, let y = wanted[sample][id]?.floats else { continue }
                    errors.add(x, y, at: index)
                }
            }
            return errors
        } merge: {
            $0.merge($1)
        }
    }

    private static func values(
        _ all: [Graph.ValueID: TensorData], _ ids: [Graph.ValueID]
    ) -> [Graph.ValueID: TensorData] {
        all.filter { ids.contains($0.key) }
    }
}
