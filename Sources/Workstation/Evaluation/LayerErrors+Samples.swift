public import EdgeFormat
public import ModelGraph
public import Quantization

extension LayerErrors {
    /// Samples on which a report measures errors: more change a ratio by less than a tenth of a decibel.
    public static let sampleLimit = 64
    /// Samples that are added up at a time; fixed, so that the result does not depend on the number of threads.
    private static let shard = 4

    /// The errors of a quantized graph on some samples, in one bin. Memory does not grow with their number.
    /// - Parameters:
    ///   - float: the graph as the quantizer got it.
    ///   - quantized: what the quantizer made of it.
    ///   - samples: inputs of the float graph; at most `sampleLimit` of them are looked at, spread evenly.
    ///   - progress: called with the number of samples done, from any thread.
    /// - Throws: `EdgeError` when a graph cannot be run, and `.data` that names the sample for a value that is no finite
    ///   number.
    public static func run(
        float: Graph, quantized: Graph, samples: CalibrationSamples, threads: Int,
        progress: @escaping @Sendable (Int) -> Void
    ) throws(EdgeError) -> LayerErrors {
        let comparison = try GraphComparison(float: float, quantized: quantized, .quick)
        let samples = samples.thinned(to: sampleLimit)
        let empty = LayerErrors(layers: comparison.layers, bins: 1)
        return try concurrently(shards(samples.count, of: shard), threads: threads, into: empty) {
            (range) throws(EdgeError) in
            var errors = empty
            for index in range {
                let sample = try samples[index]
                _ = try comparison.observe(sample.inputs, bin: 0, name: sample.name, into: &errors)
                progress(1)
            }
            return errors
        } merge: {
            $0.merge($1)
        }
    }
}
