import EdgeFormat
import Foundation
import ModelFiles
import ModelGraph
import Testing

/// Models made to do harm: attributes and shapes outside of everything that arithmetic on them could bear. Each is refused
/// in one line.
@Suite struct ONNXAttackTests {
    private static let extremes = [
        Int.min, -(1 << 40), -65537, -7, -1, 0, 1, 2, 7, 65537, 1 << 28, 1 << 31, 1 << 40, .max,
    ]

    /// Reading and running ends; what it says is one line about this file.
    @discardableResult
    private func survives(_ bytes: [UInt8], _ options: ImportOptions = ImportOptions()) -> String {
        do throws(EdgeError) {
            let graph = try ONNXFile.read(bytes: bytes, name: "m.onnx", options: options)
            let size = graph.values.map(\.type.count).reduce(0, +)
            guard size < 20_000 else { return "large" }
            let inputs = graph.inputs.map { id in
                let type = graph.values[id].type
                return TensorData(type.element, wholes: (0..<type.count).map { Int64($0 % 5) - 1 })
            }
            _ = try ReferenceInterpreter(graph).run(inputs)
            return "accepted"
        } catch {
            #expect(error.kind == .data && !error.line.contains("\n") && !error.sentence.isEmpty, "\(error.line)")
            return error.line
        }
    }

    private func model(
        _ type: String, _ inputs: [String], outputs: [String] = ["y"], constants: [Message] = [],
        shape: [Int?] = [1, 2, 4, 4], element: Int = 1, opset: Int = 17, _ attributes: [Message]
    ) -> [UInt8] {
        let node = attributes.reduce(Proto.node(type, inputs, outputs: outputs)) { $0.adding(5, $1) }
        return Proto.model(
            [node], constants, inputs: [Proto.value("x", type: element, shape)],
            outputs: outputs.map { Message().adding(1, $0) }, opset: opset)
    }

    /// Every integer attribute and every entry of every list of an operator, at each extreme value.
    private func attack(
        _ type: String, inputs: [String] = ["x"], outputs: [String] = ["y"], constants: [Message] = [],
        shape: [Int?] = [1, 2, 4, 4], element: Int = 1, opset: Int = 17, texts: [String: String] = [:],
        _ attributes: [String: [Int]]
    ) {
        for (name, values) in attributes {
            for place in values.indices {
                for extreme in Self.extremes {
                    let all = attributes.map { key, list -> Message in
                        var list = list
                        if key == name { list[place] = extreme }
                        // A list of one stands for an integer.
                        return list.count == 1 ? Proto.attribute(key, list[0]) : Proto.attribute(key, list)
                    }
                    let words = texts.map { Proto.attribute($0, $1) }
                    survives(
                        model(
                            type, inputs, outputs: outputs, constants: constants, shape: shape, element: element,
                            opset: opset, all + words))
                }
            }
        }
    }

    @Test func windowsOfAnySize() {
        let weights = [Proto.tensor("w", [2, 2, 2, 2], floats: [Float](repeating: 1, count: 16))]
        let window = ["kernel_shape": [2, 2], "strides": [1, 1], "dilations": [1, 1], "pads": [0, 0, 0, 0]]
        let grouped = window.merging(["group": [1]]) { own, _ in own }
        attack("Conv", inputs: ["x", "w"], constants: weights, grouped)
        attack(
            "ConvTranspose", inputs: ["x", "w"], constants: weights,
            grouped.merging(["output_padding": [0, 0]]) { own, _ in own })
        attack("ConvTranspose", inputs: ["x", "w"], constants: weights, ["output_shape": [5, 5], "strides": [1, 1]])
        for pool in ["MaxPool", "AveragePool", "LpPool"] {
            attack(pool, window.merging(["ceil_mode": [1]]) { own, _ in own })
            attack(
                pool, texts: ["auto_pad": "SAME_LOWER"],
                ["kernel_shape": [2, 2], "strides": [1, 1], "dilations": [1, 1]])
        }
        for auto in ["SAME_UPPER", "SAME_LOWER"] {
            let window = ["strides": [1, 1], "dilations": [1, 1], "group": [1]]
            attack("Conv", inputs: ["x", "w"], constants: weights, texts: ["auto_pad": auto], window)
            attack("ConvTranspose", inputs: ["x", "w"], constants: weights, texts: ["auto_pad": auto], window)
        }
        for size in [[2, 2, 2], [], [2]] {
            #expect(
                survives(model("MaxPool", ["x"], [Proto.attribute("kernel_shape", size)])).hasPrefix(
                    "m.onnx: node 'n': "))
        }
        #expect(survives(model("MaxPool", ["x"], [])) == "m.onnx: node 'n': attribute 'kernel_shape' is missing")
    }

    @Test func divisionsByZero() {
        let weights = [Proto.tensor("w", [2, 2, 1, 1], floats: [1, 1, 1, 1])]
        func refuse(_ sentence: String, _ bytes: [UInt8]) {
            #expect(survives(bytes) == "m.onnx: node 'n': " + sentence)
        }
        refuse(
            "stride 0 is outside 1 ... 65536",
            model("Conv", ["x", "w"], constants: weights, [Proto.attribute("strides", [0, 1])]))
        refuse(
            "group 0 does not divide 2 channels",
            model("Conv", ["x", "w"], constants: weights, [Proto.attribute("group", 0)]))
        refuse("blocks of 0 in 1x2x4x4", model("DepthToSpace", ["x"], [Proto.attribute("blocksize", 0)]))
        refuse("blocks of 0 in 1x2x4x4", model("SpaceToDepth", ["x"], [Proto.attribute("blocksize", 0)]))
        refuse(
            "step 0 of a slice",
            model(
                "Slice", ["x", "a", "b", "c", "d"],
                constants: zip(["a", "b", "c", "d"], [0, 9, 1, 0]).map { Proto.integers($0, [$1]) }, []))
        refuse(
            "start, limit and delta are no range",
            model(
                "Range", ["a", "b", "c"],
                constants: zip(["a", "b", "c"], [0, 9, 0]).map { Proto.raw($0, type: 7, [], [$1] as [Int64]) }, []))
        let ones = [Proto.tensor("g", [2], floats: [1, 1])]
        refuse(
            "0 groups do not divide 2 channels",
            model(
                "GroupNormalization", ["x", "g", "g"], constants: ones, opset: 21, [Proto.attribute("num_groups", 0)]))
        // A quotient of integers by zero that constants say is 0, and stops nothing.
        let zero = [Proto.raw("z", type: 6, [], [0] as [Int32])]
        for type in ["Div", "Mod"] {
            #expect(survives(model(type, ["x", "z"], constants: zero, shape: [3], element: 6, [])) == "accepted")
        }
    }

    @Test func axesAndBlocksOfAnyNumber() {
        for type in ["Softmax", "LogSoftmax", "Hardmax", "Flatten", "ArgMax", "LpNormalization"] {
            for opset in [7, 17] { attack(type, opset: opset, ["axis": [1]]) }
        }
        for shape in [[], [1], [3], [1, 2], [1, 2, 3], [1, 2, 3, 4, 5], [1, 1, 1, 1, 1, 1]] as [[Int?]] {
            for type in [
                "Softmax", "Hardmax", "Flatten", "ArgMax", "LpNormalization", "InstanceNormalization", "LRN", "MaxPool",
                "GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool", "DepthToSpace", "SpaceToDepth", "Trilu",
                "Transpose", "Shape",
                "Size", "Squeeze", "Unsqueeze", "Reshape", "BatchNormalization", "GroupNormalization",
                "LayerNormalization",
                "RMSNormalization", "MeanVarianceNormalization", "Gemm", "MatMul", "Conv", "ConvTranspose", "Resize",
                "Upsample", "CumSum", "TopK", "OneHot", "Gather", "GatherElements", "GatherND", "ScatterND",
                "ScatterElements", "Pad", "Tile", "Expand", "Slice", "Split", "Concat", "ReduceSum", "ReduceL2", "LSTM",
                "GRU", "RNN",
                "Attention", "RotaryEmbedding", "NonMaxSuppression", "QuantizeLinear", "DequantizeLinear",
                "DynamicQuantizeLinear", "QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger", "Where",
                "PRelu", "Clip", "Range", "ConstantOfShape", "Cast", "CastLike", "Mean", "Sum", "Dropout",
            ] {
                for count in [0, 1, 2, 3, 5, 9] {
                    for opset in [7, 12, 24] {
                        let inputs = [String](repeating: "x", count: count)
                        survives(model(type, inputs, shape: shape, opset: opset, []))
                    }
                }
            }
        }
        attack("DepthToSpace", ["blocksize": [2]])
        attack("SpaceToDepth", ["blocksize": [2]])
        attack("Transpose", ["perm": [0, 1, 2, 3]])
        attack("Unsqueeze", opset: 11, ["axes": [0, 1]])
        attack("Squeeze", opset: 11, ["axes": [0, 1]])
        attack("Split", outputs: ["y", "z"], opset: 11, ["split": [2, 2], "axis": [2]])
        attack("Split", outputs: ["y", "z"], opset: 18, ["num_outputs": [2], "axis": [2]])
        attack("Slice", opset: 9, ["starts": [0, 1], "ends": [2, 2], "axes": [2, 3]])
        attack("Pad", opset: 9, texts: ["mode": "reflect"], ["pads": [0, 0, 1, 1, 0, 0, 1, 1]])
        attack("Concat", inputs: ["x", "x"], ["axis": [1]])
        attack("Shape", ["start": [0], "end": [2]])
        attack("ReduceMean", opset: 11, ["axes": [1, 2], "keepdims": [1]])
        attack("TopK", outputs: ["y", "z"], opset: 9, ["k": [2], "axis": [1]])
        attack("LRN", ["size": [3]])
        attack("LpPool", ["kernel_shape": [2, 2], "p": [2]])
        attack("GlobalLpPool", ["p": [2]])
        attack("Cast", ["to": [1]])
        attack(
            "GroupNormalization", inputs: ["x", "g", "g"], constants: [Proto.tensor("g", [2], floats: [1, 1])],
            opset: 21, ["num_groups": [2]])
        attack(
            "Attention", inputs: ["x", "x", "x"], shape: [1, 3, 4], opset: 23,
            ["q_num_heads": [2], "kv_num_heads": [2], "is_causal": [1], "qk_matmul_output_mode": [0]])
        attack(
            "RotaryEmbedding", inputs: ["x", "a", "a"], constants: [Proto.tensor("a", [1, 3, 1], floats: [0, 1, 0])],
            shape: [1, 3, 4],
            opset: 23, ["num_heads": [2], "rotary_embedding_dim": [2], "interleaved": [0]])
    }

    /// Constant lists in the place of attributes.
    @Test func listsOfAnyNumbers() {
        func attack(
            _ type: String, _ inputs: [String], _ lists: [String: [Int64]], outputs: [String] = ["y"],
            shape: [Int?] = [2, 3]
        ) {
            for (name, list) in lists {
                for place in list.indices {
                    for extreme in Self.extremes {
                        let constants = lists.map { key, elements -> Message in
                            var elements = elements
                            if key == name { elements[place] = Int64(extreme) }
                            return Proto.integers(key, elements)
                        }
                        survives(
                            model(type, inputs, outputs: outputs, constants: constants, shape: shape, opset: 18, []))
                    }
                }
            }
        }
        attack("Reshape", ["x", "s"], ["s": [3, 2]])
        attack("Expand", ["x", "s"], ["s": [2, 3]])
        attack("Tile", ["x", "s"], ["s": [1, 2]])
        attack("ConstantOfShape", ["s"], ["s": [2, 3]])
        attack("Slice", ["x", "a", "b", "c", "d"], ["a": [0, 0], "b": [2, 2], "c": [0, 1], "d": [1, 1]])
        attack("Pad", ["x", "s"], ["s": [0, 1, 0, 1]])
        attack("Resize", ["x", "", "", "s"], ["s": [4, 4]])
        attack("Squeeze", ["x", "s"], ["s": [0]], shape: [1, 3])
        attack("Unsqueeze", ["x", "s"], ["s": [0, 1]])
        attack("ReduceSum", ["x", "s"], ["s": [0, 1]])
        attack("Split", ["x", "s"], ["s": [1, 2]], outputs: ["y", "z"], shape: [3])
        attack("TopK", ["x", "s"], ["s": [1]], outputs: ["y", "z"])
        attack("Gather", ["x", "s"], ["s": [0, 1]])
        attack("GatherElements", ["x", "s"], ["s": [0, 1]], shape: [4])
        attack("CumSum", ["x", "s"], ["s": [0]])
        attack("Trilu", ["x", "s"], ["s": [0]])
        attack("OneHot", ["x", "s", "v"], ["s": [3], "v": [0, 1]])
        attack("Range", ["a", "b", "c"], ["a": [0], "b": [5], "c": [2]])
    }

    /// A few bytes that ask for gigabytes.
    @Test func hugeAllocationsAreRefused() {
        let big = 1 << 27
        func refuse(_ sentence: String, _ bytes: [UInt8]) {
            #expect(survives(bytes) == "m.onnx: node 'n': " + sentence)
        }
        let made = "it takes more than 1024 MiB to compute the model's constants"
        refuse(
            made,
            model("CumSum", ["x", "s"], constants: [Proto.raw("s", type: 7, [], [0] as [Int64])], shape: [15000], []))
        let shape = [Proto.integers("s", [Int64(big), 2])]
        let number = [Proto.raw("value", type: 7, [1], [0] as [Int64])]
        let value = Message().adding(1, "value").adding(5, number[0]).adding(20, 4)
        refuse(made, model("ConstantOfShape", ["s"], constants: shape, [value]))
        refuse(
            "shape 134217728x134217728 has more than 268435456 elements",
            model("CumSum", ["x", "s"], constants: [Proto.raw("s", type: 7, [], [0] as [Int64])], shape: [big], []))
        let weights = [Proto.tensor("w", [1, 1, 1, 1], floats: [1])]
        refuse(
            made,
            model(
                "ConvTranspose", ["x", "w"], constants: weights, shape: [1, 1, 1 << 20, 1],
                [Proto.attribute("strides", [65536, 1])]))
        let small = Proto.integers("s", [1, 1 << 20])
        refuse(
            made,
            model(
                "Resize", ["x", "", "", "s"], constants: [small], shape: [1, big], opset: 18,
                [Proto.attribute("antialias", 1), Proto.attribute("mode", "linear")]))
        let shapes = [("x", [1, 1 << 25, 1]), ("w", [1, 8, 1]), ("r", [1, 8, 8])]
        let recurrent = Proto.model(
            [Proto.node("RNN", ["x", "w", "r"])], [], inputs: shapes.map { Proto.value($0, $1) },
            outputs: [Message().adding(1, "y")])
        refuse(made, recurrent)
    }

    @Test func numbersThatAreNone() {
        for number in [Float.nan, .infinity, -.infinity, 1e30, -1e30, 0] {
            let scalar = Proto.tensor("s", [], floats: [number])
            for (type, inputs) in [
                ("Range", ["s", "s", "s"]), ("Clip", ["x", "s", "s"]), ("CumSum", ["x", "s"]), ("Trilu", ["x", "s"]),
                ("OneHot", ["x", "s", "v"]), ("Pad", ["x", "p", "s"]), ("QuantizeLinear", ["x", "s"]),
            ] {
                let values = [Proto.tensor("v", [2], floats: [0, 1]), Proto.integers("p", [1, 1, 1, 1])]
                survives(model(type, inputs, constants: [scalar] + values, shape: [2, 3], []))
            }
            let boxes = [Proto.tensor("b", [1, 1, 4], floats: [0, 0, 1, 1]), scalar]
            let bytes = Proto.model(
                [Proto.node("NonMaxSuppression", ["b", "x", "s", "s", "s"])], boxes,
                inputs: [Proto.value("x", [1, 1, 1])], outputs: [Message().adding(1, "y")])
            survives(bytes)
            let scales = Proto.tensor("c", [2], floats: [number, 2])
            let region = Proto.tensor("r", [4], floats: [number, 0, number, 1])
            for mode in ["nearest", "linear", "cubic"] {
                for place in ["half_pixel", "align_corners", "tf_crop_and_resize"] {
                    for (list, other) in [(scales, region), (Proto.tensor("c", [2], floats: [2, 2]), region)] {
                        survives(
                            model(
                                "Resize", ["x", "r", "c"], constants: [list, other], shape: [2, 3],
                                [
                                    Proto.attribute("mode", mode),
                                    Proto.attribute("coordinate_transformation_mode", place),
                                ]))
                    }
                }
            }
            for (type, name) in [
                ("Elu", "alpha"), ("Celu", "alpha"), ("Swish", "alpha"), ("Shrink", "lambd"), ("Shrink", "bias"),
                ("LeakyRelu", "alpha"), ("LRN", "alpha"), ("InstanceNormalization", "epsilon"),
            ] {
                survives(model(type, ["x"], opset: 24, [Proto.attribute(name, number)]))
            }
        }
    }

    @Test func sequencesThatDoNotFit() {
        for type in ["RNN", "GRU", "LSTM"] {
            for shapes in [
                [[1, 8], [1, 8, 2]], [[1, 8, 3], [8, 2]], [[1, 8, 3], [1, 2, 2]], [[1, 8, 3], [1, 8, 99]],
                [[2, 8, 3], [1, 8, 2]],
                [[1, 8, 3], [1, 8, 1 << 27]], [[], []], [[1, 1, 1], [1, 1, 1]],
            ] {
                for layout in [0, 1, 2, -1] {
                    for direction in ["forward", "bidirectional", "sideways"] {
                        let node = Proto.node(
                            type, ["x", "w", "r", "b", "", "h", "h", "p"], Proto.attribute("layout", layout),
                            Proto.attribute("direction", direction))
                        let inputs = zip(["w", "r", "b", "h", "p"], shapes + [[1, 16], [1, 1, 2], [1, 6]])
                            .map { Proto.value($0, $1) }
                        survives(
                            Proto.model(
                                [node], [], inputs: [Proto.value("x", [2, 1, 3])] + inputs,
                                outputs: [Message().adding(1, "y")]))
                    }
                }
            }
        }
        let long = Proto.model(
            [Proto.node("RNN", ["x", "w", "w"])], [],
            inputs: [Proto.value("x", [5000, 1, 1]), Proto.value("w", [1, 1, 1])], outputs: [Message().adding(1, "y")])
        #expect(survives(long).contains("a sequence of 5000 steps, at most 4096 are supported"))
    }

    /// Shapes that a file declares of outputs stand in for what is computed, and may be wrong.
    @Test func declaredShapesAreChecked() {
        for declared in [[], [2], [-1, 3], [0, 3], [.max, .max], [2, 3, 4], [1, 1, 1, 1, 1, 1, 1]] {
            for (type, others) in [
                ("Reshape", [[1]]), ("Expand", [[2]]), ("Tile", [[2]]), ("TopK", [[1]]), ("Squeeze", [[1]]),
                ("Unsqueeze", [[1]]), ("ReduceSum", [[1]]), ("Split", [[2]]), ("Range", [[], []]),
                ("ConstantOfShape", []),
                ("OneHot", [[], [2]]),
            ] as [(String, [[Int]])] {
                let names = others.indices.map { "i\($0)" }
                let bytes = Proto.model(
                    [Proto.node(type, ["x"] + names, outputs: ["y", "z"])], [],
                    inputs: [Proto.value("x", type: 7, [2, 3])]
                        + zip(names, others).map { Proto.value($0, type: 7, $1) },
                    outputs: [Proto.value("y", type: 7, declared)], opset: 18)
                let line = survives(bytes)
                let isShape = declared.count <= 6 && declared.allSatisfy { (1...4).contains($0) }
                #expect(isShape || line.hasPrefix("m.onnx: "), "\(type) \(declared)")
            }
        }
    }

    @Test func anInputThatIsAnOutputIsCopied() throws {
        let bytes = Proto.model([Proto.node("Identity", ["x"], "y")])
        let graph = try ONNXFile.read(bytes: bytes, name: "m.onnx")
        #expect(graph.inputs != graph.outputs)
        #expect(try ReferenceInterpreter(graph).run([.float32([1, 2, 3, 4])]) == [.float32([1, 2, 3, 4])])
        let same = Proto.model([Proto.node("Identity", ["x"], "y")], output: "x")
        #expect(try ONNXFile.read(bytes: same, name: "m.onnx").operations == ["identity"])
        #expect(
            survives(Proto.model([Proto.node("Relu", ["x"], "x")])) == "m.onnx: node 1 (Relu): 'x' is computed twice")
        #expect(
            survives(Proto.model([Proto.node("Relu", ["y"], "y")]))
                == "m.onnx: node 1 (Relu): 'y' is computed only later: the graph has a cycle or is not in order")
    }

    @Test func emptyTensorsAreRefused() {
        let empty = [Proto.tensor("e", type: 1, [0]), Proto.tensor("f", type: 1, [0, 4]), Proto.integers("i", [])]
        for name in ["e", "f", "i"] {
            for type in [
                "Relu", "Softmax", "ReduceSum", "Transpose", "Flatten", "Identity", "Pad", "Squeeze", "ArgMax", "Abs",
            ] {
                #expect(survives(model(type, [name], constants: empty, [])).hasPrefix("m.onnx: "), "\(type)")
            }
            for type in ["Add", "MatMul", "Gather", "Concat", "Reshape", "Tile", "Expand", "Where", "Resize", "Pad"] {
                survives(model(type, ["x", name], constants: empty, []))
                survives(model(type, [name, "x"], constants: empty, []))
                survives(model(type, [name, name, name], constants: empty, []))
            }
        }
    }
}
