public import EdgeFormat

/// Proves on this processor that a model computes what the workstation computed.
public struct Verification {
    private let model: Model
    private let kernels: KernelSet
    private let threads: Int
    private let sharedCost: Int

    public init(_ model: Model, kernels: KernelSet = .best, threads: Int = 1, sharedCost: Int = 60_000) {
        self.sharedCost = sharedCost
        self.model = model
        self.kernels = kernels
        self.threads = threads
    }

    /// Compares every packed section with the canonical weights, then runs every golden vector, one operation at a time
    /// and as in production.
    /// - Returns: the number of golden vectors.
    /// - Throws: `EdgeError` of kind `check` that names the first operation that differs.
    public func run() throws(EdgeError) -> Int {
        guard !model.file.golden.isEmpty else {
            throw EdgeError(.check, at: model.path, "holds no golden vectors; nothing can be verified")
        }
        for set in model.file.packedSets { try checkPacked(set) }
        for number in model.file.golden.indices { try check(vector: number) }
        return model.file.golden.count
    }

    private func checkPacked(_ set: UInt16) throws(EdgeError) {
        let file = model.file
        let (records, bytes) = try file.packedWeights(set: set)
        for record in records {
            let operation = file.operations[record.operation]
            guard let shape = PanelShape(set: set, operation: operation, tensors: file.tensors) else {
                throw difference(operation.name, "has packed weights for a kernel set that packs none")
            }
            let packed = shape.packed(file.constant(operation.inputs[1]))
            guard record.layout == shape.layout.rawValue, record.size == packed.count,
                bytes[record.offset..<record.offset + record.size].elementsEqual(packed)
            else { throw difference(operation.name, "has packed weights that differ from its weights") }
        }
    }

    private func check(vector number: Int) throws(EdgeError) {
        let vector = model.file.golden[number]
        // Before the session is made: it refuses weights that could overflow, and says nothing of the workstation.
        try checkConstants(vector, model.file.graphs[vector.graph])
        let session = try Session(
            model, graph: vector.graph, kernels: kernels, threads: threads, sharedCost: sharedCost)
        let tensors = session.graph.inputs.map { model.file.tensors[$0] }
        let input = try vector.inputBytes(for: tensors, place: model.path)
        session.writeInputs(input)
        let isExact = model.file.container.isExact
        var wrong: Int?
        session.run { index in
            let expected = vector.digests[index].output
            // Of what depends on float arithmetic the workstation gives no digest.
            guard wrong == nil, isExact || expected != 0 else { return }
            if session.digest(of: index) != expected { wrong = index }
        }
        if let wrong {
            let operation = model.file.operations[session.graph.operations.lowerBound + wrong]
            throw difference(operation.name, "gives another result than on the workstation, golden vector \(number)")
        }
        session.writeInputs(input)
        session.reset()
        session.run()
        if isExact, session.readOutputs() != vector.outputs {
            throw EdgeError(
                .check, at: model.path, "golden vector \(number): the outputs differ from the workstation's")
        }
        if !isExact { try checkOutputs(session, vector.outputs, number) }
    }

    /// Compares outputs that depend on float arithmetic, by the rule of `OutputComparison`.
    private func checkOutputs(_ session: Session, _ expected: [UInt8], _ number: Int) throws(EdgeError) {
        var offset = 0
        for index in 0..<session.outputCount {
            let view = session.output(index)
            let end = offset + view.tensor.logicalSize
            guard end <= expected.count,
                OutputComparison(view.tensor).areNear(view.bytes()[...], expected[offset..<end])
            else {
                throw EdgeError(
                    .check, at: model.path + ": output '" + view.tensor.name + "'",
                    "differs from the workstation's, golden vector \(number)")
            }
            offset = end
        }
    }

    private func checkConstants(_ vector: GoldenVector, _ graph: ModelGraphEntry) throws(EdgeError) {
        for (index, digests) in zip(graph.operations, vector.digests)
        where model.file.constantsDigest(index) != digests.constants {
            throw difference(model.file.operations[index].name, "has other weights or tables than on the workstation")
        }
    }

    private func difference(_ operation: String, _ sentence: String) -> EdgeError {
        EdgeError(.check, at: model.path + ": operation '" + operation + "'", sentence)
    }
}
