import EdgeFormat
import Foundation
import ModelFiles
import ModelGraph
import Testing

@Suite struct FunctionFileTests {
    private func float(_ name: String, _ value: Float) -> Message {
        Message().adding(1, name).adding(2, value).adding(20, 1)
    }

    private func text(_ name: String, _ value: String) -> Message {
        Message().adding(1, name).adding(4, value).adding(20, 3)
    }

    private func read(_ type: String, _ attributes: [Message] = [], opset: Int) throws(EdgeError) -> Graph {
        let node = attributes.reduce(Proto.node(type, ["x"], "y", name: "f")) { $0.adding(5, $1) }
        return try ONNXFile.read(bytes: Proto.model([node], opset: opset), name: "m.onnx")
    }

    private func operation(_ type: String, _ attributes: [Message] = [], opset: Int = 22) throws -> String {
        let graph = try read(type, attributes, opset: opset)
        return try #require(graph.nodes.first).operation.text
    }

    private func line(_ type: String, _ attributes: [Message]) -> String {
        do throws(EdgeError) {
            _ = try read(type, attributes, opset: 22)
            return "accepted"
        } catch {
            return error.line
        }
    }

    @Test func attributesHaveTheDefaultsOfTheStandard() throws {
        for (type, wanted) in [
            ("LeakyRelu", "leaky-relu[slope 0.01]"), ("Elu", "elu[alpha 1.0]"),
            ("Selu", "selu[alpha 1.6732632, gamma 1.050701]"),
            ("HardSigmoid", "hard-sigmoid[slope 0.2, offset 0.5]"),
            ("ThresholdedRelu", "thresholded-relu[threshold 1.0]"), ("Gelu", "gelu[approximation none]"),
        ] {
            #expect(try operation(type) == wanted)
        }
        #expect(try operation("LeakyRelu", [float("alpha", 0.5)]) == "leaky-relu[slope 0.5]")
        #expect(try operation("Elu", [float("alpha", 0.5)]) == "elu[alpha 0.5]")
        #expect(try operation("Selu", [float("alpha", 2), float("gamma", 3)]) == "selu[alpha 2.0, gamma 3.0]")
        let line = [float("alpha", 0.25), float("beta", 0.75)]
        #expect(try operation("HardSigmoid", line) == "hard-sigmoid[slope 0.25, offset 0.75]")
        #expect(try operation("ThresholdedRelu", [float("alpha", 2)]) == "thresholded-relu[threshold 2.0]")
        #expect(try operation("Gelu", [text("approximate", "tanh")]) == "gelu[approximation tanh]")
    }

    @Test func everyOtherFunctionIsOneOperation() throws {
        for (type, name) in [
            ("Abs", "absolute-value"), ("Ceil", "ceiling"), ("Cos", "cosine"), ("Erf", "error-function"),
            ("Exp", "exponential"), ("Floor", "floor"), ("HardSwish", "hard-swish"), ("Log", "logarithm"),
            ("Mish", "mish"), ("Neg", "negation"), ("Reciprocal", "reciprocal"), ("Round", "nearest-integer"),
            ("Sign", "sign"), ("Sin", "sine"), ("Softplus", "softplus"), ("Softsign", "softsign"),
            ("Sqrt", "square-root"),
        ] {
            for opset in [7, 22] { #expect(try operation(type, opset: opset) == name) }
        }
    }

    @Test func wrongAttributesAreRefusedInOneLine() {
        #expect(
            line("Gelu", [text("approximate", "sigmoid")])
                == "m.onnx: node 'f': approximate 'sigmoid' is not supported, only none and tanh")
        #expect(line("Gelu", [float("approximate", 1)]) == "m.onnx: node 'f': attribute 'approximate' is not a text")
        #expect(line("Elu", [text("alpha", "1")]) == "m.onnx: node 'f': attribute 'alpha' is not a float")
        #expect(
            line("LeakyRelu", [float("beta", 1)])
                == "m.onnx: node 'f': attribute 'beta' of LeakyRelu is not supported")
        #expect(
            line("HardSigmoid", [float("beta", .infinity)])
                == "m.onnx: node 'f': hard-sigmoid with the parameter inf, which is not finite")
        for type in ["LeakyRelu", "Elu", "Selu", "HardSigmoid", "ThresholdedRelu"] {
            #expect(line(type, [float("alpha", .nan)]).hasSuffix("with the parameter nan, which is not finite"))
        }
        #expect(line("Exp", [float("alpha", 1)]) == "m.onnx: node 'f': attribute 'alpha' of Exp is not supported")
    }

    @Test func aSineMayStandAlone() throws {
        let nodes = [Proto.node("Sin", ["x"], "s"), Proto.node("Cos", ["s"], "y")]
        let graph = try ONNXFile.read(bytes: Proto.model(nodes), name: "m.onnx")
        #expect(graph.nodes.map(\.operation.text) == ["sine", "cosine"])
    }

    private static let numbers = [
        Proto.tensor("root", [], floats: [1.4142135]), Proto.tensor("inverse", [], floats: [0.70710677]),
        Proto.tensor("one", [1], floats: [1]), Proto.tensor("half", [], floats: [0.5]),
        Proto.tensor("two", [], floats: [2]),
    ]

    private func operations(_ nodes: [Message], constants: [Message] = numbers) -> [String] {
        do throws(EdgeError) {
            let graph = try ONNXFile.read(bytes: Proto.model(nodes, constants: constants), name: "m.onnx")
            return graph.nodes.map(\.operation.text)
        } catch {
            return [error.line]
        }
    }

    private let erf = [Proto.node("Erf", ["d"], "e"), Proto.node("Add", ["e", "one"], "a")]

    @Test func aGELUInPartsIsOneOperation() {
        let (quotient, product) = (Proto.node("Div", ["x", "root"], "d"), Proto.node("Mul", ["inverse", "x"], "d"))
        let orders = [
            [Proto.node("Mul", ["x", "a"], "m"), Proto.node("Mul", ["m", "half"], "y")],
            [Proto.node("Mul", ["half", "a"], "m"), Proto.node("Mul", ["m", "x"], "y")],
            [Proto.node("Mul", ["x", "half"], "h"), Proto.node("Mul", ["h", "a"], "y")],
            [Proto.node("Div", ["x", "two"], "h"), Proto.node("Mul", ["a", "h"], "y")],
        ]
        for first in [quotient, product] {
            for rest in orders { #expect(operations([first] + erf + rest) == ["gelu[approximation none]"]) }
        }
        let root = Message().adding(1, "value_float").adding(2, Float(1.4142135)).adding(20, 1)
        let constant = Proto.node("Constant", [], "root").adding(5, root)
        let nodes = [constant, quotient] + erf + orders[0]
        #expect(operations(nodes, constants: Array(Self.numbers.dropFirst())) == ["gelu[approximation none]"])
    }

    @Test func whatOnlyLooksLikeAGELUIsComputedInParts() throws {
        let quotient = Proto.node("Div", ["x", "root"], "d")
        let end = Proto.node("Mul", ["m", "half"], "y")
        let whole = [quotient] + erf + [Proto.node("Mul", ["x", "a"], "m"), end]
        let x: [Float] = [-2, -0.5, 0.25, 3]
        func compute(_ nodes: [Message], _ wanted: (Float) -> Float) throws {
            let bytes = Proto.model(nodes, constants: Self.numbers)
            let graph = try ONNXFile.read(bytes: bytes, name: "m.onnx")
            #expect(graph.operations.contains("error-function") && !graph.operations.contains("gelu"))
            let y = try ReferenceInterpreter(graph).run([.float32(x)])[0].floats ?? []
            #expect(difference(y, x.map(wanted)) < 1e-6)
        }
        let root = Float(2).squareRoot()
        try compute([Proto.node("Div", ["x", "two"], "d")] + whole.dropFirst()) { $0 * (1 + erff($0 / 2)) / 2 }
        try compute([Proto.node("Div", ["root", "x"], "d")] + whole.dropFirst()) { $0 * (1 + erff(root / $0)) / 2 }
        // A part that something else reads, and parts of another unit.
        let square = Proto.node("Mul", ["a", "a"], "m")
        try compute([quotient] + erf + [square, end]) { (1 + erff($0 / root)) * (1 + erff($0 / root)) / 2 }
        try compute([quotient] + erf + [Proto.node("Mul", ["a", "half"], "m"), end]) { (1 + erff($0 / root)) / 4 }
        try compute([quotient] + erf + [Proto.node("Mul", ["a", "x"], "y")]) { $0 * (1 + erff($0 / root)) }
        let read = whole.dropLast() + [Proto.node("Add", ["m", "a"], "y")]
        try compute(Array(read)) { ($0 + 1) * (1 + erff($0 / root)) }
    }
}
