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
    /// The sum of two tensors.
    case addition
    /// Rows of a table.
    case lookup
    /// Sines and cosines of a time step: 2⁻¹⁵ a step.
    case timeEmbedding
}

extension Graph {
    /// How a node is computed in integers; nil where it stays as it is: it has no integer form, or none for operands of
    /// these shapes or types, or one of its operands is a constant that integers are not made of.
    func integerForm(_ node: Node) -> IntegerForm? {
        let types = (node.inputs + node.outputs).map { values[$0].type }
        guard let form = node.operation.integerForm, values[node.outputs[0]].type.element == .float32,
            types.allSatisfy({ $0.shape.count != 4 || $0.shape[0] <= ModelTensor.pictureLimit })
        else { return nil }
        let areComputed = node.inputs.map { values[$0].constant == nil }
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
        case .addition: return areComputed.allSatisfy { $0 } ? form : nil
        case .function, .normalization: return areComputed[0] ? form : nil
        case .lookup, .timeEmbedding: return form
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
        case is Embedding: .lookup
        case is Sinusoid: .timeEmbedding
        default: nil
        }
    }

    /// Whether the result can have 16 bits.
    var givesWords: Bool {
        switch self {
        case is AveragePool, is MaxPool, is Softmax: false
        default: true
        }
    }
}
