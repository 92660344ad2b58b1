/// A checked operation: its parameters make sense, its operands exist and fit each other, so that kernels may run on them
/// without further checks. One file a kind beside this one.
public struct ModelOperation: Sendable {
    public enum Parameters: Sendable {
        case convolution(ConvolutionParameters)
        case dense
        case averagePool(PoolParameters)
        case maxPool(PoolParameters)
        case table(TableParameters)
        case softmax(SoftmaxParameters)
    }

    public let name: String
    public let kind: OperationKind
    public let parameters: Parameters
    /// Indices into the model's tensors.
    public let inputs: [Int]
    public let output: Int
}

/// What an operation's checks may look at.
struct OperationContext {
    let record: OperationRecord
    let tensors: [ModelTensor]
    /// Section `tables`.
    let tables: UnsafeRawBufferPointer
    let place: String

    func fail(_ sentence: String) -> EdgeError { EdgeError(.data, at: place, sentence) }

    func input(_ index: Int) -> ModelTensor { tensors[record.inputs[index]] }
    var output: ModelTensor { tensors[record.outputs[0]] }
    func parameter(_ index: Int) -> Int { Int(record.parameters[index]) }

    /// The operand counts that every kind here shares: one output, both ends activations.
    func checkOperands(inputs count: Int) throws(EdgeError) {
        guard record.inputs.count == count, record.outputs.count == 1 else {
            throw fail(
                "has \(record.inputs.count) inputs and \(record.outputs.count) outputs; \(count) and 1 are needed")
        }
        guard input(0).role != .constant, output.role != .constant else {
            throw fail("reads or writes a constant as activation")
        }
        guard output.role != .input else { throw fail("writes an input of the graph") }
        guard record.inputs[0] != record.outputs[0] else { throw fail("reads and writes the same tensor") }
        try checkOverlap()
    }

    /// Reading what another thread writes would make results depend on kernels and threads. A table may work in place:
    /// it reads each byte before it writes it.
    private func checkOverlap() throws(EdgeError) {
        guard case .arena(let from) = input(0).home, case .arena(let to) = output.home else { return }
        guard from < output.arenaEnd, to < input(0).arenaEnd else { return }
        let isInPlace = from == to && input(0).border == output.border && record.kind == OperationKind.table.rawValue
        guard isInPlace else { throw fail("writes over the tensor that it reads") }
    }

    /// Weights and bias of a convolution or dense layer: one bias and one scale an output channel.
    func checkWeights(channels: Int) throws(EdgeError) {
        let weights = input(1)
        let bias = input(2)
        guard weights.role == .constant, weights.element == .int8, bias.role == .constant, bias.element == .int32 else {
            throw fail("needs constant int8 weights and an int32 bias")
        }
        guard weights.zeroPoint == 0, weights.scales.count == 1 || weights.scales.count == channels else {
            throw fail("needs weights with one scale, or one a channel, and zero point 0")
        }
        guard bias.shape == [channels] else { throw fail("needs one bias for each of its \(channels) channels") }
    }

    /// 256 Int32 of section `tables` that a softmax reads: from 2²³ down, none negative, so that no sum is zero.
    func checkExponentials(at offset: Int) throws(EdgeError) {
        guard offset >= 0, offset % 4 == 0, offset <= tables.count - 1024 else {
            throw fail("has a table outside section tables")
        }
        for index in 0..<256 {
            let entry = Int32(littleEndian: tables.loadUnaligned(fromByteOffset: offset + 4 * index, as: Int32.self))
            guard (0...1 << 23).contains(entry), index > 0 || entry == 1 << 23 else {
                throw fail("has a table that is no softmax")
            }
        }
    }

    /// Pools' and softmax's operands have the same scale and zero point.
    func checkSameScale() throws(EdgeError) {
        guard input(0).scales == output.scales, input(0).zeroPoint == output.zeroPoint else {
            throw fail("needs the same scale and zero point on both sides")
        }
    }
}

extension ModelOperation {
    init(_ context: OperationContext) throws(EdgeError) {
        guard let kind = OperationKind(rawValue: context.record.kind) else {
            throw context.fail("has kind \(context.record.kind), which needs a newer Swiftlet")
        }
        self.kind = kind
        name = context.record.name
        switch kind {
        case .convolution: parameters = .convolution(try ConvolutionParameters(context))
        case .dense:
            try checkDense(context)
            parameters = .dense
        case .averagePool:
            try context.checkOperands(inputs: 1)
            try context.checkSameScale()
            parameters = .averagePool(try PoolParameters(context))
        case .maxPool:
            try context.checkOperands(inputs: 1)
            try context.checkSameScale()
            parameters = .maxPool(try PoolParameters(context))
        case .table: parameters = .table(try TableParameters(context))
        case .softmax: parameters = .softmax(try SoftmaxParameters(context))
        }
        inputs = context.record.inputs
        output = context.record.outputs[0]
    }
}
