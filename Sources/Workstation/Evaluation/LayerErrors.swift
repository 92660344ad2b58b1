import Foundation
public import Quantization

/// How far the values of a quantized graph are from those of the float graph that it was made of: sums for each layer
/// and for each bin of whatever the samples are sorted by, for a denoiser the time step.
///
/// Both graphs get the same inputs, so this is the error of one evaluation, not what a sampling gathers.
public struct LayerErrors: Equatable, Sendable {
    /// A value that both graphs compute, known by its name.
    public struct Layer: Equatable, Sendable {
        public let name: String
        /// What computes it: `convolution` and the like, `input` for what is given.
        public let operation: String
        /// Of one sample, the first axis included.
        public let shape: [Int]
        /// Bits of an element in the quantized graph.
        public let bits: Int
        /// Bits of an element that it reads there, 0 for what is given.
        public let inputBits: Int
        /// Multiplications of layers and matrix products for one sample; 0 for what has none.
        public let multiplications: Int
        /// The layers that it reads, as indices.
        public let sources: [Int]
        /// The smallest and the largest real that the quantized value can stand for; nil where that is a float.
        public let bounds: ClosedRange<Float>?

        package init(
            name: String, operation: String, shape: [Int], bits: Int, inputBits: Int, multiplications: Int = 0,
            sources: [Int] = [], bounds: ClosedRange<Float>? = nil
        ) {
            self.name = name
            self.operation = operation
            self.shape = shape
            self.bits = bits
            self.inputBits = inputBits
            self.multiplications = multiplications
            self.sources = sources
            self.bounds = bounds
        }
    }

    /// What was seen of a layer in a bin.
    public struct Sums: Equatable, Sendable {
        /// Elements.
        public package(set) var count = 0
        /// Σ f² over the float elements.
        public package(set) var signal = 0.0
        /// Σ (q − f)², q being the reals that the quantized elements stand for.
        public package(set) var error = 0.0
        /// Σ q².
        public package(set) var quantized = 0.0
        /// Σ f·q.
        public package(set) var product = 0.0
        /// Float elements more than half a step outside of what the quantized value can stand for.
        public package(set) var saturated = 0
        /// The range of the float elements.
        public package(set) var minimum = Float.infinity
        public package(set) var maximum = -Float.infinity

        public init() {}

        /// Signal to quantization noise in dB, 10·log10(Σ f² / Σ (q − f)²): infinite without an error, nil without
        /// elements.
        public var ratio: Double? {
            guard count > 0 else { return nil }
            return error == 0 ? .infinity : 10 * log10(signal / error)
        }

        /// The cosine between the float and the quantized elements; nil where one of them is all zeros.
        public var cosine: Double? {
            let lengths = signal.squareRoot() * quantized.squareRoot()
            return lengths > 0 ? product / lengths : nil
        }

        /// The share of saturated elements, 0 … 1.
        public var saturation: Double { count == 0 ? 0 : Double(saturated) / Double(count) }

        public mutating func add(_ other: Sums) {
            count += other.count
            signal += other.signal
            error += other.error
            quantized += other.quantized
            product += other.product
            saturated += other.saturated
            minimum = min(minimum, other.minimum)
            maximum = max(maximum, other.maximum)
        }

        /// Adds elements one by one, in their order.
        mutating func add(_ floats: [Float], _ reals: [Float], outside bounds: ClosedRange<Float>) {
            for (float, real) in zip(floats, reals) {
                let (f, q) = (Double(float), Double(real))
                signal += f * f
                error += (q - f) * (q - f)
                quantized += q * q
                product += f * q
                if !bounds.contains(float) { saturated += 1 }
                minimum = min(minimum, float)
                maximum = max(maximum, float)
            }
            count += min(floats.count, reals.count)
        }
    }

    /// In the order in which they are computed.
    public let layers: [Layer]
    /// Number of bins.
    public let bins: Int
    private var table: [Sums]
    /// Bins of a histogram on each side of zero: few, since there is one for each layer.
    private static let histogramSide = 512
    /// By layer, over all bins: how often which float values occurred.
    public package(set) var histograms: [ValueHistogram]

    public init(layers: [Layer], bins: Int) {
        self.layers = layers
        histograms = [ValueHistogram](repeating: ValueHistogram(side: Self.histogramSide), count: layers.count)
        self.bins = max(bins, 1)
        table = [Sums](repeating: Sums(), count: layers.count * self.bins)
    }

    public package(set) subscript(layer: Int, bin: Int) -> Sums {
        get { table[layer * bins + bin] }
        set { table[layer * bins + bin] = newValue }
    }

    /// A layer's sums over all bins.
    public func total(_ layer: Int) -> Sums {
        (0..<bins).reduce(into: Sums()) { $0.add(self[layer, $1]) }
    }

    /// Adds sums of the same layers and bins. Sums of doubles depend on their order: merge shards in theirs.
    public mutating func merge(_ other: LayerErrors) {
        for index in table.indices where other.table.indices.contains(index) { table[index].add(other.table[index]) }
        for (index, histogram) in other.histograms.enumerated() where histograms.indices.contains(index) {
            histograms[index].add(histogram)
        }
    }
}
