extension ArithmeticFunction {
    /// Whether it is defined for integers that stand for reals.
    public var takesQuantized: Bool {
        switch self {
        case .addition, .subtraction, .multiplication, .minimum, .maximum: true
        default: false
        }
    }

    /// A function of two activations, or of one and a constant of 8 bits, broadcast; each has a scale of its own.
    init(quantized context: OperationContext) throws(EdgeError) {
        guard let function = ArithmeticFunction(rawValue: context.record.parameters[0]), function.takesQuantized else {
            throw context.fail("has function \(context.parameter(0)), " + Container.needsNewer)
        }
        self = function
        let inputs = context.record.inputs
        let activations = inputs.indices.filter { context.input($0).role != .constant }
        try context.checkOperands(inputs: 2, activations: activations)
        guard !activations.isEmpty else { throw context.fail("computes with constants alone") }
        try context.checkActivations(activations)
        for index in inputs.indices where !activations.contains(index) {
            let constant = context.input(index)
            guard constant.element == .int8, constant.scales.count == 1, (-128...127).contains(constant.zeroPoint)
            else { throw context.fail("needs constants of int8 with one scale and a zero point of 8 bits") }
        }
        try context.checkBroadcast([0, 1])
    }
}
