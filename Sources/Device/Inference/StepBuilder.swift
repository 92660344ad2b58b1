internal import EdgeFormat
internal import Kernels

/// Makes a session's steps: for each operation the kernel of the set and the addresses that it needs.
struct StepBuilder {
    private let file: ModelFile
    private let kernels: KernelSet
    private let arena: Arena
    private let packed: (records: [PackedWeights], bytes: UnsafeRawBufferPointer)

    init(_ file: ModelFile, kernels: KernelSet, arena: Arena) throws(EdgeError) {
        self.file = file
        self.kernels = kernels
        self.arena = arena
        packed = try file.packedWeights(set: kernels.number)
    }

    func step(_ index: Int) throws(EdgeError) -> PreparedOperation {
        let operation = file.operations[index]
        let input = TensorView(file.tensors[operation.inputs[0]], arena)
        let output = TensorView(file.tensors[operation.output], arena)
        switch operation.parameters {
        case .convolution(let parameters):
            let shape = file.tensors[operation.inputs[1]].shape
            let addresses = PreparedConvolution.Addresses(
                parameters, kernelHeight: shape[1], kernelWidth: shape[2], input: input)
            return try convolution(index, addresses, output)
        case .dense: return try convolution(index, PreparedConvolution.Addresses(dense: input), output)
        case .averagePool(let parameters): return try pool(KERNEL_AVERAGE_POOL, parameters, input, output)
        case .maxPool(let parameters): return try pool(KERNEL_MAX_POOL, parameters, input, output)
        case .table(let parameters): return try table(parameters, input, output)
        case .softmax(let parameters): return try softmax(parameters, input, output)
        default: throw missing(operation)
        }
    }

    private func convolution(
        _ index: Int, _ addresses: PreparedConvolution.Addresses, _ output: TensorView
    ) throws(EdgeError) -> PreparedOperation {
        let operation = file.operations[index]
        let row = kernels.row(KERNEL_CONVOLUTION)
        guard let kernel = row.convolution,
            let shape = PanelShape(set: kernels.number, operation: operation, tensors: file.tensors)
        else { throw missing(operation) }
        let weights = try PanelWeights(
            shape, model: file, operation: operation, packed: try packedWeights(index, shape))
        return PreparedConvolution(weights, row: row, kernel: kernel, addresses: addresses, output: output)
    }

    /// The operation's weights as the file packed them for this kernel set, or nil.
    private func packedWeights(_ index: Int, _ shape: PanelShape) throws(EdgeError) -> UnsafeRawBufferPointer? {
        for record in packed.records where record.operation == index {
            guard record.layout == shape.layout.rawValue, record.size == shape.size else {
                throw EdgeError(
                    .data, at: file.container.place,
                    "operation '\(file.operations[index].name)': packed weights for \(kernels.name) do not fit it")
            }
            return UnsafeRawBufferPointer(rebasing: packed.bytes[record.offset..<record.offset + record.size])
        }
        return nil
    }

    private func pool(
        _ kind: kernel_operation, _ parameters: PoolParameters, _ input: TensorView, _ output: TensorView
    ) throws(EdgeError) -> PreparedOperation {
        let row = kernels.row(kind)
        guard let kernel = row.pool else { throw missing("a pool") }
        return PreparedPool(parameters, row: row, kernel: kernel, input: input, output: output)
    }

    private func table(
        _ parameters: TableParameters, _ input: TensorView, _ output: TensorView
    ) throws(EdgeError) -> PreparedOperation {
        let row = kernels.row(KERNEL_TABLE)
        guard let kernel = row.table else { throw missing("a table") }
        let bytes = UnsafeRawBufferPointer(rebasing: file.tables[parameters.offset..<parameters.offset + 256])
        return PreparedTable(bytes, row: row, kernel: kernel, input: input, output: output)
    }

    private func softmax(
        _ parameters: SoftmaxParameters, _ input: TensorView, _ output: TensorView
    ) throws(EdgeError) -> PreparedOperation {
        let row = kernels.row(KERNEL_SOFTMAX)
        guard let kernel = row.softmax else { throw missing("softmax") }
        let bytes = UnsafeRawBufferPointer(rebasing: file.tables[parameters.offset..<parameters.offset + 1024])
        return PreparedSoftmax(bytes, row: row, kernel: kernel, input: input, output: output)
    }

    private func missing(_ operation: ModelOperation) -> EdgeError { missing("operation '\(operation.name)'") }

    private func missing(_ what: String) -> EdgeError {
        EdgeError(.data, at: file.container.place, what + " has no kernel in this build")
    }
}
