import EdgeFormat
import Foundation
import ModelGraph
import Testing

/// The operations of a denoiser in floats, their shapes, and graphs of several samples.
@Suite struct DenoiserOperationTests {
    private func floats(_ shape: [Int], _ elements: [Float]) -> (TensorType, TensorData) {
        (TensorType(.float32, shape), .float32(elements))
    }

    private func random(_ shape: [Int], _ random: inout SeededGenerator) -> (TensorType, TensorData) {
        floats(shape, (0..<shape.reduce(1, *)).map { _ in Float.random(in: -1...1, using: &random) })
    }

    @Test func siluWithinTwoUnitsOfItsDefinition() throws {
        let x = (-4000...4000).map { Float($0) * 0.0231 } + [-1e30, 1e30, -0.0]
        let y = try #require(evaluate(SiLU(), [floats([x.count], x)]).data.floats)
        for (x, y) in zip(x, y) {
            let wanted = Double(x) / (1 + exp(-Double(x)))
            #expect(abs(Double(y) - wanted) <= abs(wanted) * 4e-7 + 1e-35, "\(x)")
        }
        #expect(SiLU().apply([.nan])[0].isNaN)
        #expect(SiLU().apply([1, 2, 3, 4, 5, 6, 7, 8, 9]) == (1...9).map { SiLU().apply([Float($0)])[0] })
    }

    @Test(arguments: [NormActivation.none, .silu])
    func groupNormByTheBook(activation: NormActivation) throws {
        var generator = SeededGenerator(seed: 5)
        // 40 channels: whole vectors and a rest; 35 pixels: more than one row of partial sums.
        let (n, pixels, channels, depth) = (2, 35, 40, 5)
        let x = random([n, 5, 7, channels], &generator)
        let (gamma, beta) = (random([channels], &generator), random([channels], &generator))
        let norm = GroupNormalization(groups: 8, epsilon: 1e-5, activation: activation)
        let y = try #require(evaluate(norm, [x, gamma, beta]).data.floats)
        let values = try #require(x.1.floats).map { Double($0) + 3 }
        // A shift changes nothing.
        let shifted = try #require(
            evaluate(norm, [floats(x.0.shape, values.map { Float($0) }), gamma, beta]).data.floats)
        for index in y.indices {
            let (image, channel) = (index / (pixels * channels), index % channels)
            let members = (0..<pixels * channels).filter { $0 % channels / depth == channel / depth }
                .map { values[image * pixels * channels + $0] }
            let mean = members.reduce(0, +) / Double(members.count)
            let variance = members.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(members.count)
            let factor = Double(try #require(gamma.1.floats)[channel]) / (variance + 1e-5).squareRoot()
            var wanted = (values[index] - mean) * factor + Double(try #require(beta.1.floats)[channel])
            if activation == .silu { wanted /= 1 + exp(-wanted) }
            #expect(abs(Double(y[index]) - wanted) < 1e-5)
            #expect(abs(Double(shifted[index]) - wanted) < 1e-5)
        }
    }

    @Test func movesAndSums() throws {
        let x = floats([1, 2, 2, 1], [1, 2, 3, 4])
        let tall = try evaluate(Upsampling(factor: Extent(3, 2)), [x])
        #expect(tall.type.shape == [1, 6, 4, 1])
        #expect(tall.data == .float32([1, 1, 2, 2].repeated(3) + [3, 3, 4, 4].repeated(3)))
        let wide = floats([1, 2, 2, 2], [10, 20, 30, 40, 50, 60, 70, 80])
        let side = try evaluate(Concatenation(), [x, wide, x])
        #expect(side.type.shape == [1, 2, 2, 4])
        #expect(side.data == .float32([1, 10, 20, 1, 2, 30, 40, 2, 3, 50, 60, 3, 4, 70, 80, 4]))
        #expect(try evaluate(Addition(), [wide, wide]).data == .float32([20, 40, 60, 80, 100, 120, 140, 160]))
        let pairs = floats([2, 1, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8])
        let rows = floats([2, 2], [10, 20, 30, 40])
        #expect(try evaluate(Addition(), [pairs, rows]).data == .float32([11, 22, 13, 24, 35, 46, 37, 48]))
        let words = (
            TensorType(.int16, [1, 1, 2, 1], quantization: Quantization(scale: 1, zeroPoint: 0)),
            TensorData.int16([-300, 300])
        )
        let doubled = try evaluate(Upsampling(factor: Extent(1, 2)), [words], to: words.0.quantization)
        #expect(doubled.data == .int16([-300, -300, 300, 300]))
        let joined = try evaluate(Concatenation(), [words, words], to: words.0.quantization)
        #expect(joined.data == .int16([-300, -300, 300, 300]))
        #expect(throws: EdgeError.self) {
            try evaluate(Concatenation(), [words, words], to: Quantization(scale: 2, zeroPoint: 0))
        }
    }

    @Test func rowsOfATable() throws {
        let table = floats([3, 2], [0, 1, 10, 11, 20, 21])
        let indices = { (list: [Int64]) in (TensorType(.int64, [list.count]), TensorData.int64(list)) }
        #expect(try evaluate(Embedding(), [indices([2, 0, 2]), table]).data == .float32([20, 21, 0, 1, 20, 21]))
        for index in [-1, 3, Int64.max, Int64.min] {
            let error = #expect(throws: EdgeError.self) { try evaluate(Embedding(), [indices([index]), table]) }
            #expect(error?.sentence == "index \(index) is outside 0 ... 2")
        }
        let scale = Quantization(scale: 0.25, zeroPoint: 0)
        let words = (TensorType(.int16, [2, 2], quantization: scale), TensorData.int16([1, 2, -3, -4]))
        let picked = try evaluate(
            Embedding(), [(TensorType(.int32, [1]), TensorData.int32([1])), words], to: scale)
        #expect(picked.data == .int16([-3, -4]))
    }

    @Test func anAddendComesAfterTheBiasAndBeforeTheClamp() throws {
        let x = floats([1, 1, 2, 1], [1, 2])
        let (w, b) = (floats([2, 1, 1, 1], [1, -1]), floats([2], [0.5, 0.25]))
        let operation = ConvolutionAddition(convolution: Convolution(activation: .relu))
        let picture = floats([1, 1, 2, 2], [10, 20, -30, 1.75])
        #expect(try evaluate(operation, [x, w, b, picture]).data == .float32([11.5, 19.25, 0, 0]))
        #expect(try evaluate(operation, [x, w, b, floats([1, 2], [1, 1.5])]).data == .float32([2.5, 0.75, 3.5, 0]))
    }

    @Test func wrongShapesAreRefused() throws {
        func refuse(_ sentence: String, _ operation: any ModelGraph.Operation, _ types: TensorType...) {
            let error = #expect(throws: EdgeError.self) { try operation.outputTypes(of: types) }
            #expect(error?.sentence == sentence)
        }
        let picture = TensorType(.float32, [1, 4, 4, 6])
        let row = TensorType(.float32, [6])
        refuse("4 groups do not divide 6 channels", GroupNormalization(groups: 4, epsilon: 1), picture, row, row)
        refuse("0 groups do not divide 6 channels", GroupNormalization(groups: 0, epsilon: 1), picture, row, row)
        refuse(
            "epsilon 0.0 is not finite and above 0", GroupNormalization(groups: 2, epsilon: 0), picture, row, row)
        refuse(
            "offsets are float32 1x6; float32 6 is needed", GroupNormalization(groups: 2, epsilon: 1), picture, row,
            TensorType(.float32, [1, 6]))
        refuse(
            "the input has shape 1x6; four dimensions are needed", GroupNormalization(groups: 2, epsilon: 1),
            TensorType(.float32, [1, 6]), row, row)
        let words = TensorType(.int16, [1, 4, 4, 6])
        refuse(
            "activation scale 0.0 is not finite and above 0",
            GroupNormalization(groups: 2, epsilon: 1, activation: .silu), words, row, row)
        refuse(
            "a group has more than 65536 values", GroupNormalization(groups: 1, epsilon: 1),
            TensorType(.int16, [1, 256, 257, 1]), TensorType(.float32, [1]), TensorType(.float32, [1]))
        refuse("up-sampling by 17 is outside 1 ... 16", Upsampling(factor: Extent(2, 17)), picture)
        refuse("up-sampling by 0 is outside 1 ... 16", Upsampling(factor: Extent(0, 2)), picture)
        refuse("concatenation has 0 inputs; 1 ... 1024 are supported", Concatenation())
        refuse("there is no axis 4 in 1x4x4x6", Concatenation(axis: 4), picture, picture)
        refuse("there is no axis -5 in 1x4x4x6", Concatenation(axis: -5), picture, picture)
        refuse("there is no axis -1 in scalar", Concatenation(), TensorType(.float32, []))
        refuse(
            "float32 1x4x5x6 cannot stand beside float32 1x4x4x6", Concatenation(), picture,
            TensorType(.float32, [1, 4, 5, 6]))
        refuse("int16 1x4x4x6 cannot stand beside float32 1x4x4x6", Concatenation(), picture, words)
        refuse("int16 1x4x4x6 cannot be added to float32 1x4x4x6", Addition(), picture, words)
        refuse("float32 2x6 cannot be added to float32 1x4x4x6", Addition(), picture, TensorType(.float32, [2, 6]))
        refuse("int16 1x6 cannot be added to int16 1x4x4x6", Addition(), words, TensorType(.int16, [1, 6]))
        refuse("rescale takes int8 or int16, not float32", Rescale(), picture)
        refuse(
            "the indices are float32 6; a list of int64 or int32 is needed", Embedding(), row,
            TensorType(.float32, [3, 2]))
        refuse("the table is float32 6; two dimensions are needed", Embedding(), TensorType(.int64, [1]), row)
        refuse("time steps are float32 6; a list of int64 or int32 is needed", Sinusoid(frequencies: [1]), row)
        refuse(
            "1 frequencies; 1 ... 2048 are needed, none above 1e6", Sinusoid(frequencies: [.nan]),
            TensorType(.int64, [1]))
        refuse(
            "float32 1x4x4x3 cannot be added to float32 1x4x4x2",
            ConvolutionAddition(convolution: Convolution()), picture, TensorType(.float32, [2, 1, 1, 6]),
            TensorType(.float32, [2]), TensorType(.float32, [1, 4, 4, 3]))
        refuse(
            "an interpolated table has 3 entries; 1025 are needed",
            InterpolatedTable(function: "f", entries: [1, 2, 3]), words)
    }

    @Test func aQuantizedOutputChoosesItsWidth() throws {
        var graph = Graph(name: "widths")
        let scale = Quantization(scale: 0.5, zeroPoint: 0)
        let x = graph.addInput("x", TensorType(.float32, [1, 3]))
        let wide = try graph.add(Quantize(), name: "wide", inputs: [x], quantization: scale, element: .int16)
        let narrow = try graph.add(Rescale(), name: "narrow", inputs: [wide], quantization: scale, element: .int8)
        let back = try graph.add(Dequantize(), name: "back", inputs: [narrow])
        graph.outputs = [wide, back]
        let results = try ReferenceInterpreter(graph).run([.float32([100, -0.75, 20000])])
        #expect(results == [.int16([200, -2, 32767]), .float32([63.5, -1, 63.5])])
        #expect(throws: EdgeError.self) {
            try graph.add(Identity(), name: "same", inputs: [wide], quantization: scale, element: .int8)
        }
        graph.values[wide].type.quantization?.zeroPoint = 3
        let error = #expect(throws: EdgeError.self) { try graph.validate() }
        #expect(error?.sentence == "zero point 3 of an int16, where it must be 0")
        // Integers need not be quantized, but these are asked for.
        graph.values[wide].type.quantization = nil
        #expect(throws: EdgeError.self) { try ReferenceInterpreter(graph).run([.float32([100, -0.75, 20000])]) }
    }

    /// Two inputs, a row for each picture, a reshape that fixes the number of samples.
    private func network(_ generator: inout SeededGenerator) throws -> Graph {
        var graph = Graph(name: "network")
        let x = graph.addInput("x", TensorType(.float32, [1, 6, 6, 3]))
        let t = graph.addInput("t", TensorType(.int64, [1]))
        func constant(_ name: String, _ shape: [Int]) -> Graph.ValueID {
            graph.addConstant(name, shape, random(shape, &generator).1)
        }
        let time = try graph.add(Sinusoid(frequencies: [1, 0.01]), name: "time", inputs: [t])
        let row = try graph.add(Dense(), name: "row", inputs: [time, constant("d", [8, 4]), constant("e", [8])])
        var y = try graph.add(
            Convolution(padding: Padding(1), activation: .relu), name: "c", inputs: [x, constant("w", [8, 3, 3, 3])])
        y = try graph.add(Addition(), name: "sum", inputs: [y, row])
        y = try graph.add(
            GroupNormalization(groups: 2, epsilon: 1e-5), name: "norm",
            inputs: [y, constant("g", [8]), constant("o", [8])])
        y = try graph.add(
            ConvolutionAddition(
                convolution: Convolution(
                    strides: Extent(2, 1), padding: Padding(top: 0, left: 1, bottom: 1, right: 0),
                    dilations: Extent(1, 2), activation: .clip(minimum: -0.5, maximum: 0.5))),
            name: "k", inputs: [y, constant("v", [8, 2, 2, 8]), constant("b", [8]), row])
        y = try graph.add(Convolution(), name: "mix", inputs: [y, constant("m", [8, 1, 1, 8]), constant("n", [8])])
        y = try graph.add(Convolution(groups: 2), name: "groups", inputs: [y, constant("p", [8, 1, 1, 4])])
        let rest = graph.values[y].type.count
        y = try graph.add(Reshape(shape: [1, rest]), name: "flat", inputs: [y])
        graph.outputs = [try graph.add(Dense(), name: "last", inputs: [y, constant("l", [5, rest])]), row]
        return graph
    }

    @Test func aBatchIsItsSamplesOneByOne() throws {
        var generator = SeededGenerator(seed: 17)
        let graph = try network(&generator)
        let batched = try graph.batched(3)
        #expect(batched.values[batched.inputs[0]].type.shape == [3, 6, 6, 3])
        #expect(try batched.batched(1) == graph)
        let x = (0..<3).map { _ in random([1, 6, 6, 3], &generator).1.floats ?? [] }
        let together = try ReferenceInterpreter(batched).run([.float32(x.flatMap { $0 }), .int64([5, 0, 700])])
        let alone = try zip(x, [5, 0, 700]).map {
            try ReferenceInterpreter(graph).run([.float32($0), .int64([$1])])
        }
        #expect(together[0].floats == alone.flatMap { $0[0].floats ?? [] })
        #expect(together[1].floats == alone.flatMap { $0[1].floats ?? [] })

        let quick = try ReferenceInterpreter(batched, .quick).run([
            .float32(x.flatMap { $0 }), .int64([5, 0, 700]),
        ])
        for (a, b) in zip(quick, together) {
            let (a, b) = (try #require(a.floats), try #require(b.floats))
            #expect(a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    @Test func whatCannotBeBatchedIsRefused() throws {
        var graph = Graph(name: "g")
        let x = graph.addInput("x", TensorType(.float32, [1, 2]))
        let constant = graph.addConstant("c", [1, 2], .float32([1, 2]))
        graph.outputs = [try graph.add(Addition(), name: "sum", inputs: [x, constant])]
        #expect(#expect(throws: EdgeError.self) { try graph.batched(2) }?.place == "node 'sum'")
        #expect(throws: EdgeError.self) { try graph.batched(0) }
        _ = graph.addInput("y", TensorType(.float32, [3, 2]))
        #expect(throws: EdgeError.self) { try graph.batched(2) }
    }
}

extension [Float] {
    fileprivate func repeated(_ count: Int) -> [Float] { (0..<count).flatMap { _ in self } }
}
