public import EdgeFormat
internal import Kernels
internal import Platform

/// A model ready to run: arena, chosen kernels, packed or expanded weights, threads; made once. `run()` allocates nothing and
/// decides nothing that the file already decided.
///
/// One thread at a time: a session belongs to whoever sets its inputs, runs it and takes its outputs. Sessions do not know
/// of each other, also those of one model. `SessionValues.swift` has the calls that embed a model: they check every size,
/// while a `TensorView` is the memory itself.
public final class Session {
    public let model: Model
    public let graph: ModelGraphEntry
    public let kernels: KernelSet
    private let arena: Arena
    private let pool: WorkerPool
    /// Where steps find the weights that the file stores in fewer bits.
    private let weights: ExpandedWeights
    private let steps: [PreparedOperation]
    /// The last step of each operation.
    private let lastSteps: [Int]
    private let inputs: [TensorView]
    private let outputs: [TensorView]
    /// What is remembered from one run to the next, and where it is computed.
    private let states: [(now: TensorView, next: TensorView)]

    /// - Parameters:
    ///   - graph: index of the entry point.
    ///   - threads: threads that share the work, the caller's included.
    ///   - sharedCost: multiply-adds from which an operation is shared; by default those from which two threads beat one,
    ///     about four times what a fork and join costs.
    /// - Throws: `EdgeError` when weights could overflow, packed weights do not fit, or a thread cannot be started.
    public init(
        _ model: Model, graph: Int = 0, kernels: KernelSet = .best, threads: Int = 1, sharedCost: Int = 60_000
    ) throws(EdgeError) {
        let file = model.file
        guard file.graphs.indices.contains(graph) else {
            throw EdgeError(.usage, at: model.path, "has no graph number \(graph)")
        }
        self.model = model
        self.graph = file.graphs[graph]
        self.kernels = kernels
        let arena = try Arena(size: file.graphs[graph].arenaSize)
        self.arena = arena
        do throws(SystemError) {
            pool = try WorkerPool(threads: threads, sharedCost: sharedCost)
        } catch {
            throw EdgeError(.system, at: "threads", error.sentence)
        }
        // Scales are computed here, in the same float state as the run.
        let floats = ExactFloats()
        defer { floats.restore() }
        let builder = try StepBuilder(file, graph: graph, kernels: kernels, arena: arena, threads: threads)
        weights = builder.weights
        var steps: [PreparedOperation] = []
        var lastSteps: [Int] = []
        for index in file.graphs[graph].operations {
            steps.append(contentsOf: try builder.steps(index))
            lastSteps.append(steps.count - 1)
        }
        self.steps = steps
        self.lastSteps = lastSteps
        inputs = file.graphs[graph].inputs.map { TensorView(file.tensors[$0], arena) }
        outputs = file.graphs[graph].outputs.map { TensorView(file.tensors[$0], arena) }
        states = file.graphs[graph].states(file.tensors, file.operations).map { state in
            let next = file.tensors[state].nextTensor ?? state
            return (TensorView(file.tensors[state], arena), TensorView(file.tensors[next], arena))
        }
        reset()
    }

    public var inputCount: Int { inputs.count }
    public var outputCount: Int { outputs.count }
    /// Where to write an input before `run()`; valid as long as the session lives.
    public func input(_ index: Int) -> TensorView { inputs[index] }
    /// Where to read an output after `run()`; valid as long as the session lives.
    public func output(_ index: Int) -> TensorView { outputs[index] }

    /// Runs the graph on the inputs as they stand. Set all of them before each run: its results may lie in their memory.
    public func run() {
        let floats = ExactFloats()
        defer { floats.restore() }
        begin()
        for step in steps { pool.run(step) }
        remember()
    }

    /// Forgets all earlier runs: states are as before the first one. A graph without states has nothing to forget.
    public func reset() {
        for state in states { state.now.fillZeros() }
    }

    /// Whether a run depends on those before it.
    public var hasStates: Bool { !states.isEmpty }

    private func remember() {
        for state in states { state.now.copy(state.next) }
    }

    /// Runs the graph and hands each operation's number to `body` as soon as it is done; for measuring and verifying.
    public func run(each body: (Int) -> Void) {
        let floats = ExactFloats()
        defer { floats.restore() }
        begin()
        var operation = 0
        for index in steps.indices {
            pool.run(steps[index])
            guard index == lastSteps[operation] else { continue }
            body(operation)
            operation += 1
        }
        remember()
    }

    private func begin() {
        for input in inputs { input.fillBorder() }
    }

    /// Number of operations.
    public var operationCount: Int { lastSteps.count }
    /// The output of operation `index` of the graph, valid right after it ran.
    public func result(of index: Int) -> TensorView { steps[lastSteps[index]].output }
    /// The digest of all outputs of operation `index`, valid right after it ran.
    public func digest(of index: Int) -> UInt64 {
        let operation = model.file.operations[graph.operations.lowerBound + index]
        return xxh3(Self.read(operation.outputs.map { TensorView(model.file.tensors[$0], arena) }))
    }
    /// The kernel that operation `index` runs; the last one where it runs two.
    public func kernelName(of index: Int) -> String { steps[lastSteps[index]].kernelName }

    /// Writes the logical bytes of all inputs, one input after the other.
    public func writeInputs(_ bytes: [UInt8]) {
        var offset = 0
        bytes.withUnsafeBytes { all in
            for view in inputs {
                let end = offset + view.tensor.logicalSize
                guard end <= all.count else { return }
                view.write(UnsafeRawBufferPointer(rebasing: all[offset..<end]))
                offset = end
            }
        }
    }

    /// The logical bytes of all outputs, one output after the other.
    public func readOutputs() -> [UInt8] { Self.read(outputs) }

    /// The logical bytes of all inputs as they stand.
    public func readInputs() -> [UInt8] { Self.read(inputs) }

    private static func read(_ views: [TensorView]) -> [UInt8] {
        var bytes: [UInt8] = []
        for view in views { bytes.append(contentsOf: view.bytes()) }
        return bytes
    }

    /// Bytes of all inputs.
    public var inputSize: Int { inputs.reduce(0) { $0 + $1.tensor.logicalSize } }
}

extension TensorView {
    /// A copy of the logical bytes.
    public func bytes() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: tensor.logicalSize) { buffer, count in
            read(into: UnsafeMutableRawBufferPointer(buffer))
            count = tensor.logicalSize
        }
    }
}
