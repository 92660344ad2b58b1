public import EdgeFormat
public import Inference
public import ModelGraph

/// What the layers of a compiled model cost on this machine: time by one thread, and bytes.
public struct LayerCosts: Equatable, Sendable {
    public struct Cost: Equatable, Sendable {
        /// The least time of several runs.
        public var nanoseconds: Int64 = 0
        /// Constants that are read.
        public var weightBytes = 0
        /// Results that are written.
        public var activationBytes = 0

        public init(nanoseconds: Int64 = 0, weightBytes: Int = 0, activationBytes: Int = 0) {
            self.nanoseconds = nanoseconds
            self.weightBytes = weightBytes
            self.activationBytes = activationBytes
        }

        static func += (sum: inout Cost, other: Cost) {
            sum.nanoseconds += other.nanoseconds
            sum.weightBytes += other.weightBytes
            sum.activationBytes += other.activationBytes
        }
    }

    /// By layer, in the order of `LayerErrors`.
    public var layers: [Cost]
    /// Of operations that belong to no layer.
    public var other: Cost
    /// The kernel set that ran.
    public var kernels: String

    public init(layers: [Cost], other: Cost = Cost(), kernels: String) {
        self.layers = layers
        self.other = other
        self.kernels = kernels
    }

    public var total: Cost { layers.reduce(into: other) { $0 += $1 } }

    /// Measures a model's first graph.
    /// - Parameters:
    ///   - quantized: the graph that the model was compiled from.
    ///   - layers: values of it, as `GraphComparison` names them.
    /// - Throws: `EdgeError` when the model cannot be run here.
    public init(_ model: Model, quantized: Graph, layers: [LayerErrors.Layer]) throws(EdgeError) {
        let times = try OperationTimes(model)
        let owners = OperationOwners(Self.indices(quantized, layers))
        self.init(layers: [Cost](repeating: Cost(), count: layers.count), kernels: times.kernels)
        for (time, operation) in zip(times.nanoseconds, times.operations) {
            let tensors = model.file.tensors
            let constants = operation.inputs.filter { tensors[$0].role == .constant }
            let cost = Cost(
                nanoseconds: time, weightBytes: constants.reduce(0) { $0 + tensors[$1].homeSize },
                activationBytes: operation.outputs.reduce(0) { $0 + tensors[$1].logicalSize })
            if let index = owners.owner(of: operation, tensors) { self.layers[index] += cost } else { other += cost }
        }
    }

    /// Layers by the names of their values and of the nodes that compute them.
    private static func indices(_ graph: Graph, _ layers: [LayerErrors.Layer]) -> [String: Int] {
        var indices: [String: Int] = [:]
        for (index, layer) in layers.enumerated() { indices[layer.name] = index }
        let values = indices
        for node in graph.nodes where indices[node.name] == nil {
            indices[node.name] = node.outputs.lazy.compactMap { values[graph.values[$0].name] }.first
        }
        return indices
    }
}

/// How long the operations of a model's first graph take here, by one thread and the best kernels.
struct OperationTimes {
    let operations: [ModelOperation]
    /// The least time of each.
    let nanoseconds: [Int64]
    let kernels: String

    /// What measuring may take, one run at least: nanoseconds.
    private static let limit: Int64 = 500_000_000

    init(_ model: Model, runs: Int = 50) throws(EdgeError) {
        let session = try Session(model)
        let drawn = GoldenVector(graph: 0, input: .seed(1), digests: [], outputs: [])
        let input = try drawn.inputBytes(
            for: session.graph.inputs.map { model.file.tensors[$0] }, place: model.path)
        operations = Array(model.file.operations[session.graph.operations])
        nanoseconds = session.operationTimes(input, runs: runs, within: Self.limit)
        kernels = session.kernels.name
    }
}
