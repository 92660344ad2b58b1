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
        #expect(again.withoutSourceAxes == graph)
        #expect(
            (again.inputs + again.outputs).map { again.values[$0].sourceAxes } == [
                [0, 3, 1, 2], nil, nil, [0, 3, 1, 2],
            ])
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
        refusal(Proto.model(nodes, constants: constants, input: input ?? picture, opset: opset))
    }

    /// What a model of one output computes of 0, 1, 2, …, as its file has it.
    private func values(
        _ nodes: [Message], _ constants: [Message] = [], input: Message? = nil, opset: Int = 21
    ) throws -> [Float] {
        let bytes = Proto.model(nodes, constants: constants, input: input ?? picture, opset: opset)
        let graph = try ONNXFile.read(bytes: bytes, name: "m.onnx")
        let type = graph.values[graph.inputs[0]].type
        let x = TensorData(type.element, wholes: (0..<Int64(type.count)).map { $0 })
        return try graph.outputsInFileOrder([x])[0].data.reals ?? []
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
        let short = [Proto.tensor("g", [2], floats: [1, 1]), rows[1]]
        #expect(line(norm(2), short) == "m.onnx: node 'n': factors are float32 2; float32 4 is needed")
        #expect(line(norm(2), [rows[0]]) == "m.onnx: node 'n': there is no value named 'b'")
    }

    @Test func groupNormsOfEverySetAndShape() throws {
        let norm = [node("GroupNormalization", ["x", "g", "b"], "y", int("num_groups", 2))]
        let channels = [Proto.tensor("g", [4], floats: [2, 2, 3, 3]), Proto.tensor("b", [4], floats: [0, 0, 1, 1])]
        // Up to operator set 20 factor and bias are one a group.
        let groups = [Proto.tensor("g", [2], floats: [2, 3]), Proto.tensor("b", [2], floats: [0, 1])]
        let wanted = try values(norm, channels)
        #expect(try difference(values(norm, groups, opset: 18), wanted) < 1e-6)
        // 0 … 7 have the mean 3.5 and the variance 5.25.
        #expect(
            difference(Array(wanted[0..<8]), (0..<8).map { 2 * (Float($0) - 3.5) / Float(5.25).squareRoot() }) < 1e-4)
        // Of a row 0, 1, 2, 3 each group of two is −1, 1 but for ε beside the variance ¼.
        let row = try values(norm, channels, input: Proto.value("x", [1, 4]))
        #expect(difference(row, [-2, 2, -2, 4]) < 1e-3)
        #expect(
            line(norm, [Proto.tensor("g", [], floats: [1]), channels[1]], opset: 18).contains("one number a group"))
    }

    private func resize(_ scales: [Float], _ attributes: [Message]) -> (nodes: [Message], constants: [Message]) {
        let resize = attributes.reduce(node("Resize", ["x", "", "s"])) { $0.adding(5, $1) }
        return ([resize], [Proto.tensor("s", [scales.count], floats: scales)])
    }

    @Test func resizesByAnyFactor() throws {
        let modes = [
            text("mode", "nearest"), text("coordinate_transformation_mode", "asymmetric"),
            text("nearest_mode", "floor"),
        ]
        func values(_ scales: [Float], _ attributes: [Message]) throws -> [Float] {
            let (nodes, constants) = resize(scales, attributes)
            return Array(try self.values(nodes, constants).prefix(8))
        }
        // The first channel is 0 1 / 2 3.
        #expect(try values([1, 1, 1.5, 2], modes).prefix(12) == [0, 0, 1, 1, 0, 0, 1, 1])
        #expect(try values([1, 2, 1, 1], modes) == [0, 1, 2, 3, 0, 1, 2, 3])
        #expect(try values([1, 1, 2, 99], modes) == [Float](repeating: 0, count: 8))
        let linear = try values([1, 1, 1, 2], [text("mode", "linear")])
        #expect(linear == [0, 0.25, 0.75, 1, 2, 2.25, 2.75, 3])
        let sizes = [node("Resize", ["x", "", "", "s"])]
        let enlarged = try self.values(sizes, [Proto.integers("s", [1, 4, 5, 6])])
        #expect(enlarged.count == 120 && enlarged[..<6] == [0, 0, 0, 1, 1, 1])
    }

    /// A picture of one value stays of one value, whatever the coordinates and however neighbours are weighted.
    @Test func weightsOfNeighboursAddUpToOne() throws {
        let places = ["half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric"]
        let constant = [node("Mul", ["x", "zero"], "z"), node("Add", ["z", "seven"], "c")]
        let numbers = [Proto.tensor("zero", [1], floats: [0]), Proto.tensor("seven", [1], floats: [7])]
        for mode in ["linear", "cubic"] {
            for place in places {
                for options in [[], [int("antialias", 1)], [int("exclude_outside", 1)]] {
                    for scale in [0.3, 0.75, 1.6, 3] as [Float] {
                        let modes = [text("mode", mode), text("coordinate_transformation_mode", place)] + options
                        let resize = modes.reduce(node("Resize", ["c", "", "s"])) { $0.adding(5, $1) }
                        let constants = numbers + [Proto.tensor("s", [4], floats: [1, 1, scale, scale])]
                        let y = try values(
                            constant + [resize], constants, input: Proto.value("x", [1, 1, 7, 9]))
                        #expect(y.allSatisfy { abs($0 - 7) < 1e-5 }, "\(mode) \(place) \(scale)")
                        #expect(y.count == Int(7 * scale) * Int(9 * scale))
                    }
                }
            }
        }
    }

    @Test func resizesThatGiveNothingAreRefused() {
        for (scales, said) in [
            ([1, 1, -2, 2], "scale -2.0 of axis 2 gives no size"), ([1, 1, 0, 2], "scale 0.0 of axis 2 gives no size"),
            ([1, 1, .nan, .infinity], "scale nan of axis 2 gives no size"),
            ([1, 1, 1, .infinity], "scale inf of axis 3 gives no size"), ([2, 2], "2 scales or sizes for 4 axes"),
            ([1, 1, 0.1, 1], "shape 1x4x0x2 has a dimension below 1"),
        ] as [([Float], String)] {
            let (nodes, constants) = resize(scales, [])
            #expect(line(nodes, constants) == "m.onnx: node 'n': \(said)")
        }
        #expect(line([node("Resize", ["x"])]) == "m.onnx: node 'n': 0 scales or sizes for 4 axes")
        #expect(
            line([node("Resize", ["x", "", "", "s"])], [Proto.integers("s", [1, 4, -5, 6])])
                == "m.onnx: node 'n': scale -2.5 of axis 2 gives no size")
    }

    @Test func whatIsNoTimeEmbeddingIsComputedInParts() throws {
        let time = Proto.value("x", type: 7, [1])
        let factors = [
            Proto.raw("axes", type: 7, [1], [1] as [Int64]), Proto.tensor("f", [2], floats: [1, 0.5]),
            Proto.tensor("g", [2], floats: [1, 2]),
        ]
        let chain = [
            node("Cast", ["x"], "c", int("to", 1)), node("Unsqueeze", ["c", "axes"], "u"),
            node("Mul", ["f", "u"], "p"), node("Sin", ["p"], "s"), node("Cos", ["p"], "o"),
        ]
        let join = { (names: [String]) in node("Concat", names, "y", int("axis", 1)) }
        func compute(_ nodes: [Message], _ wanted: [Float]) throws -> [String] {
            let graph = try ONNXFile.read(
                bytes: Proto.model(nodes, constants: factors, input: time, opset: 21), name: "m.onnx")
            let y = try ReferenceInterpreter(graph).run([.int64([3])])[0].floats ?? []
            #expect(difference(y, wanted) < 1e-6)
            return graph.operations
        }
        let (sines, cosines): ([Float], [Float]) = ([sinf(3), sinf(1.5)], [cosf(3), cosf(1.5)])
        #expect(try compute(chain + [join(["s", "o"])], sines + cosines) == ["sinusoid"])
        #expect(try !compute(chain + [join(["o", "s"])], cosines + sines).contains("sinusoid"))
        #expect(try !compute(chain + [join(["s", "o", "s"])], sines + cosines + sines).contains("sinusoid"))
        let others = [node("Mul", ["u", "g"], "q"), node("Cos", ["q"], "r"), join(["s", "r"])]
        #expect(try !compute(chain + others, sines + [cosf(3), cosf(6)]).contains("sinusoid"))
        #expect(try !compute(chain + [node("Relu", ["s"])], sines.map { max($0, 0) }).contains("sinusoid"))
        #expect(try compute([chain[0], node("Sin", ["c"])], [sinf(3)]) == ["conversion", "sine"])
    }

    @Test func wrongPartsOfATimeEmbeddingAreRefused() {
        let time = Proto.value("x", type: 7, [1])
        func refuse(_ sentence: String, _ nodes: [Message]) {
            #expect(line(nodes, input: time) == "m.onnx: node 'n': " + sentence)
        }
        refuse("there is no input", [node("Mul", ["", "x"])])
        refuse("a cast to string is not supported", [node("Cast", ["x"], "y", int("to", 8))])
        refuse("a cast to number 99 is not supported", [node("Cast", ["x"], "y", int("to", 99))])
        refuse("sine takes float32 or float16 or int8 or int16, not int64", [node("Sin", ["x"])])
    }

    @Test func sumsJoinsAndProducts() throws {
        let rows = Array(stride(from: Float(0), to: 16, by: 1))
        let double = try values([node("Concat", ["x", "x"], "y", int("axis", 2))])
        let wanted = (0..<4).flatMap { channel -> [Float] in
            let plane = Array(rows[channel * 4..<channel * 4 + 4])
            return plane + plane
        }
        #expect(double == wanted)
        let pool = node("GlobalAveragePool", ["x"], "p")
        let means: [Float] = rows.map { x in (x / 4).rounded(.down) * 4 + 1.5 }
        #expect(try values([pool, node("Add", ["p", "x"])]) == zip(rows, means).map { $0 + $1 })
        #expect(try values([node("Relu", ["x"], "p"), node("Mul", ["p", "x"])]) == rows.map { $0 * $0 })
        #expect(try values([node("Mul", ["x", "w"])], [Proto.tensor("w", [1], floats: [2])]) == rows.map { 2 * $0 })
        let channels = [Proto.tensor("w", [4, 1, 1], floats: [1, 10, 100, 1000])]
        let factors: [Float] = [1, 10, 100, 1000]
        let scaled: [Float] = rows.indices.map { rows[$0] * factors[$0 / 4] }
        #expect(try values([node("Mul", ["x", "w"])], channels) == scaled)
        // One number a column is none a channel.
        let columns = [Proto.tensor("w", [2], floats: [1, -1])]
        let signed: [Float] = rows.indices.map { $0 % 2 == 0 ? rows[$0] : -rows[$0] }
        #expect(try values([node("Mul", ["x", "w"])], columns) == signed)
        let table = [Proto.tensor("w", [3, 2], floats: [1, 2, 3, 4, 5, 6])]
        let indices = Proto.value("x", type: 7, [2])
        let turned = try values([node("Gather", ["w", "x"], "y", int("axis", 1))], table, input: indices)
        #expect(turned == [1, 2, 3, 4, 5, 6])
        #expect(try values([node("Gather", ["w", "x"])], table, input: indices) == [1, 2, 3, 4])
    }

    @Test func sumsJoinsAndRowsThatDoNotFitAreRefused() {
        func refuse(_ sentence: String, _ nodes: [Message], _ constants: [Message] = [], input: Message? = nil) {
            #expect(line(nodes, constants, input: input) == "m.onnx: node 'n': " + sentence)
        }
        refuse("attribute 'axis' is missing", [node("Concat", ["x", "x"])])
        refuse("axis 4 is outside 4 dimensions", [node("Concat", ["x", "x"], "y", int("axis", 4))])
        let pool = node("GlobalAveragePool", ["x"], "p")
        refuse(
            "float32 1x1x1x4 cannot stand beside float32 1x2x2x4",
            [pool, node("Concat", ["x", "p"], "y", int("axis", 1))])
        let flat = node("Flatten", ["x"], "p")
        refuse("shapes 1x16 and 1x4x2x2 do not fit each other", [flat, node("Add", ["p", "x"])])
        refuse("1x16 cannot stand beside 1x4x2x2", [flat, node("Concat", ["x", "p"], "y", int("axis", 1))])
        let table = [Proto.tensor("w", [3, 2], floats: [1, 2, 3, 4, 5, 6])]
        let rows = Proto.value("x", [1, 4])
        refuse(
            "the indices are float32 1x4; int64 or int32 are needed", [node("Gather", ["w", "x"])], table, input: rows)
        let indices = Proto.value("x", type: 7, [2])
        refuse(
            "axis 2 is outside 2 dimensions", [node("Gather", ["w", "x"], "y", int("axis", 2))], table, input: indices)
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
