import ModelGraph

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
