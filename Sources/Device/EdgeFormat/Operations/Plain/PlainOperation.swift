extension ModelOperation {
    /// The kinds of plain tensors.
    static func checkPlain(_ kind: OperationKind, _ context: OperationContext) throws(EdgeError) -> Parameters {
        switch kind {
        case .rearrangement: return .rearrangement(try RearrangementParameters(context))
        case .plainConcatenation: return .plainConcatenation(axis: try checkPlainConcatenation(context))
        case .function: return .function(try FunctionParameters(context))
        case .conversion:
            try checkConversion(context)
            return .conversion
        case .arithmetic: return .arithmetic(try ArithmeticFunction(context))
        case .selection:
            try checkSelection(context)
            return .selection
        case .reduction: return .reduction(try ReductionParameters(context))
        case .argumentReduction: return .argumentReduction(try ArgumentReductionParameters(context))
        case .plainSoftmax: return .plainSoftmax(isLogarithm: try checkPlainSoftmax(context))
        case .matrixProduct: return .matrixProduct(try checkMatrixProduct(context))
        case .plainConvolution: return .plainConvolution(try PlainConvolutionParameters(context))
        case .plainPool: return .plainPool(try PlainPoolParameters(context))
        case .gather: return .gather(axis: try checkGather(context))
        case .gatherElements: return .gatherElements(axis: try checkGatherElements(context))
        case .gatherND: return .gatherND(batchAxes: try checkGatherND(context))
        case .scatterElements:
            let (reduction, axis) = try checkScatterElements(context)
            return .scatterElements(reduction, axis: axis)
        case .scatterND: return .scatterND(try checkScatterND(context))
        case .topK: return .topK(isLargest: try checkTopK(context))
        case .nonMaximumSuppression: return .nonMaximumSuppression(try SuppressionParameters(context))
        case .detection: return .detection(try DetectionParameters(context))
        case .resampling: return .resampling(try ResamplingParameters(context))
        default: return try checkBetween(kind, context)
        }
    }

    /// Between plain tensors and integers that stand for reals.
    private static func checkBetween(_ kind: OperationKind, _ context: OperationContext) throws(EdgeError) -> Parameters
    {
        guard context.record.inputs.count == 1, context.record.outputs.count == 1 else {
            throw context.fail("has not one input and one output")
        }
        let (input, output) = (context.input(0), context.output)
        guard kind == .quantization else {
            try checkQuantization(context, plain: output, quantized: input)
            return .dequantization
        }
        try checkQuantization(context, plain: input, quantized: output)
        return .quantization
    }
}
