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
        /// The addend is the fourth input.
        case convolutionAddition(ConvolutionParameters)
        case groupNormalization(GroupNormalizationParameters)
        case interpolatedTable(InterpolatedTableParameters)
        case rescale
        case upsampling(UpsamplingParameters)
        case concatenation
        case addition
        case embedding
        case timeEmbedding(TimeEmbeddingParameters)
        case quantizedArithmetic(ArithmeticFunction)
        case rearrangement(RearrangementParameters)
        case plainConcatenation(axis: Int)
        case function(FunctionParameters)
        case conversion
        case arithmetic(ArithmeticFunction)
        /// Inputs: truth values, what stands where they hold, what stands elsewhere.
        case selection
        case reduction(ReductionParameters)
        case argumentReduction(ArgumentReductionParameters)
        case plainSoftmax(isLogarithm: Bool)
        case matrixProduct(FloatBounds)
        case plainConvolution(PlainConvolutionParameters)
        case plainPool(PlainPoolParameters)
        case gather(axis: Int)
        case gatherElements(axis: Int)
        case gatherND(batchAxes: Int)
        case scatterElements(ScatterUpdate, axis: Int)
        case scatterND(ScatterUpdate)
        case topK(isLargest: Bool)
        case nonMaximumSuppression(SuppressionParameters)
        case resampling(ResamplingParameters)
        case quantization
        case dequantization
        case detection(DetectionParameters)
    }

    public let name: String
    public let kind: OperationKind
    public let parameters: Parameters
    /// Indices into the model's tensors.
    public let inputs: [Int]
    public let outputs: [Int]
    /// The bytes of section `tables` that it computes with; empty where it has no table.
    let tableBytes: Range<Int>

    /// The first output; most kinds have no other.
    public var output: Int { outputs[0] }

    /// Of a layer with weights: the tensor that has an upper bound for each channel of the output; nil where the output's
    /// own holds for all.
    public var upperBounds: Int? {
        let place: Int
        switch kind {
        case .convolution, .dense: place = 3
        case .convolutionAddition: place = 4
        default: return nil
        }
        return inputs.count > place ? inputs[place] : nil
    }
}

extension ModelOperation {
    init(_ context: OperationContext) throws(EdgeError) {
        guard let kind = OperationKind(rawValue: context.record.kind) else {
            throw context.fail("has kind \(context.record.kind), " + Container.needsNewer)
        }
        self.kind = kind
        name = context.record.name
        parameters = try Self.check(kind, context)
        try context.checkParts(kind)
        inputs = context.record.inputs
        outputs = context.record.outputs
        switch parameters {
        case .table(let table): tableBytes = table.bytes
        case .softmax(let softmax): tableBytes = softmax.bytes
        case .groupNormalization(let normalization): tableBytes = normalization.bytes
        case .interpolatedTable(let table): tableBytes = table.bytes
        case .timeEmbedding(let time): tableBytes = time.bytes(width: context.output.shape[1])
        case .rearrangement(let rearrangement): tableBytes = rearrangement.bytes(context.output.shape)
        case .resampling(let resampling): tableBytes = resampling.bytes(context.output.shape)
        default: tableBytes = 0..<0
        }
    }

    private static func check(_ kind: OperationKind, _ context: OperationContext) throws(EdgeError) -> Parameters {
        switch kind {
        case .convolution: return .convolution(try ConvolutionParameters(context))
        case .dense:
            try checkDense(context)
            return .dense
        case .averagePool: return .averagePool(try PoolParameters(context))
        case .maxPool: return .maxPool(try PoolParameters(context))
        case .table: return .table(try TableParameters(context))
        case .softmax: return .softmax(try SoftmaxParameters(context))
        case .convolutionAddition: return .convolutionAddition(try ConvolutionParameters(addition: context))
        case .groupNormalization: return .groupNormalization(try GroupNormalizationParameters(context))
        case .interpolatedTable: return .interpolatedTable(try InterpolatedTableParameters(context))
        case .rescale:
            try checkRescale(context)
            return .rescale
        case .upsampling: return .upsampling(try UpsamplingParameters(context))
        case .concatenation:
            try checkConcatenation(context)
            return .concatenation
        case .addition:
            try checkAddition(context)
            return .addition
        case .embedding:
            try checkEmbedding(context)
            return .embedding
        case .timeEmbedding: return .timeEmbedding(try TimeEmbeddingParameters(context))
        case .quantizedArithmetic: return .quantizedArithmetic(try ArithmeticFunction(quantized: context))
        default: return try checkPlain(kind, context)
        }
    }
}
