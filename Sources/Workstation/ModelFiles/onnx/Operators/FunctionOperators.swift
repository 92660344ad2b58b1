import EdgeFormat
import ModelGraph

// Functions of one value.
extension ONNXImporter {
    static let functionRules: [String: Rule] = {
        let plain: [any ONNXFunction] = [
            AbsoluteValue(), Ceiling(), Cosine(), ErrorFunction(), Exponential(), Floor(), HardSwish(), Logarithm(),
            Mish(), NearestInteger(), Negation(), ReLU(), Reciprocal(), Sigmoid(), Sign(), Sine(), Softplus(),
            Softsign(), SquareRoot(), Tanh(),
        ]
        var rules = parameterizedRules.merging(conditionRules) { own, _ in own }
        for function in plain {
            rules[type(of: function).operatorName] = Rule(of: ["consumed_inputs"]) { importer, node throws(EdgeError) in
                try importer.apply(function, try importer.input(node))
            }
        }
        return rules
    }()

    private static let parameterizedRules: [String: Rule] = [
        "Celu": Rule(of: ["alpha"]) { importer, node throws(EdgeError) in
            // max(0, x) + min(0, α·(exp(x/α) − 1)) is α times an ELU of x/α.
            let alpha = importer.number(Double(try node.float("alpha", default: 1)))
            let x = try importer.compute(.division, try importer.input(node), alpha)
            return try importer.compute(.multiplication, try importer.apply(ELU(alpha: 1), x), alpha)
        },
        "Clip": Rule(["min", "max"]) { importer, node throws(EdgeError) in try importer.clip(node) },
        "Elu": Rule(of: ["alpha"]) { importer, node throws(EdgeError) in
            try importer.apply(ELU(alpha: try node.float("alpha", default: 1)), try importer.input(node))
        },
        "Gelu": Rule(of: ["approximate"]) { importer, node throws(EdgeError) in
            try importer.apply(GELU(approximation: try node.approximation()), try importer.input(node))
        },
        "HardSigmoid": Rule(of: ["alpha", "beta"]) { importer, node throws(EdgeError) in
            let slope = try node.float("alpha", default: 0.2)
            let unit = HardSigmoid(slope: slope, offset: try node.float("beta", default: 0.5))
            return try importer.apply(unit, try importer.input(node))
        },
        "LeakyRelu": Rule(of: ["alpha"]) { importer, node throws(EdgeError) in
            try importer.apply(LeakyReLU(slope: try node.float("alpha", default: 0.01)), try importer.input(node))
        },
        "Selu": Rule(of: ["alpha", "gamma"]) { importer, node throws(EdgeError) in
            let alpha = try node.float("alpha", default: 1.673_263_2)
            let unit = SELU(alpha: alpha, gamma: try node.float("gamma", default: 1.050_701))
            return try importer.apply(unit, try importer.input(node))
        },
        "Shrink": Rule(of: ["bias", "lambd"]) { importer, node throws(EdgeError) in try importer.shrink(node) },
        "Swish": Rule(of: ["alpha"]) { importer, node throws(EdgeError) in
            let (x, alpha) = (try importer.input(node), try node.float("alpha", default: 1))
            if alpha == 1 { return try importer.apply(SiLU(), x) }
            let steep = try importer.compute(.multiplication, x, importer.number(Double(alpha)))
            return try importer.compute(.multiplication, x, try importer.apply(Sigmoid(), steep))
        },
        "ThresholdedRelu": Rule(of: ["alpha"]) { importer, node throws(EdgeError) in
            try importer.apply(
                ThresholdedReLU(threshold: try node.float("alpha", default: 1)), try importer.input(node))
        },
        "Dropout": Rule(["ratio", "seed"]) { importer, node throws(EdgeError) in try importer.dropout(node) },
        "Identity": Rule([]) { importer, node throws(EdgeError) in try importer.alias(node, try importer.input(node)) },
    ]

    private static let conditionRules: [String: Rule] = [
        "BitwiseNot": Rule(of: []) { importer, node throws(EdgeError) in
            let x = try importer.input(node)
            return try importer.compute(.exclusiveOr, x, importer.number(-1, importer.element(x)))
        },
        "IsInf": Rule(of: ["detect_negative", "detect_positive"], decidesType: true) {
            importer, node throws(EdgeError) in try importer.isInfinite(node)
        },
        "IsNaN": Rule(of: [], decidesType: true) { importer, node throws(EdgeError) in
            let x = try importer.input(node)
            return try importer.not(try importer.compute(.equal, x, x))
        },
        "Not": Rule(of: []) { importer, node throws(EdgeError) in try importer.not(try importer.input(node)) },
    ]

    mutating func not(_ x: Computed) throws(EdgeError) -> Computed {
        try compute(.exclusiveOr, x, try truths([], [true]))
    }

    private mutating func isInfinite(_ node: ONNXNode) throws(EdgeError) -> Computed {
        let x = try input(node)
        var result = try truths([], [false])
        for (name, bound) in [("detect_negative", -Double.infinity), ("detect_positive", .infinity)]
        where try node.int(name, default: 1) != 0 {
            result = try compute(.or, try compute(.equal, x, number(bound)), result)
        }
        return result
    }

    /// x + bias below −λ, x − bias above λ, 0 between.
    private mutating func shrink(_ node: ONNXNode) throws(EdgeError) -> Computed {
        let x = try input(node)
        let (bias, bound) = (
            number(Double(try node.float("bias", default: 0)), element(x)),
            Double(try node.float("lambd", default: 0.5))
        )
        let below = try compute(.less, x, number(-bound, element(x)))
        let above = try compute(.greater, x, number(bound, element(x)))
        let inner = try select(above, try compute(.subtraction, x, bias), number(0, element(x)))
        return try select(below, try compute(.addition, x, bias), inner)
    }

    /// The bounds are attributes up to operator set 10, inputs from 11 on.
    private mutating func clip(_ node: ONNXNode) throws(EdgeError) {
        let x = try input(node)
        let isConstant = node.inputs.dropFirst().allSatisfy { $0.isEmpty || self.isConstant($0) }
        guard element(x) == .float32, isConstant else {
            var value = x
            if let minimum = try optionalInput(node, 1) { value = try compute(.maximum, value, minimum) }
            if let maximum = try optionalInput(node, 2) { value = try compute(.minimum, value, maximum) }
            return try finish(node, value)
        }
        var (minimum, maximum) = (-Float.infinity, Float.infinity)
        if opset < 11 {
            minimum = try node.float("min", default: minimum)
            maximum = try node.float("max", default: maximum)
        } else {
            minimum = try optionalScalar(node, 1, "minimum").map { Float($0) } ?? minimum
            maximum = try optionalScalar(node, 2, "maximum").map { Float($0) } ?? maximum
        }
        // The standard: where the bounds cross, the upper one wins.
        try finish(node, try apply(Clip(minimum: min(minimum, maximum), maximum: maximum), x))
    }

    /// Outside training a dropout does nothing, and its mask holds everywhere.
    private mutating func dropout(_ node: ONNXNode) throws(EdgeError) {
        if let training = try optionalConstant(node, 2, "training_mode"), training.data != .bool([false]) {
            throw EdgeError(.data, at: "", "a dropout in training mode is not supported")
        }
        let x = try input(node)
        try alias(node, x)
        guard node.has(output: 1) else { return }
        let shape = fileShape(x)
        try finish(node, try truths(shape, [Bool](repeating: true, count: shape.reduce(1, *))), output: 1)
    }
}

extension ONNXNode {
    fileprivate func approximation() throws(EdgeError) -> GELU.Approximation {
        let name = try string("approximate", default: "none")
        guard let approximation = GELU.Approximation(rawValue: name) else {
            throw EdgeError(.data, at: "", "approximate '\(name)' is not supported, only none and tanh")
        }
        return approximation
    }
}
