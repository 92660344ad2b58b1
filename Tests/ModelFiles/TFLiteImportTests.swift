import EdgeFormat
import ModelFiles
import ModelGraph
import Testing

/// Worked examples of what files mean.
@Suite struct TFLiteImportTests {
    private func read(_ bytes: [UInt8]) throws(EdgeError) -> Graph {
        try TFLiteFile.read(bytes: bytes, name: "m.tflite")
    }

    private func floats(_ bytes: [UInt8], _ x: [Float]) throws -> [Float]? {
        try ReferenceInterpreter(read(bytes)).run([.float32(x)])[0].floats
    }

    private func bytes(_ file: [UInt8], _ x: [Int8]) throws -> [Int8]? {
        try ReferenceInterpreter(read(file)).run([.int8(x)])[0].bytes
    }

    @Test func paddingToKeepTheSizeGoesBehindFirst() throws {
        var builder = TFLiteBuilder()
        let (x, y) = (builder.tensor([1, 2, 2, 1]), builder.tensor([1, 2, 2, 1]))
        let w = builder.constant([1, 2, 2, 1], [1, 10, 100, 1000])
        let b = builder.constant([1], [0.5])
        builder.node(.convolution, [x, w, b], [y], options: TFLiteBuilder.convolution(padding: 0))
        #expect(try floats(builder.file([x], [y]), [1, 2, 3, 4]) == [4321.5, 402.5, 43.5, 4.5])
    }

    @Test func eachChannelHasItsFiltersSideBySide() throws {
        var builder = TFLiteBuilder()
        let (x, y) = (builder.tensor([1, 1, 1, 2]), builder.tensor([1, 1, 1, 4]))
        let w = builder.constant([1, 1, 1, 4], [1, 2, 3, 4])
        builder.node(.depthwise, [x, w, -1], [y], options: (2, [0: .byte(1), 1: .int(1), 2: .int(1), 3: .int(2)]))
        #expect(try floats(builder.file([x], [y]), [10, 100]) == [10, 20, 300, 400])
    }

    /// A convolution of bytes: Σ(x − 3)·w + b in steps of 0.5·0.25, to steps of 0.5.
    private func quantizedConvolution(
        _ element: TFLiteBuilder.Element, weights: [UInt8], zeroPoints: (x: Int64, w: Int64, y: Int64),
        activation: UInt8 = 0
    ) -> [UInt8] {
        var builder = TFLiteBuilder()
        let x = builder.tensor([1, 1, 1, 2], element, scales: [0.5], zeroPoints: [zeroPoints.x])
        let y = builder.tensor([1, 1, 1, 1], element, scales: [0.5], zeroPoints: [zeroPoints.y])
        let w = builder.tensor([1, 1, 1, 2], element, data: weights, scales: [0.25], zeroPoints: [zeroPoints.w])
        let b = builder.tensor([1], .int32, data: littleEndian(Int32(10)), scales: [0.125], zeroPoints: [0])
        builder.node(.convolution, [x, w, b], [y], options: TFLiteBuilder.convolution(activation: activation))
        return builder.file([x], [y])
    }

    @Test func quantizedConvolutionsKeepTheirScales() throws {
        let file = quantizedConvolution(.int8, weights: [2, UInt8(bitPattern: -3)], zeroPoints: (3, 0, -1))
        // (7·2 + 1·−3 + 10)/4 = 5.25; (−7·2 + 1·−3 + 10)/4 = −1.75.
        #expect(try bytes(file, [10, 4]) == [4])
        #expect(try bytes(file, [-4, 4]) == [-3])
        let graph = try read(file)
        #expect(graph.values[graph.inputs[0]].type.quantization == Quantization(scale: 0.5, zeroPoint: 3))
        #expect(graph.values[graph.outputs[0]].type.quantization == Quantization(scale: 0.5, zeroPoint: -1))
    }

    @Test func fusedActivationsAreBoundsOfTheIntegers() throws {
        let file = quantizedConvolution(.int8, weights: [100, 0], zeroPoints: (0, 0, -8), activation: 3)
        // 0 is −8 and 6 is 12 steps above it.
        #expect(try bytes(file, [100, 0]) == [4])
        #expect(try bytes(file, [-100, 0]) == [-8])
    }

    @Test func bytesWithoutASignBecomeBytesWithOne() throws {
        // Weights 130 and 125 stand for 2 and −3; the input 138 is 10 above its zero point 128.
        let file = quantizedConvolution(.uint8, weights: [130, 125], zeroPoints: (131, 128, 127))
        #expect(try bytes(file, [10, 4]) == [4])
        let graph = try read(file)
        #expect(graph.values[graph.inputs[0]].type.quantization == Quantization(scale: 0.5, zeroPoint: 3))
        #expect(graph.nodes[0].inputs.dropFirst().first.map { graph.values[$0].constant } == .int8([2, -3]))
    }

    @Test func weightsThatDoNotFitKeepTheirZeroPoint() throws {
        // 200 stands for 196, which no signed byte holds: 200 − 128 and the zero point 4 − 128 do.
        let file = quantizedConvolution(.uint8, weights: [200, 3], zeroPoints: (128, 4, 128))
        let graph = try read(file)
        let weights = graph.values[graph.nodes[0].inputs[1]]
        #expect(weights.constant == .int8([72, -125]))
        #expect(weights.type.quantization?.channelZeroPoints == [-124])
        // (1·196 + 2·−1 + 10)/4 = 51.
        #expect(try bytes(file, [1, 2]) == [51])
    }

    @Test func halfFloatWeightsAreFolded() throws {
        var builder = TFLiteBuilder()
        let (x, y) = (builder.tensor([1, 2]), builder.tensor([1, 1]))
        let half = builder.tensor([1, 2], .float16, data: littleEndian(UInt16(0x3C00)) + littleEndian(UInt16(0xC100)))
        let w = builder.tensor([1, 2])
        builder.node(.dequantize, [half], [w])
        builder.node(.dense, [x, w, -1], [y], options: (8, [0: .byte(1)]))
        let file = builder.file([x], [y])
        #expect(try floats(file, [3, 1]) == [0.5])
        #expect(try floats(file, [1, 3]) == [0])
        #expect(try read(file).nodes.count == 1)
    }

    @Test func meansOfBytesWithoutASignRoundHalfUp() throws {
        for (element, zero, wanted) in [(TFLiteBuilder.Element.uint8, Int64(128), Int8(-2)), (.int8, 0, -3)] {
            var builder = TFLiteBuilder()
            let x = builder.tensor([1, 2, 2, 1], element, scales: [1], zeroPoints: [zero])
            let y = builder.tensor([1, 1, 1, 1], element, scales: [1], zeroPoints: [zero])
            builder.node(.averagePool, [x], [y], options: TFLiteBuilder.pool(window: 2, stride: 2))
            #expect(try bytes(builder.file([x], [y]), [-1, -2, -3, -4]) == [wanted])
        }
    }

    @Test func functionsOfBytesAreTables() throws {
        var builder = TFLiteBuilder()
        let x = builder.tensor([1, 4], .int8, scales: [0.5], zeroPoints: [1])
        let y = builder.tensor([1, 4], .int8, scales: [0.00390625], zeroPoints: [-128])
        builder.node(.logistic, [x], [y])
        // 1/(1 + e^−r) in 256ths for r = 0, 1, −1 and 63.
        #expect(try bytes(builder.file([x], [y]), [1, 3, -1, 127]) == [0, 59, -59, 127])
    }

    @Test func shapesAreComputedWhileReading() throws {
        var builder = TFLiteBuilder()
        let (x, y) = (builder.tensor([1, 2, 3]), builder.tensor([3, 2]))
        let shape = builder.constant([-1, 2])
        builder.node(.reshape, [x, shape], [y], options: (17, [:]))
        let graph = try read(builder.file([x], [y]))
        #expect(graph.values[graph.outputs[0]].type.shape == [3, 2])
    }

    @Test func unknownOperatorsAreAllNamed() throws {
        var builder = TFLiteBuilder()
        let (x, y, z) = (builder.tensor([1]), builder.tensor([1]), builder.tensor([1]))
        builder.node(.relu, [x], [y])
        builder.node(.whileLoop, [y], [z])
        builder.node(.custom, [y], [z], custom: "Mine\nOwn")
        let error = #expect(throws: EdgeError.self) { try read(builder.file([x], [z])) }
        #expect(
            error?.line
                == "m.tflite: unknown operators: WHILE (node 1), custom Mine?Own (node 2); docs/operators.md lists what is supported"
        )
    }

    @Test func theFormatIsKnownByItsBytes() throws {
        var builder = TFLiteBuilder()
        let (x, y) = (builder.tensor([1]), builder.tensor([1]))
        builder.node(.relu, [x], [y])
        let graph = try NetworkFile.read(bytes: builder.file([x], [y], subgraphs: 2), name: "anything")
        #expect(graph.nodes.map { type(of: $0.operation).name } == ["relu"])
        let error = #expect(throws: EdgeError.self) { try NetworkFile.read(bytes: [1, 2, 3], name: "m") }
        #expect(error?.line == "m: not an ONNX file, or cut short")
    }
}
