internal import EdgeFormat
internal import Kernels

// Operations of plain tensors.
extension StepBuilder {
    func plainStep(_ operation: ModelOperation) throws(EdgeError) -> PreparedOperation {
        let output = view(operation.output)
        let inputs = operation.inputs.map(plain)
        switch operation.parameters {
        case .function(let parameters):
            return PreparedFunction(
                parameters, input: inputs[0], result: plain(operation.output), scratch: scratch, output: output)
        case .conversion:
            return PreparedConversion(
                input: inputs[0], result: plain(operation.output), scratch: scratch, output: output)
        case .arithmetic(let function):
            return PreparedArithmetic(
                function, inputs[0], inputs[1], result: plain(operation.output), scratch: scratch, output: output)
        case .selection: return PreparedSelection(inputs, result: plain(operation.output), output: output)
        case .reduction(let parameters):
            return PreparedReduction(
                parameters, input: inputs[0], result: plain(operation.output), scratch: scratch, output: output)
        case .argumentReduction(let parameters):
            return PreparedArgumentReduction(parameters, input: inputs[0], scratch: scratch, output: output)
        case .plainSoftmax(let isLogarithm):
            return PreparedPlainSoftmax(isLogarithm: isLogarithm, input: inputs[0], output: output)
        case .matrixProduct(let bounds):
            return PreparedMatrixProduct(sums(inputs, bounds), inputs[0], inputs[1], output: output)
        case .plainConvolution(let parameters):
            return PreparedPlainConvolution(
                parameters, sums(inputs, parameters.bounds), input: inputs[0], weights: inputs[1], output: output)
        case .plainPool(let parameters): return PreparedPlainPool(parameters, input: inputs[0], output: output)
        case .quantization:
            return PreparedQuantization(reals: inputs[0], integers: output, isBack: false, output: output)
        case .dequantization:
            return PreparedQuantization(
                reals: plain(operation.output), integers: view(operation.inputs[0]), isBack: true, output: output)
        default: return try movingStep(operation, inputs, output)
        }
    }

    /// What moves elements, and what finds them.
    private func movingStep(
        _ operation: ModelOperation, _ inputs: [PlainView], _ output: TensorView
    ) throws(EdgeError) -> PreparedOperation {
        switch operation.parameters {
        case .rearrangement(let parameters):
            return PreparedRearrangement(
                tableBytes(parameters.bytes(output.tensor.shape)), fill: parameters.fill ^ UInt64(output.flip),
                input: inputs[0].start, output: output)
        case .plainConcatenation(let axis): return PreparedPlainConcatenation(inputs, axis: axis, output: output)
        case .resampling(let parameters):
            return PreparedResampling(
                tableBytes(parameters.bytes(output.tensor.shape)), parameters, input: inputs[0], output: output)
        case .gather(let axis): return PreparedGather(axis: axis, data: inputs[0], indices: inputs[1], output: output)
        case .gatherElements(let axis):
            return PreparedGatherElements(axis: axis, data: inputs[0], indices: inputs[1], output: output)
        case .gatherND(let batchAxes):
            return PreparedGatherND(
                SliceIndices(inputs[1], batchAxes: batchAxes, of: inputs[0]), data: inputs[0], output: output)
        case .scatterElements(let reduction, let axis):
            return PreparedScatter(
                reduction, .elements(ElementIndices(inputs[1], axis: axis, of: inputs[0])), data: inputs[0],
                updates: inputs[2], result: plain(operation.output), scratch: scratch, output: output)
        case .scatterND(let reduction):
            return PreparedScatter(
                reduction, .slices(SliceIndices(inputs[1], batchAxes: 0, of: inputs[0])), data: inputs[0],
                updates: inputs[2], result: plain(operation.output), scratch: scratch, output: output)
        case .topK(let isLargest):
            return PreparedTopK(
                isLargest: isLargest, input: inputs[0], values: plain(operation.output),
                indices: plain(operation.outputs[1]), output: output)
        case .nonMaximumSuppression(let parameters):
            return try PreparedSuppression(
                parameters, boxes: inputs[0], scores: inputs[1], results: operation.outputs.map(plain), output: output)
        case .detection(let parameters):
            return try PreparedDetection(parameters, inputs, results: operation.outputs.map(plain), output: output)
        default: throw missing("operation '\(operation.name)'")
        }
    }

    /// A tensor of the arena or a constant.
    private func plain(_ index: Int) -> PlainView {
        let tensor = file.tensors[index]
        if let floats = weights.floats(index) { return PlainView(tensor, at: UnsafeMutableRawPointer(floats)) }
        if case .weights(let offset) = tensor.home, let base = file.weights.baseAddress {
            return PlainView(tensor, at: UnsafeMutableRawPointer(mutating: base + offset))
        }
        return PlainView(tensor, at: view(index).start)
    }

    /// - Parameter inputs: the third one is a bias.
    private func sums(_ inputs: [PlainView], _ bounds: FloatBounds) -> ProductSums {
        ProductSums(isFloat: inputs[0].isFloat, bias: inputs.count > 2 ? inputs[2] : nil, bounds: bounds)
    }
}
