import EdgeFormat
import ModelFiles
import ModelGraph
import Testing

/// Pictures are N·C·H·W in files and N·H·W·C in graphs: what is moved, and what only looks so.
@Suite struct ONNXLayoutTests {
    private func graph(
        _ nodes: [Message], _ constants: [Message] = [], input: [Int?] = [1, 4, 2, 3],
        options: ImportOptions = ImportOptions()
    ) throws -> Graph {
        let bytes = Proto.model(nodes, constants: constants, input: Proto.value("x", input))
        return try ONNXFile.read(bytes: bytes, name: "m.onnx", options: options)
    }

    /// The outputs of a graph that is given 0, 1, 2, … as its file has them.
    private func run(_ graph: Graph) throws -> (shape: [Int], elements: [Float]) {
        let count = graph.values[graph.inputs[0]].type.count
        let output = try graph.outputsInFileOrder([ramp(count)])[0]
        return (output.shape, output.data.floats ?? [])
    }

    private func ramp(_ count: Int) -> TensorData { .float32((0..<count).map { Float($0) }) }

    private func node(_ type: String, _ input: String, _ output: String, _ attributes: Message...) -> Message {
        attributes.reduce(Proto.node(type, [input], output)) { $0.adding(5, $1) }
    }

    private func transpose(_ input: String, _ output: String, _ order: [Int]) -> Message {
        node("Transpose", input, output, Proto.attribute("perm", order))
    }

    private func reshape(_ input: String, _ output: String, _ shape: [Int]) -> (node: Message, constant: Message) {
        (
            Proto.node("Reshape", [input, output + ".shape"], output),
            Proto.integers(output + ".shape", shape.map { Int64($0) })
        )
    }

    /// Element (i₀, i₁, …) of the result is element (i_order⁻¹…) of the picture: NumPy's transpose as an index formula.
    private func transposed(_ shape: [Int], _ order: [Int]) -> [Float] {
        let strides = Strides.rowMajor(shape)
        return order.reduce([0]) { places, axis in
            places.flatMap { place in (0..<shape[axis]).map { place + $0 * strides[axis] } }
        }.map { Float($0) }
    }

    @Test func inputsAndOutputsSayHowTheyLie() throws {
        let pool = try graph([node("MaxPool", "x", "y", Proto.attribute("kernel_shape", [1, 1]))])
        #expect(pool.values[pool.inputs[0]].type.shape == [1, 2, 3, 4])
        #expect(pool.values[pool.inputs[0]].sourceAxes == [0, 3, 1, 2])
        #expect(pool.values[pool.outputs[0]].sourceAxes == [0, 3, 1, 2])
        let rows = try graph([node("Relu", "x", "y")], input: [1, 4])
        #expect(rows.values[rows.inputs[0]].sourceAxes == nil && rows.values[rows.outputs[0]].sourceAxes == nil)
        let mean = try graph([node("GlobalAveragePool", "x", "p"), node("Flatten", "p", "y")])
        #expect(mean.values[mean.outputs[0]].sourceAxes == nil)
    }

    @Test func transpositionsThatCancelLeaveNothing() throws {
        let nodes = [
            node("Relu", "x", "a"), transpose("a", "b", [0, 2, 3, 1]), node("Sigmoid", "b", "c"),
            transpose("c", "d", [0, 3, 1, 2]), node("GlobalMaxPool", "d", "y"),
        ]
        #expect(try graph(nodes).operations == ["relu", "sigmoid", "max-pool"])
    }

    /// Every order of a picture, alone and twice.
    @Test func everyOrderOfAxesIsTheStandards() throws {
        let orders = [[0, 1, 2, 3], [0, 2, 3, 1], [3, 2, 1, 0], [1, 0, 3, 2], [2, 3, 0, 1], [0, 3, 2, 1]]
        let shape = [1, 4, 2, 3]
        for order in orders {
            let once = try run(graph([node("Relu", "x", "r"), transpose("r", "y", order)]))
            #expect(once.shape == order.map { shape[$0] } && once.elements == transposed(shape, order), "\(order)")
            let flat = try run(
                graph([transpose("x", "t", order), node("Flatten", "t", "y"), node("GlobalMaxPool", "x", "unused")]))
            #expect(flat.elements == transposed(shape, order), "\(order)")
            for second in orders {
                let chain = [
                    transpose("x", "t", order), transpose("t", "y", second), node("GlobalMaxPool", "x", "unused"),
                ]
                let both = second.map { order[$0] }
                let twice = try graph(chain)
                let result = try run(twice)
                #expect(result.shape == both.map { shape[$0] } && result.elements == transposed(shape, both))
                // An output is told how it lies; nothing moves.
                #expect(twice.operations.allSatisfy { $0 == "identity" || $0 == "reshape" }, "\(order) \(second)")
            }
        }
    }

    @Test func aFlattenedPictureIsReadAsItLies() throws {
        // Output 0 is the first pixel of each channel, output 1 the last element.
        var weights = [Float](repeating: 0, count: 48)
        for channel in 0..<4 { weights[(channel * 6) * 2] = 1 }
        weights[23 * 2 + 1] = 1
        let matrix = Proto.tensor("w", [24, 2], floats: weights)
        let bias = Proto.tensor("b", [2], floats: [0.5, 0.25])
        let pool = node("MaxPool", "x", "p", Proto.attribute("kernel_shape", [1, 1]))
        let dense = Proto.node("Gemm", ["f", "w", "b"], "y")
        let flattened = try graph([pool, node("Flatten", "p", "f"), dense], [matrix, bias])
        #expect(flattened.operations == ["max-pool", "flatten", "dense"])
        #expect(try run(flattened).elements == [0 + 6 + 12 + 18 + 0.5, 23.25])
        let shape = reshape("p", "f", [0, -1])
        #expect(
            try graph([pool, shape.node, dense], [matrix, bias, shape.constant]).operations == flattened.operations)
        // The same through an order of its own, as other makers' models flatten.
        let channelsLast = (0..<24).flatMap { place -> [Float] in
            let row = (place % 4) * 6 + place / 4
            return [weights[2 * row], weights[2 * row + 1]]
        }
        let turned = try graph(
            [pool, transpose("p", "t", [0, 2, 3, 1]), node("Flatten", "t", "f"), dense],
            [Proto.tensor("w", [24, 2], floats: channelsLast), bias])
        #expect(turned.operations == flattened.operations)
        #expect(try run(turned).elements == run(flattened).elements)
    }

    @Test func aChannelShuffleMovesOnce() throws {
        let (split, joined) = (reshape("x", "s", [1, 2, 2, 2, 3]), reshape("t", "j", [1, 4, 2, 3]))
        let shuffle = try graph(
            [split.node, transpose("s", "t", [0, 2, 1, 3, 4]), joined.node, node("GlobalMaxPool", "j", "y")],
            [split.constant, joined.constant])
        #expect(shuffle.operations.filter { $0 == "rearrangement" }.count == 1)
        // Channels 0 1 2 3 come as 0 2 1 3; the largest of each is its last.
        #expect(try run(shuffle).elements == [5, 17, 11, 23])
    }

    @Test func picturesThatComeAsTheyLieAreNotMoved() throws {
        let weights = Proto.tensor("w", [1, 3, 1, 1], floats: [1, 10, 100])
        let nodes = [
            transpose("x", "c", [0, 3, 1, 2]), Proto.node("Conv", ["c", "w"], "d"), transpose("d", "y", [0, 2, 3, 1]),
        ]
        let model = try graph(nodes, [weights], input: [1, 2, 2, 3])
        #expect(model.operations == ["convolution"])
        #expect(model.values[model.inputs[0]].type.shape == [1, 2, 2, 3])
        #expect(model.values[model.inputs[0]].sourceAxes == nil && model.values[model.outputs[0]].sourceAxes == nil)
        let result = try run(model)
        #expect(result.shape == [1, 2, 2, 1] && result.elements == [210, 543, 876, 1209])
    }

    @Test func reshapesThatMoveNothingLeaveNoMovement() throws {
        // A picture's pixels as a sequence of channels: how attention over a picture begins.
        let pixels = reshape("x", "s", [1, 4, 6])
        let model = try graph(
            [
                pixels.node, transpose("s", "t", [0, 2, 1]), Proto.node("MatMul", ["t", "w"], "y"),
                node("GlobalMaxPool", "x", "unused"),
            ],
            [pixels.constant, Proto.tensor("w", [4, 1], floats: [1, 1, 1, 1])])
        #expect(!model.operations.contains("rearrangement"))
        #expect(try run(model).elements == (0..<6).map { Float(4 * $0 + 36) })
        // What mixes channels with pixels has to move.
        let mixed = reshape("x", "y", [8, 3])
        let moved = try graph([mixed.node, node("GlobalMaxPool", "x", "unused")], [mixed.constant])
        #expect(try run(moved).elements == (0..<24).map { Float($0) })
    }

    @Test func signalsArePicturesOfOneRow() throws {
        let weights = Proto.tensor("w", [2, 1, 3], floats: [1, 1, 1, 1, 0, -1])
        let convolution = Proto.node("Conv", ["x", "w"], "c")
        let norm = Proto.node("BatchNormalization", ["c", "g", "b", "m", "v"], "y")
        let numbers = [
            Proto.tensor("g", [2], floats: [2, 3]), Proto.tensor("b", [2], floats: [0, 1]),
            Proto.tensor("m", [2], floats: [0, 0]), Proto.tensor("v", [2], floats: [1, 1]),
        ]
        let model = try graph([convolution, norm], [weights] + numbers, input: [1, 1, 5])
        #expect(model.operations.filter { $0 == "convolution" || $0 == "arithmetic" } == ["convolution"])
        let result = try run(model)
        #expect(result.shape == [1, 2, 3] && difference(result.elements, [6, 12, 18, -5, -5, -5]) < 1e-3)
    }

    @Test func aNormSaysWhatTrainingSaw() throws {
        let norm = [
            Proto.node("Conv", ["x", "w"], "c"), Proto.node("BatchNormalization", ["c", "g", "b", "m", "v"], "n"),
        ]
        let numbers = [
            Proto.tensor("w", [2, 1, 1, 1], floats: [1, 2]), Proto.tensor("g", [2], floats: [2, -3]),
            Proto.tensor("b", [2], floats: [0.5, 1]), Proto.tensor("m", [2], floats: [7, 8]),
            Proto.tensor("v", [2], floats: [4, 9]), Proto.tensor("two", [1], floats: [2]),
        ]
        let known = try graph(norm + [Proto.node("Relu", ["n"], "y")], numbers, input: [1, 1, 2, 2])
        let trained = try #require(known.values.compactMap(\.trained).first)
        #expect(trained.means == [0.5, 1] && difference(trained.deviations, [2, 3]) < 1e-4)
        // What is folded into the layer after the norm makes it another value.
        let changed = try graph(norm + [Proto.node("Mul", ["n", "two"], "y")], numbers, input: [1, 1, 2, 2])
        #expect(changed.values.allSatisfy { $0.trained == nil })
    }

    @Test func factorsBelongToTheAxisThatTheyNormalize() throws {
        // Rows of as many outputs as there are rows: the norm is of the rows, not of the layer's outputs.
        let norm = Proto.node("BatchNormalization", ["p", "g", "b", "m", "v"], "y")
        let numbers = [
            Proto.tensor("w", [2, 2], floats: [1, 0, 0, 1]), Proto.tensor("g", [2], floats: [1, 10]),
            Proto.tensor("b", [2], floats: [0, 0]), Proto.tensor("m", [2], floats: [0, 0]),
            Proto.tensor("v", [2], floats: [1, 1]),
        ]
        let model = try graph([Proto.node("MatMul", ["x", "w"], "p"), norm], numbers, input: [1, 2, 2])
        #expect(difference(try run(model).elements, [0, 1, 20, 30]) < 1e-3)
    }

    @Test func aComputedBiasIsNotFoldedAway() throws {
        let bytes = Proto.model(
            [Proto.node("Conv", ["x", "w", "b"], "c"), Proto.node("Mul", ["c", "two"], "y")],
            [Proto.tensor("w", [1, 1, 1, 1], floats: [1]), Proto.tensor("two", [1], floats: [2])],
            inputs: [Proto.value("x", [1, 1, 1, 2]), Proto.value("b", [1])], outputs: [Message().adding(1, "y")])
        let model = try ONNXFile.read(bytes: bytes, name: "m.onnx")
        #expect(try model.outputsInFileOrder([.float32([1, 2]), .float32([5])])[0].data == .float32([12, 14]))
    }

    @Test func openSizesAreGiven() throws {
        let relu = [node("Relu", "x", "y")]
        let options = ImportOptions(inputShapes: ["x": [2, 5]])
        #expect(try run(graph(relu, input: [nil, nil], options: options)).shape == [2, 5])
        #expect(try run(graph(relu, input: [nil, 5], options: options)).shape == [2, 5])
        #expect(try run(graph(relu, input: [nil, 5])).shape == [1, 5])
        func refuse(_ sentence: String, _ shape: [Int], name: String = "x") {
            let bytes = Proto.model(relu, input: Proto.value("x", [nil, 5]))
            #expect(refusal(bytes, ImportOptions(inputShapes: [name: shape])) == "m.onnx: " + sentence)
        }
        refuse("input 'x': shape 2x6 was given, the model has ?x5", [2, 6])
        refuse("input 'x': shape 5 was given, the model has ?x5", [5])
        refuse("input 'x': shape 0x5 has a dimension below 1", [0, 5])
        refuse("input 'x': shape 9223372036854775807x5 has more than 268435456 elements", [.max, 5])
        refuse("there is no input 'z'; its inputs are 'x'", [1, 5], name: "z")
        let anyShape = Message().adding(1, "x").adding(2, Message().adding(1, Message().adding(1, 1)))
        let unknown = Proto.model(relu, input: anyShape)
        #expect(refusal(unknown) == "m.onnx: input 'x': its shape is not known; give one, as in --input-shape x=1x32")
        #expect(refusal(unknown, options) == "accepted")
    }

    @Test func inputsThatNeverChangeBecomeConstants() throws {
        let bytes = Proto.model(
            [Proto.node("Reshape", ["x", "s"], "y")], [],
            inputs: [Proto.value("x", [1, 6]), Proto.value("s", type: 7, [2])], outputs: [Message().adding(1, "y")])
        #expect(refusal(bytes).hasSuffix("(an input that never changes becomes a constant by --constant s=FILE.npy)"))
        let constants = ["s": ImportOptions.Constant(shape: [2], data: .int64([2, -1]))]
        let model = try ONNXFile.read(bytes: bytes, name: "m.onnx", options: ImportOptions(constants: constants))
        #expect(model.inputs.count == 1)
        #expect(try run(model).shape == [2, 3])
        let other = ImportOptions(constants: ["t": ImportOptions.Constant(shape: [], data: .int64([1]))])
        #expect(refusal(bytes, other) == "m.onnx: there is no input 't'; its inputs are 'x', 's'")
    }
}
