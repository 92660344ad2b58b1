public import EdgeFormat
import Inference
public import ModelGraph

/// A compiled model.
public struct CompiledModel: Sendable {
    /// The `.edge` file.
    public let file: [UInt8]
    /// Bytes that the activations share on the device.
    public let arenaSize: Int
    /// No memory plan can be smaller.
    public let arenaLowerBound: Int
}

/// Quantized graph → `.edge`: lowering, memory plan, packing, golden vectors.
public enum Compiler {
    /// - Parameter graph: quantized, with an int8 input and int8 outputs.
    /// - Throws: `EdgeError` that names what cannot be compiled.
    public static func compile(_ graph: Graph, _ options: CompilationOptions) throws(EdgeError) -> CompiledModel {
        let lowering = try Lowering(graph)
        let (placed, plan) = place(lowering, graph)
        var contents = ModelContents()
        contents.meta = options.meta
        contents.tensors = placed
        contents.operations = lowering.operations
        contents.weights = lowering.weights.bytes
        contents.tables = lowering.tables.bytes
        contents.graphs = [
            ModelGraphEntry(
                name: "main", operations: 0..<lowering.operations.count, arenaSize: plan.arenaSize,
                inputs: graph.inputs.compactMap { lowering.tensorOf[$0] },
                outputs: graph.outputs.compactMap { lowering.tensorOf[$0] })
        ]
        try describeEnds(&contents, graph, options)
        try pack(&contents, options.packedSets)
        contents.golden = try GoldenVectors.make(graph, lowering.resultOf, contents, options)
        let file = contents.file()
        _ = try Model(bytes: file, place: "compiled model")  // the reader must accept what the compiler writes
        return CompiledModel(file: file, arenaSize: plan.arenaSize, arenaLowerBound: plan.lowerBound)
    }

    /// The tensors with their places in the arena.
    private static func place(_ lowering: Lowering, _ graph: Graph) -> ([ModelTensor], MemoryPlan) {
        var tensors = lowering.tensors
        let last = lowering.operations.count
        var lifetimes: [Int: ClosedRange<Int>] = [:]
        func touch(_ tensor: Int, at moment: Int) {
            guard tensors[tensor].role != .constant else { return }
            let owner = lowering.memoryOwner[tensor]
            let known = lifetimes[owner] ?? moment...moment
            lifetimes[owner] = min(known.lowerBound, moment)...max(known.upperBound, moment)
        }
        for (index, tensor) in tensors.enumerated() where tensor.role == .input { touch(index, at: -1) }
        for (index, operation) in lowering.operations.enumerated() {
            for tensor in operation.inputs + operation.outputs { touch(tensor, at: index) }
        }
        for (index, tensor) in tensors.enumerated() where tensor.role == .output { touch(index, at: last) }
        let owners = lifetimes.keys.sorted()
        let plan = MemoryPlan(
            owners.map { owner in
                MemoryPlan.Request(size: tensors[owner].homeSize, lifetime: lifetimes[owner] ?? 0...0)
            })
        var offsets: [Int: Int] = [:]
        for (owner, offset) in zip(owners, plan.offsets) { offsets[owner] = offset }
        for index in tensors.indices where tensors[index].role != .constant {
            tensors[index].home = .arena(offsets[lowering.memoryOwner[index]] ?? 0)
        }
        return (tensors, plan)
    }

    /// What the first input takes and what the outputs mean.
    private static func describeEnds(
        _ contents: inout ModelContents, _ graph: Graph, _ options: CompilationOptions
    ) throws(EdgeError) {
        let entry = contents.graphs[0]
        if let pipeline = options.pipeline, let input = entry.inputs.first {
            contents.inputs = [ModelInput(tensor: input, pipeline: pipeline)]
        }
        for (id, tensor) in zip(graph.outputs, entry.outputs) {
            let isSoftmax = graph.producer(of: id).map { graph.nodes[$0].operation is Softmax } ?? false
            let scale = try graph.values[id].type.activationQuantization.scales[0]
            let count = graph.values[id].type.count
            guard options.labels.isEmpty || options.labels.count == count else {
                throw EdgeError(
                    .data, at: "labels", "\(options.labels.count) labels for \(count) classes; give one for each")
            }
            let meaning: ModelOutput.Meaning =
                isSoftmax ? .probabilities : .logits(exponentials: Softmax.exponentials(scale: scale))
            contents.outputs.append(ModelOutput(tensor: tensor, meaning: meaning, labels: options.labels))
        }
    }

    private static func pack(_ contents: inout ModelContents, _ sets: [UInt16]) throws(EdgeError) {
        guard !sets.isEmpty else { return }
        let model = try Model(bytes: contents.file(), place: "compiled model").file
        for set in sets {
            var entries: [(operation: Int, layout: UInt32, bytes: [UInt8])] = []
            for (index, operation) in model.operations.enumerated() {
                guard let shape = PanelShape(set: set, operation: operation, tensors: model.tensors) else { continue }
                let packed = shape.packed(model.constant(operation.inputs[1]))
                entries.append((index, shape.layout.rawValue, packed))
            }
            contents.packed.append((set, PackedWeights.section(entries)))
        }
    }
}
