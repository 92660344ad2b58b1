import EdgeFormat
import ModelGraph

// Functions of one value.
extension TFLiteImporter {
    static var functionRules: [String: Rule] {
        var rules: [String: Rule] = [
            "GELU": Rule(116) { importer, node throws(EdgeError) in
                try importer.unary(node, GELU(approximation: try node.flag(0) ? .tanh : .none))
            },
            "HARD_SWISH": Rule(91) { importer, node throws(EdgeError) in try importer.hardSwish(node) },
            "LEAKY_RELU": Rule(75) { importer, node throws(EdgeError) in try importer.leakyReLU(node) },
            "RSQRT": Rule(0) { importer, node throws(EdgeError) in try importer.reciprocalSquareRoot(node) },
        ]
        for (name, options, function) in plainFunctions {
            rules[name] = Rule(options) { importer, node throws(EdgeError) in try importer.unary(node, function) }
        }
        return rules
    }

    private static var plainFunctions: [(name: String, options: Int, function: any UnaryOperation)] {
        [
            ("ABS", 78, AbsoluteValue()), ("CEIL", 0, Ceiling()), ("COS", 84, Cosine()), ("ELU", 0, ELU(alpha: 1)),
            ("EXP", 33, Exponential()), ("FLOOR", 0, Floor()), ("LOG", 0, Logarithm()), ("LOGISTIC", 0, Sigmoid()),
            ("NEG", 42, Negation()), ("RELU", 0, ReLU()), ("RELU6", 0, Clip(minimum: 0, maximum: 6)),
            ("RELU_0_TO_1", 0, Clip(minimum: 0, maximum: 1)), ("RELU_N1_TO_1", 0, Clip(minimum: -1, maximum: 1)),
            ("ROUND", 0, NearestInteger()), ("SIGN", 123, Sign()), ("SIN", 0, Sine()), ("SQRT", 0, SquareRoot()),
            ("TANH", 0, Tanh()),
        ]
    }

    /// Of bytes a table, rounded as LiteRT rounds.
    private mutating func unary(_ node: TFLiteOperator, _ function: any UnaryOperation) throws(EdgeError) {
        let x = try input(node)
        guard let bytes = try byteTable(node, x) else { return try add(function, for: node, [x]) }
        let entries = bytes.function { function(function.tableArgument($0)) }
        try add(Table(function: Swift.type(of: function).name, entries: entries), for: node, [x])
    }

    /// The quantizations that a table of bytes lies between; nil where the node computes no bytes.
    private func byteTable(_ node: TFLiteOperator, _ x: Graph.ValueID) throws(EdgeError) -> ByteTable? {
        let wanted = try outputType(node)
        guard type(x).element == .int8, wanted.element == .int8 else { return nil }
        return ByteTable(input: try type(x).activationQuantization, output: try wanted.activationQuantization)
    }

    private mutating func hardSwish(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try input(node)
        guard let bytes = try byteTable(node, x) else { return try add(HardSwish(), for: node, [x]) }
        try add(Table(function: HardSwish.name, entries: bytes.hardSwish()), for: node, [x])
    }

    private mutating func leakyReLU(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try input(node)
        let function = LeakyReLU(slope: try node.float(0))
        guard let bytes = try byteTable(node, x), function.slope.isFinite else {
            return try add(function, for: node, [x])
        }
        let entries = bytes.slopes(above: 1, below: function.slope) ?? bytes.function { function($0) }
        try add(Table(function: LeakyReLU.name, entries: entries), for: node, [x])
    }

    private mutating func reciprocalSquareRoot(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try input(node)
        guard let bytes = try byteTable(node, x) else {
            let root = try add(SquareRoot(), name: label(node.outputs[0]) + ".root", [x], type(x))
            return try add(Reciprocal(), for: node, [root])
        }
        try add(
            Table(function: "reciprocal-square-root", entries: bytes.function { 1 / max($0, 0).squareRoot() }),
            for: node,
            [x])
    }

    /// The same reals in bytes of another scale.
    /// - Parameter isUnsigned: whether the file has bytes without a sign on either side, which XNNPACK leaves to others.
    mutating func rescaled(
        _ x: Graph.ValueID, name: String, to wanted: TensorType, isUnsigned: Bool
    ) throws(EdgeError) -> Graph.ValueID {
        guard type(x).element == .int8, wanted.element == .int8 else {
            throw EdgeError(
                .data, at: "", "\(type(x).element.rawValue) to \(wanted.element.rawValue) of another scale")
        }
        let bytes = ByteTable(input: try type(x).activationQuantization, output: try wanted.activationQuantization)
        let entries = (isUnsigned ? nil : bytes.slopes(above: 1, below: 1)) ?? bytes.function { $0 }
        return try add(Table(function: Rescale.name, entries: entries), name: name, [x], wanted)
    }

    /// Of int8 the scale of the output is 1/256 and its zero point −128.
    mutating func softmax(_ node: TFLiteOperator) throws(EdgeError) {
        let beta = try node.float(0)
        guard beta == 1 else { throw EdgeError(.data, at: "", "softmax with beta \(beta) is not supported, only 1") }
        try add(Softmax(), for: node, [try input(node)])
    }
}
