import EdgeFormat
import ModelGraph

/// A function of one value that is one operator of ONNX.
protocol ONNXFunction: UnaryOperation, ONNXExportable {
    static var operatorName: String { get }
    var attributes: [(name: String, value: ONNXAttribute)] { get }
}

extension ONNXFunction {
    var attributes: [(name: String, value: ONNXAttribute)] { [] }

    func export(_ node: Graph.Node, to exporter: inout ONNXExporter) throws(EdgeError) {
        exporter.writeUnary(Self.operatorName, node, attributes)
    }
}

extension AbsoluteValue: ONNXFunction { static let operatorName = "Abs" }
extension Ceiling: ONNXFunction { static let operatorName = "Ceil" }
extension Cosine: ONNXFunction { static let operatorName = "Cos" }
extension ErrorFunction: ONNXFunction { static let operatorName = "Erf" }
extension Exponential: ONNXFunction { static let operatorName = "Exp" }
extension Floor: ONNXFunction { static let operatorName = "Floor" }
extension Logarithm: ONNXFunction { static let operatorName = "Log" }
extension NearestInteger: ONNXFunction { static let operatorName = "Round" }
extension Negation: ONNXFunction { static let operatorName = "Neg" }
extension ReLU: ONNXFunction { static let operatorName = "Relu" }
extension Reciprocal: ONNXFunction { static let operatorName = "Reciprocal" }
extension Sigmoid: ONNXFunction { static let operatorName = "Sigmoid" }
extension Sign: ONNXFunction { static let operatorName = "Sign" }
extension Sine: ONNXFunction { static let operatorName = "Sin" }
extension Softplus: ONNXFunction { static let operatorName = "Softplus" }
extension Softsign: ONNXFunction { static let operatorName = "Softsign" }
extension SquareRoot: ONNXFunction { static let operatorName = "Sqrt" }
extension Tanh: ONNXFunction { static let operatorName = "Tanh" }

extension HardSwish: ONNXFunction {
    static let operatorName = "HardSwish"
    static let needsOperatorSet21 = true
}

extension Mish: ONNXFunction {
    static let operatorName = "Mish"
    static let needsOperatorSet21 = true
}

extension GELU: ONNXFunction {
    static let operatorName = "Gelu"
    static let needsOperatorSet21 = true
    var attributes: [(name: String, value: ONNXAttribute)] { [("approximate", .string(approximation.rawValue))] }
}

extension ELU: ONNXFunction {
    static let operatorName = "Elu"
    var attributes: [(name: String, value: ONNXAttribute)] { [("alpha", .float(alpha))] }
}

extension HardSigmoid: ONNXFunction {
    static let operatorName = "HardSigmoid"
    var attributes: [(name: String, value: ONNXAttribute)] { [("alpha", .float(slope)), ("beta", .float(offset))] }
}

extension LeakyReLU: ONNXFunction {
    static let operatorName = "LeakyRelu"
    var attributes: [(name: String, value: ONNXAttribute)] { [("alpha", .float(slope))] }
}

extension SELU: ONNXFunction {
    static let operatorName = "Selu"
    var attributes: [(name: String, value: ONNXAttribute)] { [("alpha", .float(alpha)), ("gamma", .float(gamma))] }
}

extension ThresholdedReLU: ONNXFunction {
    static let operatorName = "ThresholdedRelu"
    var attributes: [(name: String, value: ONNXAttribute)] { [("alpha", .float(threshold))] }
}
