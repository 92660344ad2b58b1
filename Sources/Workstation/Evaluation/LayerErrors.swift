import Denoising
public import Diffusion
public import EdgeFormat
import Foundation
public import ModelGraph
import Platform
import Quantization

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
        /// Multiplications of weights for one sample; 0 for a layer that has none.
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

    public init(layers: [Layer], bins: Int) {
        self.layers = layers
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
    }
}

// MARK: - Two graphs side by side

/// A float graph and the quantized graph that was made of it, run on the same inputs.
public struct GraphComparison: Sendable {
    /// A layer in both graphs.
    private struct Place {
        let float: Graph.ValueID
        let quantized: Graph.ValueID
        /// The reals that count as inside.
        let inside: ClosedRange<Float>
    }

    private let float: ReferenceInterpreter
    private let quantized: ReferenceInterpreter
    private let places: [Place]
    public let layers: [LayerErrors.Layer]

    /// - Parameters:
    ///   - float: the graph as the quantizer got it, after all passes.
    ///   - quantized: what the quantizer made of it; values are the same where they have the same name.
    /// - Throws: `EdgeError` when a graph is not valid.
    public init(float: Graph, quantized: Graph) throws(EdgeError) {
        self.float = try ReferenceInterpreter(float)
        self.quantized = try ReferenceInterpreter(quantized)
        var ids: [String: Graph.ValueID] = [:]
        for (id, value) in quantized.values.enumerated() where value.constant == nil { ids[value.name] = id }
        var places: [Place] = []
        var layers: [LayerErrors.Layer] = []
        var indices: [Graph.ValueID: Int] = [:]
        func add(_ id: Graph.ValueID, _ node: Graph.Node?) {
            let value = float.values[id]
            guard value.type.element == .float32, let other = ids[value.name],
                quantized.values[other].type.shape == value.type.shape
            else { return }
            let (bounds, inside) = quantized.values[other].type.reals
            let first = quantized.producer(of: other).flatMap { quantized.nodes[$0].inputs.first }
            indices[id] = layers.count
            places.append(Place(float: id, quantized: other, inside: inside))
            layers.append(
                LayerErrors.Layer(
                    name: value.name, operation: node.map { type(of: $0.operation).name } ?? "input",
                    shape: value.type.shape, bits: quantized.values[other].type.element.bits,
                    inputBits: first.map { quantized.values[$0].type.element.bits } ?? 0,
                    multiplications: node.map(float.multiplications) ?? 0,
                    sources: node?.inputs.compactMap { indices[$0] } ?? [], bounds: bounds))
        }
        for id in float.inputs { add(id, nil) }
        for node in float.nodes {
            for id in node.outputs { add(id, node) }
        }
        self.places = places
        self.layers = layers
    }

    /// Runs both graphs and adds what they differ by.
    /// - Parameters:
    ///   - inputs: of the float graph; the quantized one gets them in its own types.
    ///   - name: of the sample, for errors.
    /// - Returns: the float graph's outputs.
    /// - Throws: `EdgeError` when a graph cannot be run, and `.data` for a value that is no finite number.
    public func observe(
        _ inputs: [TensorData], bin: Int, name: String, into errors: inout LayerErrors
    ) throws(EdgeError) -> [TensorData] {
        let floats = try float.runAll(inputs)
        let integers = try quantized.runAll(quantizedInputs(inputs))
        for (index, place) in places.enumerated() {
            let type = quantized.graph.values[place.quantized].type
            guard let elements = floats[place.float]?.floats, let data = integers[place.quantized],
                let reals = try type.reals(data)
            else { continue }
            var sums = LayerErrors.Sums()
            sums.add(elements, reals, outside: place.inside)
            guard sums.signal.isFinite, sums.error.isFinite else {
                throw EdgeError(.data, at: name, "value '\(layers[index].name)' is not finite")
            }
            errors[index, bin].add(sums)
        }
        return float.graph.outputs.compactMap { floats[$0] }
    }

    private func quantizedInputs(_ inputs: [TensorData]) throws(EdgeError) -> [TensorData] {
        var result: [TensorData] = []
        for (data, id) in zip(inputs, quantized.graph.inputs) {
            result.append(try quantized.graph.values[id].type.converted(data))
        }
        return result
    }
}

extension Graph {
    /// Multiplications of weights that a node needs for what it computes.
    fileprivate func multiplications(_ node: Node) -> Int {
        guard node.operation is Convolution || node.operation is ConvolutionAddition || node.operation is Dense,
            node.inputs.count > 1, let output = node.outputs.first
        else { return 0 }
        return values[output].type.count * values[node.inputs[1]].type.shape.dropFirst().reduce(1, *)
    }
}

extension ElementType {
    fileprivate var bits: Int {
        switch self {
        case .int8: 8
        case .int16: 16
        case .float32, .int32: 32
        case .int64: 64
        }
    }
}

extension TensorType {
    /// What the integers of a quantized type can stand for, and the same with half a step on both sides.
    fileprivate var reals: (bounds: ClosedRange<Float>?, inside: ClosedRange<Float>) {
        let all = -Float.greatestFiniteMagnitude...Float.greatestFiniteMagnitude
        guard element.isQuantized, let quantization, let scale = quantization.scales.first else { return (nil, all) }
        let limits: (Float, Float) = element == .int8 ? (-128, 127) : (-32767, 32767)
        let zero = Float(quantization.zeroPoint)
        let (low, high) = ((limits.0 - zero) * scale, (limits.1 - zero) * scale)
        return (low...high, low - scale / 2...high + scale / 2)
    }

    /// The reals that elements of this type stand for; nil for plain integers.
    fileprivate func reals(_ data: TensorData) throws(EdgeError) -> [Float]? {
        switch data {
        case .float32(let elements): return elements
        case .int8(let elements):
            let quantization = try activationQuantization
            return elements.map { quantization.dequantize($0) }
        case .int16(let elements):
            let quantization = try activationQuantization
            return elements.map { quantization.dequantize(word: $0) }
        case .int32, .int64: return nil
        }
    }

    /// Elements of a float graph's input as elements of this type.
    fileprivate func converted(_ data: TensorData) throws(EdgeError) -> TensorData {
        switch (data, element) {
        case (.float32(let elements), .int8):
            let quantization = try activationQuantization
            return .int8(elements.map { quantization.quantize($0) })
        case (.float32(let elements), .int16):
            let quantization = try activationQuantization
            return .int16(elements.map { quantization.quantize(word: $0) })
        case (.int64(let elements), .int32): return .int32(elements.map { Int32(clamping: $0) })
        default: return data
        }
    }
}

// MARK: - Along the samplings of a denoiser

extension LayerErrors {
    /// Samplings by the float graph on whose latents a denoiser's errors are measured.
    public struct Samplings: Equatable, Sendable {
        /// How many samplings; each takes the next label.
        public var count = 8
        /// Steps of each, by DDIM.
        public var steps = 20
        /// Bins of equal width over the schedule's time steps.
        public var bins = 10
        /// Not one that calibration uses.
        public var seed: UInt64 = 0x5175_616C_6974_7921

        public init() {}
    }

    /// The errors of a quantized denoiser over time steps: bin b holds the time steps t with ⌊t · bins / T⌋ = b.
    /// - Parameters:
    ///   - float: the denoiser for one sample as the quantizer got it, with inputs x, t and label.
    ///   - quantized: what the quantizer made of it.
    ///   - progress: called with the number of samplings done, from any thread.
    /// - Throws: `EdgeError` when a graph is no denoiser or cannot be run, and `.data` that names the step for a value
    ///   that is no finite number.
    public static func run(
        float: Graph, quantized: Graph, settings: DiffusionSettings, samplings: Samplings = Samplings(),
        threads: Int, progress: @escaping @Sendable (Int) -> Void
    ) throws(EdgeError) -> LayerErrors {
        let single = try GraphComparison(float: float, quantized: quantized)
        // Both passes of guidance at once.
        let pair = try GraphComparison(float: float.batched(2), quantized: quantized.batched(2))
        let schedule = try settings.schedule()
        let plan = try StepPlan(
            schedule: schedule, sampler: .ddim(eta: 0), steps: min(samplings.steps, schedule.count))
        let count = try float.latentElements
        let empty = LayerErrors(layers: single.layers, bins: samplings.bins)
        let parts = try concurrently(samplings.count, threads: threads) { (index) throws(EdgeError) -> LayerErrors in
            var errors = empty
            var predictor = GraphPredictor(
                elements: count, settings: settings, labels: [index % max(settings.classes, 1)],
                guidance: settings.guidance, alwaysBoth: true
            ) { (inputs, step) throws(EdgeError) in
                let bin = min(step * errors.bins / settings.steps, errors.bins - 1)
                return try pair.observe(inputs, bin: bin, name: "time step \(step)", into: &errors)
            }
            let loop = DenoisingLoop(plan, .standard, count: count)
            let isDone = try loop.run(
                &predictor, seed: samplings.seed, picture: UInt32(truncatingIfNeeded: index)
            ) { _, _ in !Interrupts.requested }
            guard isDone else { throw EdgeError(.system, at: "", "interrupted") }
            progress(1)
            return errors
        }
        return parts.reduce(into: empty) { $0.merge($1) }
    }
}
