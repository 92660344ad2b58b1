import EdgeFormat
public import ModelGraph

/// How an operation is computed in integers.
enum IntegerForm {
    /// Sums of products, requantized.
    case linear
    /// Only moves, compares or averages integers: scale and zero point stay.
    case sameScale
    /// A table of a function.
    case function
    /// Softmax: 1/256 a step from −128 up.
    case probabilities
    /// Group norm.
    case normalization
    /// The sum of two tensors of one shape.
    case addition
    /// A function of two tensors, or of one and a constant, broadcast.
    case arithmetic
    /// The mean of each channel of a picture.
    case mean
    /// Rows of a table.
    case lookup
    /// Sines and cosines of a time step: 2⁻¹⁵ a step.
    case timeEmbedding

    /// Whether it is worth while among integers alone.
    fileprivate var isOptional: Bool { self == .arithmetic || self == .mean }
}

extension Graph {
    /// How each node is computed in integers; nil where it stays as it is.
    ///
    /// Arithmetic stays in floats where floats surround it: it would only round what a norm or attention computes. So does
    /// a mean that arithmetic reads, which is a norm's.
    /// - Parameter floats: names of nodes that stay in floats whatever they are.
    func integerForms(without floats: Set<String> = []) -> [IntegerForm?] {
        var meetsArithmetic = [Bool](repeating: false, count: values.count)
        for node in nodes where node.operation is Arithmetic {
            for id in node.inputs { meetsArithmetic[id] = true }
        }
        var forms: [IntegerForm?] = []
        var isFloat = [Bool](repeating: false, count: values.count)
        for node in nodes {
            var form = floats.contains(node.name) ? nil : integerForm(node)
            if form?.isOptional == true, node.inputs.contains(where: { isFloat[$0] }) { form = nil }
            if form == .mean, meetsArithmetic[node.outputs[0]] { form = nil }
            for id in node.outputs { isFloat[id] = form == nil }
            forms.append(form)
        }
        var isRead = [Bool](repeating: false, count: values.count)
        for id in outputs { isRead[id] = true }
        for index in nodes.indices.reversed() {
            if forms[index]?.isOptional == true, !isRead[nodes[index].outputs[0]] { forms[index] = nil }
            for id in nodes[index].inputs where forms[index] != nil { isRead[id] = true }
        }
        return forms
    }

    /// How a node is computed in integers; nil where it stays as it is: it has no integer form, or none for operands of
    /// these shapes or types, or one of its operands is a state, or a constant that integers are not made of.
    private func integerForm(_ node: Node) -> IntegerForm? {
        guard node.inputs.allSatisfy({ values[$0].next == nil }) else { return nil }
        let types = (node.inputs + node.outputs).map { values[$0].type }
        let areComputed = node.inputs.map { values[$0].constant == nil }
        // Of weights the first axis counts no pictures.
        let pictures = zip(areComputed + node.outputs.map { _ in true }, types).filter(\.0).map(\.1)
        guard let form = node.operation.integerForm, values[node.outputs[0]].type.element == .float32,
            pictures.allSatisfy({ $0.shape.count != 4 || $0.shape[0] <= ModelTensor.pictureLimit })
        else { return nil }
        // Rows side by side are one row to everything that works along the last axis.
        let isOneRow = types[0].shape.count == 4 || types[0].count == types[0].shape.last
        switch form {
        case .linear:
            let areRows = !(node.operation is Dense) || types[0].shape.count == 2
            return areComputed[0] && !areComputed[1] && areRows ? form : nil
        case .sameScale:
            guard areComputed.allSatisfy({ $0 }) else { return nil }
            guard let join = node.operation as? Concatenation else { return form }
            return isOneRow && (2...8).contains(node.inputs.count)
                && (join.axis == -1 || join.axis == types[0].shape.count - 1) ? form : nil
        case .probabilities: return isOneRow ? form : nil
        case .addition where areComputed == [true, true] && types[0].shape == types[1].shape: return form
        case .addition, .arithmetic: return hasOperands(node) ? .arithmetic : nil
        case .mean:
            let (height, width) = (types[0].shape[1], types[0].shape[2])
            return height <= 1024 && width <= 1024 && height * width <= 1024 ? form : nil
        case .function, .normalization: return areComputed[0] ? form : nil
        case .lookup, .timeEmbedding: return form
        }
    }

    /// Whether arithmetic has operands that integers can stand for: one that is computed at least, and constants that are
    /// finite numbers, of which the one that is divided by is not 0.
    private func hasOperands(_ node: Node) -> Bool {
        let operands = node.inputs.map { values[$0] }
        let isQuotient = (node.operation as? Arithmetic)?.kind == .division
        guard operands.contains(where: { $0.constant == nil }), operands.allSatisfy({ $0.type.shape.count <= 6 }),
            !isQuotient || operands[1].constant != nil
        else { return false }
        return operands.allSatisfy { operand in
            guard operand.constant != nil else { return operand.type.element == .float32 }
            return operand.constant?.floats?.allSatisfy { (isQuotient ? 1 / $0 : $0).isFinite } ?? false
        }
    }

    /// Whether a list of integers counts or names something that integer operations read.
    func isIndex(_ id: ValueID) -> Bool {
        values[id].type.element == .int64 && values[id].type.shape.count == 1
            && users(of: id).allSatisfy {
                nodes[$0].inputs[0] == id && (nodes[$0].operation is Embedding || nodes[$0].operation is Sinusoid)
            }
    }
}

extension Graph {
    /// The nodes of a quantized graph that compute in floats, besides what leads there and back.
    public var floatNodes: [Node] {
        nodes.filter { node in
            !(node.operation is Dequantize) && !(node.operation is Reshape) && !(node.operation is Flatten)
                && node.outputs.contains { values[$0].type.element == .float32 }
        }
    }
}

extension Operation {
    /// The integer form, or nil where there is none.
    var integerForm: IntegerForm? {
        switch self {
        case is Convolution, is Dense, is ConvolutionAddition: .linear
        case is AveragePool, is MaxPool, is Flatten, is Reshape, is Upsampling, is Concatenation, is Rearrangement,
            is Pad, is Identity:
            .sameScale
        case is any UnaryOperation: .function
        case is Softmax: .probabilities
        case is GroupNormalization: .normalization
        case is Addition: .addition
        case let arithmetic as Arithmetic where arithmetic.kind.takesQuantized || arithmetic.kind == .division:
            .arithmetic
        case let reduction as Reduction where reduction.kind == .mean && reduction.axes == [1, 2]: .mean
        case is Embedding: .lookup
        case is Sinusoid: .timeEmbedding
        default: nil
        }
    }

    /// Whether the result can have 16 bits.
    var givesWords: Bool {
        switch self {
        case is AveragePool, is MaxPool, is Softmax, is Reduction: false
        default: true
        }
    }
}
