import EdgeFormat
import Foundation
import ModelFiles
import ModelGraph
import Testing

@Suite struct DenoiserFileTests {
    @Test func aDenoiserReadsBackEqual() throws {
        let graph = try UNet.graph(width: 8, side: 16)
        let bytes = try ONNXFile.write(graph)
        #expect(bytes == (try ONNXFile.write(graph)))
        let again = try ONNXFile.read(bytes: bytes, name: "unet.onnx")
        #expect(again == graph)
        var random = SeededGenerator(seed: 2)
        let inputs = graph.randomInputs(&random)
        let wanted = try ReferenceInterpreter(graph).run(inputs)
        #expect(try ReferenceInterpreter(again).run(inputs) == wanted)
        // Something was computed, and the time counts.
        var other = inputs
        other[1] = .int64([3])
        #expect(try ReferenceInterpreter(again).run(other) != wanted)
    }

    @Test func quickSumsAndTheDefinitionAgreeOnBatches() throws {
        let graph = try UNet.graph(width: 16, side: 16).batched(5)
        var random = SeededGenerator(seed: 7)
        let inputs = graph.randomInputs(&random)
        let slow = try #require(ReferenceInterpreter(graph).run(inputs)[0].floats)
        let quick = try #require(ReferenceInterpreter(graph, .quick).run(inputs)[0].floats)
        #expect(difference(slow, quick) < 1e-4)
        #expect((slow.map(abs).max() ?? 0) > 0.1)
    }

    @Test func aFusedNormIsWrittenAsThreeNodes() throws {
        var graph = Graph(name: "fused")
        let x = graph.addInput("x", TensorType(.float32, [1, 2, 2, 4]))
        let gamma = graph.addConstant("g", [4], .float32([1, 2, 3, 4]))
        let beta = graph.addConstant("b", [4], .float32([0, 1, 0, -1]))
        graph.outputs = [
            try graph.add(
                GroupNormalization(groups: 2, epsilon: 1e-5, activation: .silu), name: "n", inputs: [x, gamma, beta])
        ]
        let again = try ONNXFile.read(bytes: try ONNXFile.write(graph), name: "fused.onnx")
        #expect(again.nodes.map(\.name) == ["n", "n"] && again.nodes.last?.operation is SiLU)
        let input = TensorData.float32((0..<16).map { Float($0 * $0 % 7) })
        #expect(try ReferenceInterpreter(again).run([input]) == ReferenceInterpreter(graph).run([input]))
    }

    private let picture = Proto.value("x", [1, 4, 2, 2])

    private func line(
        _ nodes: [Message], _ constants: [Message] = [], input: Message? = nil, opset: Int = 21
    ) -> String {
        do throws(EdgeError) {
            let bytes = Proto.model(nodes, constants: constants, input: input ?? picture, opset: opset)
            _ = try ONNXFile.read(bytes: bytes, name: "m.onnx")
            return "accepted"
        } catch {
            return error.line
        }
    }

    private func int(_ name: String, _ value: Int) -> Message {
        Message().adding(1, name).adding(3, value).adding(20, 2)
    }

    private func text(_ name: String, _ value: String) -> Message {
        Message().adding(1, name).adding(4, value).adding(20, 3)
    }

    private func node(_ type: String, _ inputs: [String], _ output: String = "y", _ attributes: Message...) -> Message {
        attributes.reduce(Proto.node(type, inputs, output, name: "n")) { $0.adding(5, $1) }
    }

    @Test func groupNormsThatCannotBeAreRefused() {
        let rows = [Proto.tensor("g", [4], floats: [1, 1, 1, 1]), Proto.tensor("b", [4], floats: [0, 0, 0, 0])]
        let norm = { (groups: Int) in [node("GroupNormalization", ["x", "g", "b"], "y", int("num_groups", groups))] }
        #expect(line(norm(2), rows) == "accepted")
        #expect(line(norm(3), rows) == "m.onnx: node 'n': 3 groups do not divide 4 channels")
        #expect(line(norm(-2), rows) == "m.onnx: node 'n': -2 groups do not divide 4 channels")
        #expect(
            line(norm(2), rows, opset: 18)
                == "m.onnx: node 'n': GroupNormalization of operator set 18 is not supported, only from 21 on")
        #expect(
            line(norm(2), rows, input: Proto.value("x", [1, 4]))
                == "m.onnx: node 'n': only group normalizations of pictures are supported")
        let short = [Proto.tensor("g", [2], floats: [1, 1]), rows[1]]
        #expect(line(norm(2), short) == "m.onnx: node 'n': factors are float32 2; float32 4 is needed")
        #expect(line(norm(2), [rows[0]]) == "m.onnx: node 'n': there is no value named 'b'")
    }

    @Test func resizesThatAreNoWholeFactorsAreRefused() {
        let modes = [
            text("mode", "nearest"), text("coordinate_transformation_mode", "asymmetric"),
            text("nearest_mode", "floor"),
        ]
        func resize(_ scales: [Float], _ attributes: [Message]) -> String {
            let resize = attributes.reduce(node("Resize", ["x", "", "s"])) { $0.adding(5, $1) }
            return line([resize], [Proto.tensor("s", [scales.count], floats: scales)])
        }
        #expect(resize([1, 1, 2, 3], modes) == "accepted")
        for (scales, said) in [
            ([1, 1, -2, 2], "1.0, 1.0, -2.0, 2.0"), ([1, 1, 0, 2], "1.0, 1.0, 0.0, 2.0"),
            ([1, 1, 1.5, 2], "1.0, 1.0, 1.5, 2.0"), ([1, 2, 2, 2], "1.0, 2.0, 2.0, 2.0"),
            ([1, 1, .nan, .infinity], "1.0, 1.0, nan, inf"), ([2, 2], "2.0, 2.0"),
        ] as [([Float], String)] {
            #expect(
                resize(scales, modes)
                    == "m.onnx: node 'n': scales \(said) are not supported, only 1, 1 and whole numbers")
        }
        #expect(resize([1, 1, 2, 99], modes) == "m.onnx: node 'n': up-sampling by 99 is outside 1 ... 16")
        #expect(resize([1, 1, 2, 2], [text("mode", "linear")]).contains("resize mode 'linear', 'half_pixel', "))
        #expect(line([node("Resize", ["x"])]) == "m.onnx: node 'n': scales (input 2) is missing")
        let sizes = [node("Resize", ["x", "", "", "s"])]
        #expect(line(sizes, [Proto.raw("s", type: 7, [4], [1, 4, 4, 6] as [Int64])]) == "accepted")
        #expect(
            line(sizes, [Proto.raw("s", type: 7, [4], [1, 4, 5, 6] as [Int64])]).contains("scales 1.0, 1.0, 2.5, "))
    }

    @Test func whatIsNoTimeEmbeddingIsRefused() {
        let time = Proto.value("x", type: 7, [1])
        let factors = [
            Proto.raw("axes", type: 7, [1], [1] as [Int64]), Proto.tensor("f", [2], floats: [1, 0.5]),
            Proto.tensor("g", [2], floats: [1, 2]),
        ]
        let cast = node("Cast", ["x"], "c", int("to", 1))
        let column = node("Unsqueeze", ["c", "axes"], "u")
        let phases = node("Mul", ["f", "u"], "p")
        let (sine, cosine) = (node("Sin", ["p"], "s"), node("Cos", ["p"], "o"))
        func refuse(_ sentence: String, _ nodes: [Message]) {
            #expect(line(nodes, factors, input: time) == "m.onnx: " + sentence)
        }
        let chain = [cast, column, phases, sine, cosine]
        #expect(line(chain + [node("Concat", ["s", "o"], "y", int("axis", 1))], factors, input: time) == "accepted")
        let order = "node 'n': a time embedding is the sines, then the cosines, of the same phases"
        refuse(order, chain + [node("Concat", ["o", "s"], "y", int("axis", 1))])
        refuse(order, chain + [node("Concat", ["s", "o", "s"], "y", int("axis", 1))])
        refuse(order, chain + [node("Concat", ["s", "o"], "y", int("axis", 0))])
        refuse(
            order,
            chain + [
                node("Mul", ["u", "g"], "q"), node("Cos", ["q"], "r"), node("Concat", ["s", "r"], "y", int("axis", 1)),
            ])
        let part = "is supported only in a time embedding: Cast, Unsqueeze, Mul, Sin and Cos, Concat"
        refuse("node 'n': 's' \(part)", chain + [node("Relu", ["s"])])
        refuse("node 'n': 's' \(part)", chain + [node("Mul", ["s", "s"])])
        refuse("output 'y': 'y' \(part)", [cast, column, phases, node("Sin", ["p"])])
        refuse("node 'n': 'c' \(part)", [cast, node("Sin", ["c"])])
        refuse(
            "node 'n': a time embedding begins with Cast, and Unsqueeze at axis 1",
            chain + [node("Unsqueeze", ["u", "axes"])])
        refuse("node 'n': frequencies (input 0) is missing", [cast, column, node("Mul", ["", "u"])])
        refuse(
            "node 'n': frequencies 'u' is computed; only constants are supported",
            [cast, column, node("Mul", ["u", "u"])])
        refuse("node 'n': to 6 is not supported, only 1", [node("Cast", ["x"], "y", int("to", 6))])
        refuse("node 'n': relu takes float32 or int8 or int16, not int64", [node("Relu", ["x"])])
        #expect(
            line([node("Relu", ["x"])], input: Proto.value("x", type: 7, [1, 2]))
                == "m.onnx: input 'x': int64 of 2 dimensions; only lists are supported")
    }

    @Test func sumsJoinsAndRowsThatDoNotFitAreRefused() {
        let rows = Proto.value("x", [1, 4])
        #expect(line([node("Concat", ["x", "x"], "y", int("axis", 1))]) == "accepted")
        #expect(
            line([node("Concat", ["x", "x"], "y", int("axis", 2))])
                == "m.onnx: node 'n': concatenation along axis 2 of 1x4x2x2 is not supported, "
                + "only of channels or the last axis")
        #expect(line([node("Concat", ["x", "x"])]) == "m.onnx: node 'n': attribute 'axis' is missing")
        let pool = node("GlobalAveragePool", ["x"], "p")
        #expect(
            line([pool, node("Concat", ["x", "p"], "y", int("axis", 1))])
                == "m.onnx: node 'n': float32 1x1x1x4 cannot stand beside float32 1x2x2x4")
        #expect(line([pool, node("Add", ["p", "x"])]) == "accepted")
        #expect(
            line([node("Flatten", ["x"], "p"), node("Add", ["p", "x"])])
                == "m.onnx: node 'n': 1x4x2x2 cannot be added to 1x16")
        #expect(
            line([node("Relu", ["x"], "p"), node("Mul", ["p", "x"])])
                == "m.onnx: node 'n': only the product of a value and its sigmoid is supported")
        #expect(
            line([node("Mul", ["x", "w"])], [Proto.tensor("w", [1], floats: [2])])
                == "m.onnx: node 'n': a product with a constant is not supported")
        let table = [Proto.tensor("w", [3, 2], floats: [1, 2, 3, 4, 5, 6])]
        #expect(
            line([node("Gather", ["w", "x"])], table, input: rows)
                == "m.onnx: node 'n': the indices are float32 1x4; a list of int64 or int32 is needed")
        #expect(
            line([node("Gather", ["w", "x"], "y", int("axis", 1))], table, input: rows)
                == "m.onnx: node 'n': axis 1 is not supported, only 0")
    }

    @Test func anIndexOutsideItsTableEndsTheRun() throws {
        let graph = try UNet.graph(width: 8, side: 8)
        var random = SeededGenerator(seed: 2)
        var inputs = graph.randomInputs(&random)
        inputs[2] = .int64([11])
        let interpreter = try ReferenceInterpreter(graph)
        let error = #expect(throws: EdgeError.self) { try interpreter.run(inputs) }
        #expect(error?.line == "node 'label': index 11 is outside 0 ... 10")
    }
}
