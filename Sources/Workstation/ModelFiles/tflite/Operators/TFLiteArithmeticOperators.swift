import EdgeFormat
import ModelGraph

// Functions of two values, broadcast as in NumPy.
extension TFLiteImporter {
    static var arithmeticRules: [String: Rule] {
        var rules: [String: Rule] = [:]
        let kinds: [(name: String, options: Int, kind: Arithmetic.Kind, hasActivation: Bool)] = [
            ("SUB", 28, .subtraction, true), ("MUL", 21, .multiplication, true), ("DIV", 29, .division, true),
            ("MINIMUM", 39, .minimum, false), ("MAXIMUM", 39, .maximum, false), ("POW", 56, .power, false),
            ("PRELU", 0, .rectification, false), ("FLOOR_MOD", 72, .modulo, false),
            ("LESS", 41, .less, false), ("LESS_EQUAL", 45, .lessOrEqual, false), ("GREATER", 43, .greater, false),
            ("GREATER_EQUAL", 44, .greaterOrEqual, false), ("EQUAL", 53, .equal, false),
            ("LOGICAL_AND", 62, .and, false), ("LOGICAL_OR", 60, .or, false),
        ]
        for (name, options, kind, hasActivation) in kinds {
            rules[name] = Rule(options) { importer, node throws(EdgeError) in
                let operands = [try importer.input(node, 0), try importer.input(node, 1)]
                try importer.add(
                    Arithmetic(kind), node, operands, activation: hasActivation ? try node.activation(0) : .none)
            }
        }
        return rules
    }

    /// Of bytes in integers where that is defined, else in floats.
    mutating func add(
        _ arithmetic: Arithmetic, _ node: TFLiteOperator, _ operands: [Graph.ValueID], activation: Activation = .none
    ) throws(EdgeError) {
        let areQuantized = try outputType(node).quantization != nil && operands.allSatisfy { !type($0).isPlain }
        guard arithmetic.kind.takesQuantized, areQuantized else {
            return try addFloats(arithmetic, for: node, operands, activation: activation)
        }
        try add(arithmetic, for: node, operands, activation: activation)
    }

    mutating func squaredDifference(_ node: TFLiteOperator) throws(EdgeError) {
        let operands = [try input(node, 0), try input(node, 1)]
        guard try outputType(node).quantization == nil else {
            throw EdgeError(.data, at: "", "is supported for floats only")
        }
        let difference = try add(
            Arithmetic(.subtraction), name: label(node.outputs[0]) + ".difference", operands, type(operands[0]))
        try add(Arithmetic(.multiplication), for: node, [difference, difference])
    }

    mutating func square(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try input(node)
        try addFloats(Arithmetic(.multiplication), for: node, [x, x])
    }

    mutating func select(_ node: TFLiteOperator) throws(EdgeError) {
        try move(Selection(), for: node, [try input(node, 0), try input(node, 1), try input(node, 2)], from: 1)
    }

    mutating func cast(_ node: TFLiteOperator) throws(EdgeError) {
        let wanted = try outputType(node)
        try add(Conversion(to: wanted.element), for: node, [try input(node)])
    }

    mutating func matrixProduct(_ node: TFLiteOperator) throws(EdgeError) {
        var operands = [try input(node, 0), try input(node, 1)]
        for index in 0...1 where try node.flag(index) {
            let shape = shape(operands[index])
            guard shape.count >= 2 else { throw EdgeError(.data, at: "", "\(Shape.text(shape)) is no matrix") }
            var order = Array(shape.indices)
            order.swapAt(shape.count - 1, shape.count - 2)
            operands[index] = try add(
                Rearrangement.transpose(shape, order), name: "\(label(node.outputs[0])).\(index).transposed",
                [operands[index]], type(operands[index]))
        }
        try addFloats(MatrixProduct(), for: node, operands)
    }

    /// Each element over the root of the sum of its row's squares, which is at least 10⁻⁶.
    mutating func l2Normalization(_ node: TFLiteOperator) throws(EdgeError) {
        let x = try input(node)
        guard try node.activation(0) == .none, type(x).element == .float32, let last = shape(x).indices.last else {
            throw EdgeError(.data, at: "", "is supported for floats without an activation only")
        }
        let (name, floats) = (label(node.outputs[0]), TensorType(.float32, []))
        let sum = try add(
            Reduction(.sumOfSquares, axes: [last], keepsAxes: true), name: name + ".squares", [x], floats)
        let least = result.addConstant(name + ".least", [], .float32([1e-6]))
        let bounded = try add(Arithmetic(.maximum), name: name + ".bounded", [sum, least], floats)
        let root = try add(SquareRoot(), name: name + ".root", [bounded], floats)
        try add(Arithmetic(.division), for: node, [x, root])
    }
}
