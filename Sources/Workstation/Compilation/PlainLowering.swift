import EdgeFormat
import ModelGraph

// Nodes whose values are elements without a scale, each as one operation of the file or a few.
extension Lowering {
    mutating func lowerPlain(_ node: Graph.Node) throws(EdgeError) {
        switch node.operation {
        case is Flatten, is Reshape, is Identity: try reshape(node)
        case is Quantize: try addPlain(.quantization, node)
        case is Dequantize: try addPlain(.dequantization, node)
        case is Conversion: try addPlain(.conversion, node)
        case let arithmetic as Arithmetic: try addPlain(.arithmetic, node, [Int(arithmetic.kind.stored.rawValue)])
        case is Selection: try addPlain(.selection, node)
        case let reduction as Reduction:
            try addPlain(.reduction, node, ReductionParameters(reduction.kind.stored, axes: reduction.axes).stored)
        case let reduction as ArgumentReduction:
            let parameters = ArgumentReductionParameters(
                isMaximum: reduction.kind == .maximum, axis: reduction.axis, selectsLast: reduction.selectsLast)
            try addPlain(.argumentReduction, node, parameters.stored)
        case let rearrangement as Rearrangement: try lower(rearrangement, node)
        case let gather as Gather: try addPlain(.gather, node, [gather.axis])
        case let gather as GatherElements: try addPlain(.gatherElements, node, [gather.axis])
        case let gather as GatherND: try addPlain(.gatherND, node, [gather.batchAxes])
        case let scatter as ScatterElements:
            try addPlain(.scatterElements, node, [scatter.axis, scatter.reduction.stored.rawValue])
        case let scatter as ScatterND: try addPlain(.scatterND, node, [scatter.reduction.stored.rawValue])
        case let best as TopK: try addPlain(.topK, node, [best.largest ? 1 : 0])
        case let suppression as NonMaximumSuppression:
            let parameters = SuppressionParameters(
                hasCentres: suppression.format == .centers, limit: min(suppression.limit, Int(Int32.max)),
                overlap: suppression.overlapThreshold, score: suppression.scoreThreshold, sigma: suppression.sigma,
                isStrict: suppression.isStrict)
            try addPlain(.nonMaximumSuppression, node, parameters.stored)
        case let detection as Detection: try addPlain(.detection, node, detection.stored.stored)
        case let resampling as Resampling: try lower(resampling, node)
        case let function as any UnaryOperation: try addPlain(.function, node, try stored(function).stored)
        default: try lowerPlainPicture(node)
        }
    }

    /// One operation whose operands and results are the node's.
    private mutating func addPlain(
        _ kind: OperationKind, _ node: Graph.Node, _ parameters: [Int] = []
    ) throws(EdgeError) {
        record(
            kind, node.name, inputs: try operands(node), outputs: try results(node), parameters,
            computes: node.outputs)
    }

    /// The tensors of a node's inputs.
    mutating func operands(_ node: Graph.Node) throws(EdgeError) -> [Int] {
        var tensors: [Int] = []
        for id in node.inputs { tensors.append(try operand(id)) }
        return tensors
    }

    private mutating func results(_ node: Graph.Node) throws(EdgeError) -> [Int] {
        var tensors: [Int] = []
        for id in node.outputs { tensors.append(try activation(id)) }
        return tensors
    }

    /// The tensor of a value, constant or not.
    mutating func operand(_ id: Graph.ValueID) throws(EdgeError) -> Int {
        try graph.isConstant(id) ? constant(id) : activation(id)
    }

    /// The same elements under another shape: a view of the memory, or a copy where the result is to stay while the
    /// source does.
    private mutating func reshape(_ node: Graph.Node) throws(EdgeError) {
        let source = try operand(node.inputs[0])
        let target = try activation(node.outputs[0])
        guard parts.tensors[source].role == .temporary else {
            return record(
                .conversion, node.name, inputs: [source], outputs: [target], [], computes: node.outputs)
        }
        parts.share(target, memoryOf: source)
    }

    /// Elements in other places, as an operation; where one end has a border, the values are copied.
    mutating func rearrange(_ rearrangement: Rearrangement, _ node: Graph.Node) throws(EdgeError) {
        let type = graph.values[node.inputs[0]].type
        let parameters = RearrangementParameters(
            offset: parts.addTable { for table in rearrangement.tables { for entry in table { $0.append(entry) } } },
            fill: rearrangement.fillElement(type).logicalBytes.reversed().reduce(0) { $0 << 8 | UInt64($1) })
        var source = try operand(node.inputs[0])
        if !parts.tensors[source].border.isEmpty {
            source = copy(of: source, name: node.name + ".plain", value: node.inputs[0])
        }
        let target = try activation(node.outputs[0])
        guard !parts.tensors[target].border.isEmpty else {
            return record(
                .rearrangement, node.name, inputs: [source], outputs: [target], parameters.stored,
                computes: node.outputs)
        }
        let plain = addTensor(like: target, name: node.name + ".moved")
        record(
            .rearrangement, node.name, inputs: [source], outputs: [plain], parameters.stored, computes: node.outputs)
        copy(plain, to: target, name: node.name + ".bordered", value: node.outputs[0])
    }

    private mutating func lower(_ resampling: Resampling, _ node: Graph.Node) throws(EdgeError) {
        var count = 0
        let offset = parts.addTable { table in
            for tap in resampling.taps {
                table.append(Int32(tap.first))
                table.append(Int32(tap.first < 0 ? 0 : tap.weights.count))
                table.append(Int32(count))
                count += tap.weights.count
            }
            for tap in resampling.taps { table.append(tap.weights) }
        }
        let parameters = ResamplingParameters(
            axis: resampling.axis, offset: offset, weights: count, fill: resampling.fill)
        try addPlain(.resampling, node, parameters.stored)
    }

    /// A function as files number it.
    private func stored(_ function: any UnaryOperation) throws(EdgeError) -> FunctionParameters {
        switch function {
        case let clip as Clip: FunctionParameters(.clip, a: clip.minimum, b: clip.maximum)
        case let unit as LeakyReLU: FunctionParameters(.leakyReLU, a: unit.slope)
        case let unit as ThresholdedReLU: FunctionParameters(.thresholdedReLU, a: unit.threshold)
        case let unit as ELU: FunctionParameters(.elu, a: unit.alpha, b: 1)
        case let unit as SELU: FunctionParameters(.elu, a: unit.alpha, b: unit.gamma)
        case let unit as HardSigmoid: FunctionParameters(.hardSigmoid, a: unit.slope, b: unit.offset)
        case let unit as GELU: FunctionParameters(unit.approximation == .tanh ? .geluTanh : .gelu)
        case is SiLU: FunctionParameters(.silu, a: 1)
        default: FunctionParameters(try simple(function))
        }
    }

    /// A function without parameters.
    private func simple(_ function: any UnaryOperation) throws(EdgeError) -> ScalarFunction {
        switch function {
        case is ReLU: .relu
        case is Sigmoid: .sigmoid
        case is Tanh: .tanh
        case is HardSwish: .hardSwish
        case is Mish: .mish
        case is Softplus: .softplus
        case is Softsign: .softsign
        case is Exponential: .exponential
        case is Logarithm: .logarithm
        case is SquareRoot: .squareRoot
        case is Reciprocal: .reciprocal
        case is ErrorFunction: .errorFunction
        case is Sine: .sine
        case is Cosine: .cosine
        case is AbsoluteValue: .absolute
        case is Negation: .negation
        case is Floor: .floor
        case is Ceiling: .ceiling
        case is NearestInteger: .nearest
        case is Sign: .sign
        default: throw notCompiled(function)
        }
    }

    func notCompiled(_ operation: any Operation) -> EdgeError {
        EdgeError(.data, at: "", "\(type(of: operation).name) cannot be compiled without a scale")
    }
}

extension Graph {
    /// For each value whether it depends on float arithmetic: on floats that were not only moved or converted.
    var roundedValues: [Bool] {
        var isRounded = [Bool](repeating: false, count: values.count)
        for node in nodes {
            let touchesFloats = (node.inputs + node.outputs).contains { values[$0].type.element.isFloat }
            // A norm's factors and the like are floats in quantized graphs too, whose arithmetic is exact.
            let isQuantized = values[node.outputs[0]].type.quantization != nil && !(node.operation is Quantize)
            let isRounding = touchesFloats && !isQuantized && !node.operation.moves
            for id in node.outputs { isRounded[id] = isRounding || node.inputs.contains { isRounded[$0] } }
        }
        return isRounded
    }
}

extension Operation {
    /// Whether results are elements of the inputs as they are, or in another type.
    fileprivate var moves: Bool {
        self is Rearrangement || self is Concatenation || self is Reshape || self is Flatten || self is Identity
            || self is Pad || self is Upsampling || self is Conversion || self is Selection || self is Gather
            || self is GatherElements || self is GatherND || self is Embedding
    }
}

extension Arithmetic.Kind {
    /// As files number it.
    var stored: ArithmeticFunction {
        switch self {
        case .addition: .addition
        case .subtraction: .subtraction
        case .multiplication: .multiplication
        case .division: .division
        case .minimum: .minimum
        case .maximum: .maximum
        case .power: .power
        case .modulo: .modulo
        case .remainder: .remainder
        case .equal: .equal
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        case .and: .and
        case .or: .or
        case .exclusiveOr: .exclusiveOr
        case .shiftLeft: .shiftLeft
        case .shiftRight: .shiftRight
        case .rectification: .rectification
        }
    }
}

extension Reduction.Kind {
    /// As files number it.
    var stored: ReductionKind {
        switch self {
        case .sum: .sum
        case .mean: .mean
        case .maximum: .maximum
        case .minimum: .minimum
        case .product: .product
        case .sumOfSquares: .sumOfSquares
        case .sumOfMagnitudes: .sumOfMagnitudes
        }
    }
}

extension ScatterReduction {
    /// As files number it.
    var stored: ScatterUpdate {
        switch self {
        case .none: .replace
        case .addition: .addition
        case .multiplication: .multiplication
        case .maximum: .maximum
        case .minimum: .minimum
        }
    }
}

extension Detection {
    /// As files have it.
    fileprivate var stored: DetectionParameters {
        DetectionParameters(
            limit: limit, classesPerBox: classesPerBox, limitPerClass: min(limitPerClass, limit),
            separatesClasses: separatesClasses, score: scoreThreshold, overlap: overlapThreshold, classes: classes,
            scales: SIMD4(scales.y, scales.x, scales.height, scales.width))
    }
}
