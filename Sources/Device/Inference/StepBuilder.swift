internal import EdgeFormat
internal import Kernels

/// Makes a session's steps: for each operation the kernels of the set and the addresses that they need.
struct StepBuilder {
    let file: ModelFile
    private let kernels: KernelSet
    let arena: Arena
    private let packed: (records: [PackedWeights], bytes: UnsafeRawBufferPointer)
    let scratch: Scratch
    let weights: ExpandedWeights

    /// - Parameter graph: index of the entry point.
    init(_ file: ModelFile, graph: Int, kernels: KernelSet, arena: Arena, threads: Int) throws(EdgeError) {
        self.file = file
        self.kernels = kernels
        self.arena = arena
        weights = try ExpandedWeights(file, graph: graph)
        packed = try file.packedWeights(set: kernels.number)
        scratch = try Scratch(threads: threads)
    }

    /// The steps of an operation, which run one after the other; the last one's output is the operation's.
    func steps(_ index: Int) throws(EdgeError) -> [PreparedOperation] {
        let operation = file.operations[index]
        let (input, output) = (view(operation.inputs[0]), view(operation.output))
        switch operation.parameters {
        case .convolution(let parameters), .convolutionAddition(let parameters):
            let shape = file.tensors[operation.inputs[1]].shape
            let lines = ConvolutionLines(
                parameters, kernelHeight: shape[1], kernelWidth: shape[2], input: input, output: output)
            guard operation.isDepthwise(file.tensors) else { return [try convolution(index, lines, output)] }
            return [try depthwise(index, parameters, lines, input, output)]
        case .dense:
            let shape = file.tensors[operation.inputs[1]].shape
            let lines = ConvolutionLines(dense: shape[1], outputs: shape[0], input: input, output: output)
            return [try convolution(index, lines, output)]
        case .averagePool(let parameters) where !input.hasScale(of: output):
            return [PreparedScaledAverage(parameters, input: input, output: output)]
        case .averagePool(let parameters): return [try pool(KERNEL_AVERAGE_POOL, parameters, input, output)]
        case .maxPool(let parameters): return [try pool(KERNEL_MAX_POOL, parameters, input, output)]
        case .table(let parameters): return [try table(parameters, input, output)]
        case .softmax(let parameters): return [try softmax(parameters, input, output)]
        case .groupNormalization(let parameters): return try normalization(parameters, operation, input, output)
        case .interpolatedTable(let parameters): return [try interpolation(parameters, input, output)]
        case .rescale: return [try rescale(input, output)]
        case .upsampling(let parameters):
            return [PreparedUpsampling(parameters, input: input, output: output)]
        case .concatenation: return [PreparedConcatenation(operation.inputs.map(view), output: output)]
        case .addition: return [try addition(input, view(operation.inputs[1]), output)]
        case .embedding:
            return [PreparedEmbedding(file.constant(operation.inputs[1]), indices: input, output: output)]
        case .timeEmbedding(let parameters):
            let table = tableBytes(parameters.bytes(width: file.tensors[operation.output].shape[1]))
            return [PreparedTimeEmbedding(table, steps: input, output: output)]
        case .quantizedArithmetic(let function): return [try arithmetic(function, operation, output)]
        default: return [try plainStep(operation)]
        }
    }

    func view(_ tensor: Int) -> TensorView { TensorView(file.tensors[tensor], arena) }

    func tableBytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: file.tables[range])
    }

    func missing(_ what: String) -> EdgeError {
        EdgeError(.data, at: file.container.place, what + " has no kernel in this build")
    }
}

// Convolutions and dense layers.
extension StepBuilder {
    private func convolution(
        _ index: Int, _ lines: ConvolutionLines, _ output: TensorView
    ) throws(EdgeError) -> PreparedOperation {
        let operation = file.operations[index]
        let input = file.tensors[operation.inputs[0]]
        let isPlain = operation.isPlainConvolution(file.tensors)
        let kind =
            isPlain
            ? KERNEL_CONVOLUTION : input.element == .int16 ? KERNEL_CONVOLUTION_SUMS_16 : KERNEL_CONVOLUTION_SUMS
        let row = kernels.row(kind)
        let weights = try panels(index, row)
        if isPlain, let kernel = row.convolution {
            return PreparedConvolution(weights, row: row, kernel: kernel, lines: lines, output: output)
        }
        guard let sums = row.convolution_sums, let requantize = kernels.row(KERNEL_REQUANTIZE).requantize,
            Int(row.tile_pixels * row.tile_channels) * 4 <= Scratch.size
        else { throw missing("operation '\(operation.name)'") }
        return PreparedSumsConvolution(
            weights, kernels: PreparedSumsConvolution.Kernels(row: row, sums: sums, requantize: requantize),
            lines: lines, addend: addend(operation), scratch: scratch, output: output)
    }

    private func depthwise(
        _ index: Int, _ parameters: ConvolutionParameters, _ lines: ConvolutionLines, _ input: TensorView,
        _ output: TensorView
    ) throws(EdgeError) -> PreparedOperation {
        let row = kernels.row(KERNEL_DEPTHWISE)
        guard let kernel = row.depthwise else { throw missing("a depthwise convolution") }
        return PreparedDepthwise(
            parameters, weights: try panels(index, row), row: row, kernel: kernel, lines: lines, input: input,
            output: output)
    }

    /// The weights as a row's kernel reads them.
    private func panels(_ index: Int, _ row: kernel_row) throws(EdgeError) -> PanelWeights {
        let operation = file.operations[index]
        guard let layout = PanelShape.Layout(rawValue: UInt32(row.layout.rawValue)) else {
            throw missing("operation '\(operation.name)'")
        }
        let shape = PanelShape(layout: layout, operation: operation, tensors: file.tensors)
        return try PanelWeights(shape, model: file, operation: operation, packed: try packedWeights(index, shape))
    }

    private func addend(_ operation: ModelOperation) -> PreparedSumsConvolution.Addend? {
        guard operation.kind == .convolutionAddition else { return nil }
        let view = view(operation.inputs[3])
        return PreparedSumsConvolution.Addend(view: view, isPicture: view.tensor.isPicture)
    }

    /// The operation's weights as the file packed them for this kernel set, or nil where it did not or where another set's
    /// kernel runs, which reads another layout.
    private func packedWeights(_ index: Int, _ shape: PanelShape) throws(EdgeError) -> UnsafeRawBufferPointer? {
        for record in packed.records where record.operation == index {
            let own = PanelShape(set: kernels.number, operation: file.operations[index], tensors: file.tensors)
            guard let own, record.layout == own.layout.rawValue, record.size == own.size else {
                throw EdgeError(
                    .data, at: file.container.place,
                    "operation '\(file.operations[index].name)': packed weights for \(kernels.name) do not fit it")
            }
            guard own.layout == shape.layout else { return nil }
            return UnsafeRawBufferPointer(rebasing: packed.bytes[record.offset..<record.offset + record.size])
        }
        return nil
    }
}

// What has one kernel, or two.
extension StepBuilder {
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
        return PreparedTable(tableBytes(parameters.bytes), row: row, kernel: kernel, input: input, output: output)
    }

    private func softmax(
        _ parameters: SoftmaxParameters, _ input: TensorView, _ output: TensorView
    ) throws(EdgeError) -> PreparedOperation {
        let row = kernels.row(KERNEL_SOFTMAX)
        guard let kernel = row.softmax else { throw missing("softmax") }
        return PreparedSoftmax(tableBytes(parameters.bytes), row: row, kernel: kernel, input: input, output: output)
    }

    private func normalization(
        _ parameters: GroupNormalizationParameters, _ operation: ModelOperation, _ input: TensorView,
        _ output: TensorView
    ) throws(EdgeError) -> [PreparedOperation] {
        let (sums, second) = (kernels.row(KERNEL_GROUP_SUMS), kernels.row(KERNEL_NORMALIZE))
        guard let sumsKernel = sums.group_sums, let kernel = second.normalize else { throw missing("group norm") }
        let results = GroupFactors(pictures: input.tensor.pictures, channels: input.tensor.channels)
        return [
            PreparedGroupStatistics(
                parameters, row: sums, kernel: sumsKernel, gamma: file.constant(operation.inputs[1]),
                beta: file.constant(operation.inputs[2]), input: input, output: output, results: results),
            PreparedNormalization(
                tableBytes(parameters.bytes), row: second, kernel: kernel, input: input, output: output,
                statistics: results),
        ]
    }

    private func interpolation(
        _ parameters: InterpolatedTableParameters, _ input: TensorView, _ output: TensorView
    ) throws(EdgeError) -> PreparedOperation {
        let row = kernels.row(KERNEL_INTERPOLATION)
        guard let kernel = row.interpolation,
            let table = tableBytes(parameters.bytes).baseAddress?.assumingMemoryBound(to: Int16.self)
        else { throw missing("an interpolated table") }
        return PreparedInterpolation(table, row: row, kernel: kernel, input: input, output: output)
    }

    private func rescale(_ input: TensorView, _ output: TensorView) throws(EdgeError) -> PreparedOperation {
        let row = kernels.row(KERNEL_RESCALE)
        guard let kernel = row.rescale else { throw missing("rescaling") }
        return PreparedRescale(row: row, kernel: kernel, input: input, output: output)
    }

    private func addition(
        _ a: TensorView, _ b: TensorView, _ output: TensorView
    ) throws(EdgeError) -> PreparedOperation {
        let row = kernels.row(KERNEL_ADDITION)
        guard let kernel = row.addition else { throw missing("an addition") }
        return PreparedAddition(row: row, kernel: kernel, a, b, output: output)
    }

    private func arithmetic(
        _ function: ArithmeticFunction, _ operation: ModelOperation, _ output: TensorView
    ) throws(EdgeError) -> PreparedOperation {
        let row = kernels.row(KERNEL_ARITHMETIC)
        guard let kernel = row.arithmetic else { throw missing("quantized arithmetic") }
        let (a, b) = (try operand(operation.inputs[0]), try operand(operation.inputs[1]))
        return PreparedQuantizedArithmetic(function, row: row, kernel: kernel, a, b, output: output)
    }

    /// An activation, or a constant as activations lie in memory.
    private func operand(_ tensor: Int) throws(EdgeError) -> ArithmeticOperand {
        guard file.tensors[tensor].role == .constant else { return ArithmeticOperand(view: view(tensor), owned: nil) }
        return try ArithmeticOperand(constant: file.tensors[tensor], file.constant(tensor))
    }
}
