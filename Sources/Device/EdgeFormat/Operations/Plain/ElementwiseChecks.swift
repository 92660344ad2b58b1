/// A function of one number; the numbers stand in the file and are those of `plain_function` (Plain.h in Kernels), where
/// each is defined.
public enum ScalarFunction: Int32, CaseIterable, Sendable {
    case absolute = 1
    case negation, sign, floor, ceiling, nearest, exponential, logarithm, squareRoot, reciprocal
    case errorFunction, sine, cosine, tanh, sigmoid, relu
    /// Between the two parameters.
    case clip
    case leakyReLU, thresholdedReLU, elu, silu, gelu, geluTanh, mish, softplus, softsign, hardSigmoid, hardSwish
    case isNaN, isInfinite
    /// 1 of 0, else 0.
    case not
    /// Every bit of an integer.
    case complement
    case tangent

    /// Whether it is one of integers and truth values too.
    public var takesIntegers: Bool {
        switch self {
        case .absolute, .negation, .sign, .relu, .not, .complement: true
        default: false
        }
    }

    /// Whether its results are truth values.
    public var isTest: Bool { self == .isNaN || self == .isInfinite }
}

/// A function of each element.
public struct FunctionParameters: Equatable, Sendable {
    public var function: ScalarFunction
    /// What the function means by them; 0 where it has none.
    public var a: Float
    public var b: Float

    public init(_ function: ScalarFunction, a: Float = 0, b: Float = 0) {
        self.function = function
        self.a = a
        self.b = b
    }

    /// The parameters as `OperationRecord` stores them.
    public var stored: [Int] { [Int(function.rawValue), a.stored, b.stored] }

    init(_ context: OperationContext) throws(EdgeError) {
        try context.checkPlain(inputs: 1...1)
        guard let function = ScalarFunction(rawValue: context.record.parameters[0]) else {
            throw context.fail("has function \(context.parameter(0)), " + Container.needsNewer)
        }
        self.function = function
        a = context.real(1)
        b = context.real(2)
        let (input, output) = (context.input(0), context.output)
        guard input.element.isFloat ? function != .complement : function.takesIntegers else {
            throw context.fail("has a function that is none of \(input.element.name)")
        }
        guard output.element == (function.isTest ? .bool : input.element) else {
            throw context.fail("gives another type than its function does")
        }
        try context.checkOutput(input.shape)
    }
}

/// A function of two numbers; the numbers stand in the file and are those of `plain_arithmetic` (Plain.h in Kernels), where
/// each is defined.
public enum ArithmeticFunction: Int32, CaseIterable, Sendable {
    case addition = 1
    case subtraction, multiplication, division, minimum, maximum, power
    /// The rest with the divisor's sign, and with the dividend's.
    case modulo, remainder
    case equal, less, lessOrEqual, greater, greaterOrEqual
    case and, or, exclusiveOr, shiftLeft, shiftRight
    /// a, or b·a where a is below 0.
    case rectification

    /// Whether its results are truth values.
    public var isTest: Bool { Self.equal.rawValue...Self.greaterOrEqual.rawValue ~= rawValue }
    /// Whether it is none of floats.
    public var isBitwise: Bool { Self.and.rawValue...Self.shiftRight.rawValue ~= rawValue }

    init(_ context: OperationContext) throws(EdgeError) {
        try context.checkPlain(inputs: 2...2)
        guard let function = ArithmeticFunction(rawValue: context.record.parameters[0]) else {
            throw context.fail("has function \(context.parameter(0)), " + Container.needsNewer)
        }
        self = function
        let (a, b, output) = (context.input(0), context.input(1), context.output)
        guard a.element == b.element, output.element == (isTest ? .bool : a.element), !(isBitwise && a.element.isFloat)
        else { throw context.fail("has operands of types that do not go together") }
        try context.checkBroadcast([0, 1])
    }
}

/// Truth values, and two tensors of one type to choose from.
func checkSelection(_ context: OperationContext) throws(EdgeError) {
    try context.checkPlain(inputs: 3...3)
    guard context.input(0).element == .bool else { throw context.fail("chooses by no truth values") }
    try context.checkElements([context.output, context.input(1), context.input(2)], [context.output.element])
    try context.checkBroadcast([0, 1, 2])
}

/// The same numbers in another type, another shape, or both.
func checkConversion(_ context: OperationContext) throws(EdgeError) {
    try context.checkPlain(inputs: 1...1)
    guard context.input(0).count == context.output.count else { throw context.fail("changes the number of elements") }
}

/// Reals as integers that stand for them, or back.
func checkQuantization(_ context: OperationContext, plain: ModelTensor, quantized: ModelTensor) throws(EdgeError) {
    try context.checkPlaces(inputs: 1...1)
    guard plain.isPlain, plain.element == .float32, quantized.isQuantized, plain.shape == quantized.shape else {
        throw context.fail("is not between float32 and integers with a scale, of one shape")
    }
}
