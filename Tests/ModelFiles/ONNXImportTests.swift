import EdgeFormat
import ModelFiles
import ModelGraph
import Testing

@Suite struct ONNXImportTests {
    private func line(_ bytes: [UInt8]) -> String { refusal(bytes) }

    private func dense(_ weights: Message, type: Int = 1) throws -> [Float]? {
        let bytes = Proto.model(
            [Proto.node("MatMul", ["x", "w"], "y")], constants: [weights], input: Proto.value("x", type: type, [1, 4]))
        let graph = try ONNXFile.read(bytes: bytes, name: "m.onnx")
        let result = try ReferenceInterpreter(graph).run([
            type == 10 ? .float16([1, 2, 3, 4]) : .float32([1, 2, 3, 4])
        ])
        #expect(result[0].elementType == (type == 10 ? .float16 : .float32))
        return result[0].reals
    }

    @Test func floatsOfEveryWidthAndField() throws {
        #expect(try dense(Proto.tensor("w", [4, 1], floats: [1, 0.5, -2, 0.25])) == [-3])
        #expect(try dense(Proto.raw("w", type: 1, [4, 1], [1, 0.5, -2, 0.25] as [Float])) == [-3])
        #expect(try dense(Proto.raw("w", type: 11, [4, 1], [1, 0.5, -2, 0.25] as [Double])) == [-3])
        let halves: [Float16] = [1, 0.5, -2, 0.25]
        #expect(try dense(Proto.raw("w", type: 10, [4, 1], halves.map(\.bitPattern)), type: 10) == [-3])
        let typed = halves.reduce(Proto.tensor("w", type: 10, [4, 1])) { $0.adding(5, Int($1.bitPattern)) }
        #expect(try dense(typed, type: 10) == [-3])
    }

    @Test func everyUnknownOperatorIsNamedAtOnce() {
        let nodes = [
            Proto.node("Relu", ["x"], "a"),
            Proto.node("Einsum", ["a"], "b", name: "mix"),
            Proto.node("Relu", ["b"], "c", name: "theirs", domain: "com.example"),
            Proto.node("Einsum", ["c"], "y"),
        ]
        #expect(
            line(Proto.model(nodes)).hasPrefix(
                "m.onnx: unknown operators: Einsum (node 'mix', 4), com.example.Relu (node 'theirs'); "
                    + "docs/operators.md lists what is supported"))
    }

    @Test func wrongModelsAreRefusedInOneLine() {
        func refuse(
            _ sentence: String, _ nodes: [Message] = [Proto.node("Relu", ["x"], "y", name: "r")],
            _ constants: [Message] = [], input: Message = Proto.value("x", [1, 4]), output: String = "y",
            opset: Int? = 13
        ) {
            let model = Proto.model(nodes, constants: constants, input: input, output: output, opset: opset)
            #expect(line(model) == "m.onnx: " + sentence)
        }
        refuse("the file does not say which operator set it uses", opset: nil)
        refuse("operator set 6; 7 ... 27 are supported", opset: 6)
        refuse("operator set 28; 7 ... 27 are supported", opset: 28)
        refuse("input 'x': element type string is not supported", input: Proto.value("x", type: 8, [1, 4]))
        refuse("input 'x': element type undefined is not supported", input: Message().adding(1, "x"))
        refuse(
            "node 'r': relu takes float32 or float16 or int8 or int16, not uint8",
            input: Proto.value("x", type: 2, [1, 4]))
        refuse("input 'x': shape 1x-4 has a dimension below 1", input: Proto.value("x", [1, -4]))
        refuse(
            "input 'x': dimension 1 of ?x?x3 has no fixed size; give one, as in --input-shape x=1x32x3",
            input: Proto.value("x", [nil, nil, 3]))
        refuse(
            "input 'x': shape 1x4611686018427387904 has more than 268435456 elements",
            input: Proto.value("x", [1, 1 << 62]))
        refuse("output 'z': there is no value named 'z'", output: "z")
        refuse("node 'r': there is no value named 'w'", [Proto.node("MatMul", ["x", "w"], "y", name: "r")])
        refuse(
            "node 1 (Relu): 'b' is computed only later: the graph has a cycle or is not in order",
            [Proto.node("Relu", ["b"], "a"), Proto.node("Relu", ["a"], "b")])
        refuse(
            "node 2 (Relu): 'y' is computed twice",
            [Proto.node("Relu", ["x"], "y"), Proto.node("Relu", ["x"], "y")])
        refuse(
            "node 1 (Relu): attribute 'axes' of Relu is not supported",
            [Proto.node("Relu", ["x"], "y", ints: ["axes": [1]])])
        let product = [Proto.node("MatMul", ["x", "w"], "y", name: "r")]
        refuse(
            "constant 'w': holds 3 elements; its shape wants 4", product,
            [Proto.tensor("w", [4, 1], floats: [1, 2, 3])])
        refuse(
            "constant 'w': holds 7 bytes; its shape wants 16", product,
            [Proto.raw("w", type: 1, [4, 1], [UInt8](repeating: 0, count: 7))])
        refuse("constant 'w': element type string is not supported", product, [Proto.tensor("w", type: 8, [4, 1])])
        refuse(
            "constant 'w': shape -4x-1 has a dimension below 1", product, [Proto.tensor("w", [-4, -1], floats: [1])])
        refuse(
            "constant 'w': its elements are in another file, which is not named", product,
            [Proto.tensor("w", type: 1, [4, 1]).adding(14, 1)])
        refuse(
            "constant 'w': there are two of this name", product,
            [Proto.tensor("w", [4, 1], floats: [1, 2, 3, 4]), Proto.tensor("w", [4, 1], floats: [1, 2, 3, 4])])
        refuse(
            "node 'r': there is no product of float32 1x4 and float32 3x1", product,
            [Proto.tensor("w", [3, 1], floats: [1, 2, 3])])
        let picture = Proto.value("x", [1, 64, 5, 5])
        refuse(
            "node 'Conv_3': group 3 does not divide 64 channels",
            [Proto.node("Conv", ["x", "w"], "y", name: "Conv_3").adding(5, Proto.attribute("group", 3))],
            [Proto.tensor("w", [3, 1, 1, 1], floats: [1, 2, 3])], input: picture)
        refuse(
            "node 'n': axis 5 is outside 4 dimensions", [Proto.node("Flatten", ["x"], Proto.attribute("axis", 5))],
            input: picture)
    }

    @Test func aBatchOfNoFixedSizeIsOnePicture() throws {
        let bytes = Proto.model([Proto.node("Relu", ["x"], "y")], input: Proto.value("x", [nil, 3, 4, 5]))
        let graph = try ONNXFile.read(bytes: bytes, name: "m.onnx")
        #expect(graph.values[graph.inputs[0]].type.shape == [1, 4, 5, 3])
    }

    @Test func controlCharactersInNamesStayOutOfLines() {
        let bytes = Proto.model([Proto.node("Relu", ["x"], "y", name: "a\n\u{1B}[31mb", ints: ["z\n": [1]])])
        #expect(line(bytes) == "m.onnx: node 'a??[31mb': attribute 'z?' of Relu is not supported")
    }

    @Test func whatSeveralNodesReadIsNotFolded() throws {
        // Both outputs come from the same product; only one of them has the bias.
        let nodes = [
            Proto.node("MatMul", ["x", "w"], "p"), Proto.node("Identity", ["p"], "q"),
            Proto.node("Relu", ["p"], "r"), Proto.node("Add", ["q", "b"], "y"),
        ]
        let constants = [Proto.tensor("w", [4, 1], floats: [1, 1, 1, 1]), Proto.tensor("b", [1], floats: [5])]
        let bytes = Proto.model(
            nodes, constants, inputs: [Proto.value("x", [1, 4])],
            outputs: ["y", "r"].map { Message().adding(1, $0) })
        let outputs = try ONNXFile.read(bytes: bytes, name: "m.onnx").outputsInFileOrder([.float32([1, 2, 3, 4])])
        #expect(outputs.map(\.data) == [.float32([15]), .float32([10])])
    }
}
