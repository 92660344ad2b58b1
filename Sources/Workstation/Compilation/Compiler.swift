import Denoising
import Diffusion
public import EdgeFormat
import Inference
public import ModelGraph

/// A compiled model.
public struct CompiledModel: Sendable {
    /// The `.edge` file.
    public let file: [UInt8]
    /// Bytes that the activations share on the device, in the graph that needs most.
    public let arenaSize: Int
    /// No memory plan can be smaller.
    public let arenaLowerBound: Int
}

/// Quantized graph → `.edge`: lowering, memory plan, packing, golden vectors.
public enum Compiler {
    /// - Parameter graph: quantized, or float. One whose metadata say that it predicts noise
    ///   becomes two graphs: of one prediction, and of two for guidance.
    /// - Throws: `EdgeError` that names what cannot be compiled.
    public static func compile(_ graph: Graph, _ options: CompilationOptions) throws(EdgeError) -> CompiledModel {
        let settings = try DiffusionSettings(metadata: graph.metadata)
        var contents = ModelContents()
        var parts = FileParts()
        var plans: [MemoryPlan] = []
        var lowered: [Lowering] = []
        for (name, graph) in try graphs(graph, settings) {
            let lowering = try Lowering(graph, after: parts, steps: settings?.steps ?? 1000)
            parts = lowering.parts
            let plan = place(lowering, &parts)
            contents.graphs.append(
                ModelGraphEntry(
                    name: name, operations: lowering.range, arenaSize: plan.arenaSize,
                    inputs: graph.inputs.compactMap { lowering.tensorOf[$0] },
                    outputs: lowering.outputs.map(\.tensor)))
            plans.append(plan)
            lowered.append(lowering)
        }
        contents.meta = options.meta
        contents.isExact = lowered.allSatisfy(\.isExact)
        contents.tensors = parts.tensors
        contents.operations = parts.operations
        contents.weights = parts.weights.bytes
        contents.tables = parts.tables.bytes
        if let settings {
            contents.steps = try steps(settings)
            contents.outputs = [
                ModelOutput(tensor: contents.graphs[0].outputs[0], meaning: .picture, labels: options.labels)
            ]
        } else {
            try describeEnds(&contents, graph, options)
        }
        try pack(&contents, options.packedSets)
        contents.golden = try GoldenVectors.make(lowered, contents, options)
        let file = contents.file()
        _ = try Model(bytes: file, place: "compiled model")  // the reader must accept what the compiler writes
        return CompiledModel(
            file: file, arenaSize: plans.map(\.arenaSize).max() ?? 0,
            arenaLowerBound: plans.map(\.lowerBound).max() ?? 0)
    }

    /// The entry points with their names.
    private static func graphs(
        _ graph: Graph, _ settings: DiffusionSettings?
    ) throws(EdgeError) -> [(name: String, graph: Graph)] {
        for id in graph.inputs
        where graph.values[id].type.shape.count == 4 && graph.values[id].type.shape[0] != 1
            && graph.values[id].type.quantization != nil
        {
            throw EdgeError(
                .data, at: "input '\(graph.values[id].name)'", "has a batch; compile it for one picture")
        }
        guard settings != nil else { return [("main", graph)] }
        guard graph.inputs.count == 3, graph.outputs.count == 1 else {
            throw EdgeError(
                .data, at: graph.name, "is to predict noise, and must have the inputs x, t and label and one output")
        }
        return [("denoise", graph), ("denoise.guided", try graph.batched(2))]
    }

    /// Steps to use where nothing else is asked for.
    private static let defaultSteps = 50

    private static func steps(_ settings: DiffusionSettings) throws(EdgeError) -> DiffusionSteps {
        DiffusionSteps(
            classes: settings.classes, graph: 0, guidedGraph: 1, alphaBars: try settings.schedule().alphaBars,
            noiseTable: GaussianNoise.standard.table, guidance: settings.guidance,
            defaultSteps: min(defaultSteps, settings.steps))
    }

    /// Gives the tensors of a graph their places in the arena.
    private static func place(_ lowering: Lowering, _ parts: inout FileParts) -> MemoryPlan {
        let (tensors, memory) = (parts.tensors, parts.memory)
        var lifetimes: [Int: ClosedRange<Int>] = [:]
        func touch(_ tensor: Int, at moment: Int) {
            guard tensors[tensor].role != .constant else { return }
            let known = lifetimes[memory[tensor].owner] ?? moment...moment
            lifetimes[memory[tensor].owner] = min(known.lowerBound, moment)...max(known.upperBound, moment)
        }
        for id in lowering.graph.inputs { lowering.tensorOf[id].map { touch($0, at: -1) } }
        for (moment, operation) in parts.operations[lowering.range].enumerated() {
            for tensor in operation.inputs + operation.outputs { touch(tensor, at: moment) }
        }
        for (_, tensor) in lowering.outputs { touch(tensor, at: lowering.range.count) }
        // States have their memory for themselves; what they are copied from stays until the end.
        for state in lowering.graph.states.compactMap({ lowering.tensorOf[$0] }) {
            touch(state, at: -1)
            for tensor in [state, tensors[state].nextTensor ?? state] { touch(tensor, at: lowering.range.count) }
        }
        let owners = lifetimes.keys.sorted()
        let plan = MemoryPlan(
            owners.map { owner in
                MemoryPlan.Request(size: tensors[owner].homeSize, lifetime: lifetimes[owner] ?? 0...0)
            })
        var offsets: [Int: Int] = [:]
        for (owner, offset) in zip(owners, plan.offsets) { offsets[owner] = offset }
        for index in tensors.indices {
            let (owner, offset) = memory[index]
            if let start = offsets[owner] { parts.place(index, inArenaAt: start + offset) }
        }
        return plan
    }

    /// What the first input takes and what the outputs mean.
    private static func describeEnds(
        _ contents: inout ModelContents, _ graph: Graph, _ options: CompilationOptions
    ) throws(EdgeError) {
        let entry = contents.graphs[0]
        if let pipeline = options.pipeline, let input = entry.inputs.first {
            contents.inputs = [ModelInput(tensor: input, pipeline: pipeline)]
        }
        for (id, tensor) in zip(graph.outputs, entry.outputs).prefix(ModelOutput.limit) {
            let isSoftmax = graph.producer(of: id).map { graph.nodes[$0].operation is Softmax } ?? false
            let type = graph.values[id].type
            let count = type.count
            guard options.labels.isEmpty || options.labels.count == count else {
                throw EdgeError(
                    .data, at: "labels", "\(options.labels.count) labels for \(count) classes; give one for each")
            }
            var meaning = isSoftmax ? ModelOutput.Meaning.probabilities : .values
            if let scale = type.quantization?.scales.first, type.element == .int8, !isSoftmax {
                meaning = .logits(exponentials: Softmax.exponentials(scale: scale))
            } else if type.element != .int8, type.quantization != nil {
                meaning = .values
            }
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
