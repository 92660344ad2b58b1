import EdgeFormat
import Inference
import TestSupport
import Testing

/// A drawn convolution with 8 or 16 bits anywhere, several pictures, borders, and perhaps an addend.
private struct DrawnConvolution {
    var model = HandmadeModel()
    let x: ModelTensor
    let y: ModelTensor
    let addend: ModelTensor?
    let weights: [Int]
    let window: (Int, Int)
    let groupChannels: Int
    let parameters: ConvolutionParameters
    let bias: [Int]
    let scales: [Float]
    /// Of each channel.
    let upper: [Int]
    var inputs: [[Int]]

    init(_ seed: UInt64) {
        var draw = Draw(seed)
        let pictures = draw.integers(1, 1...3)[0]
        let size = draw.integers(2, 1...(seed % 7 == 0 ? 140 : 9))
        var channels = (draw.integers(1, 1...9)[0], [1, 5, 16, 17, 40][draw.integers(1, 0...4)[0]])
        // Groups of one channel and one or more outputs, or of several, of which some share a panel.
        var groups = 1
        if seed % 2 == 0 {
            groups = [2, 3, 4, 17, 20][draw.integers(1, 0...4)[0]]
            let isDepthwise = seed % 4 == 0
            channels = (
                groups * (isDepthwise ? 1 : [2, 3, 5][draw.integers(1, 0...2)[0]]),
                groups * [1, 1, 2, 3, 17][draw.integers(1, 0...4)[0]]
            )
        }
        groupChannels = channels.0 / groups
        window = (draw.integers(1, 1...3)[0], draw.integers(1, 1...3)[0])
        let margin = draw.integers(4, 0...2)
        let border = Border(top: margin[0], left: margin[1], bottom: margin[2] + 2, right: margin[3] + 2)
        let steps = draw.integers(4, 1...2)
        parameters = ConvolutionParameters(
            strideY: steps[0], strideX: steps[1],
            padding: Border(top: margin[0], left: margin[1], bottom: border.bottom, right: border.right),
            dilationY: seed % 3 == 0 ? steps[2] : 1, dilationX: seed % 3 == 0 ? steps[3] : 1,
            groups: groups)
        let (dilationY, dilationX) = (parameters.dilationY, parameters.dilationX)
        let height = (size[0] + margin[0] + border.bottom - (window.0 - 1) * dilationY - 1) / steps[0] + 1
        let width = (size[1] + margin[1] + border.right - (window.1 - 1) * dilationX - 1) / steps[1] + 1
        let types: [ModelElement] = [.int8, .int16]
        let inputType = types[draw.bool() ? 1 : 0]
        let outputType = types[draw.bool() ? 1 : 0]
        let input = model.activation(
            inputType, .input, [pictures, size[0], size[1], channels.0], scale: 0.03,
            zeroPoint: inputType == .int8 ? -7 : 0, border: border)
        scales = draw.integers(channels.1, 1...9).map { Float($0) / 1000 }
        weights = draw.integers(channels.1 * window.0 * window.1 * groupChannels, -128...127)
        bias = draw.integers(channels.1, -5000...5000)
        let wide = model.constant(
            weights.map { Int8($0) }, [channels.1, window.0, window.1, groupChannels], scales: scales)
        let biases = model.constant(bias.map { Int32($0) })
        inputs = [
            draw.integers(pictures * size[0] * size[1] * channels.0, inputType == .int8 ? -128...127 : -900...900)
        ]
        var operands = [input, wide, biases]
        var ends = [input]
        // Without an addend 8 bits go to 8 bits by kernels of their own.
        if draw.bool() {
            let isRow = draw.bool()
            let type = types[draw.bool() ? 1 : 0]
            let shape = isRow ? [pictures, channels.1] : [pictures, height, width, channels.1]
            let operand = model.activation(
                type, .input, shape, scale: 0.011, zeroPoint: type == .int8 ? 12 : 0,
                border: isRow ? Border() : Border(top: 1, left: 0, bottom: 2, right: 1))
            operands.append(operand)
            ends.append(operand)
            inputs.append(draw.integers(shape.reduce(1, *), type == .int8 ? -128...127 : -3000...3000))
        }
        let output = model.activation(
            outputType, .output, [pictures, height, width, channels.1], scale: outputType == .int8 ? 0.4 : 0.004,
            zeroPoint: outputType == .int8 ? 3 : 0, bounds: outputType == .int8 ? -100...90 : -20_000...20_001,
            border: Border(top: 1, left: 2, bottom: 0, right: 1))
        let kind: OperationKind = operands.count == 4 ? .convolutionAddition : .convolution
        addend = operands.count == 4 ? model.contents.tensors[operands[3]] : nil
        let range = outputType == .int8 ? -100...90 : -20_000...20_001
        if draw.bool() {
            upper = draw.integers(channels.1, range)
            operands.append(
                outputType == .int8
                    ? model.constant(upper.map { Int8($0) }, [upper.count], scales: [])
                    : model.constant(upper.map { Int16($0) }, [upper.count], scale: nil))
        } else {
            upper = [Int](repeating: range.upperBound, count: channels.1)
        }
        model.operation(kind, operands, output, parameters.stored)
        model.graph(inputs: ends, outputs: [output])
        x = model.contents.tensors[input]
        y = model.contents.tensors[output]
    }

    /// What docs/arithmetic.md says of every element.
    func expected() -> [Int] {
        var results: [Int] = []
        for index in 0..<y.count {
            let n = index % y.shape[3]
            let column = index / y.shape[3] % y.shape[2]
            let row = index / y.shape[3] / y.shape[2] % y.shape[1]
            let picture = index / y.shape[3] / y.shape[2] / y.shape[1]
            let m = (x.scales[0] * scales[n]) / y.scales[0]
            var value = Float(sum(n, picture, row, column)) * m
            if let addend {
                let place = addend.shape.count == 2 ? picture * y.shape[3] + n : index
                value = value + Float(inputs[1][place] - addend.zeroPoint) * (addend.scales[0] / y.scales[0])
            }
            results.append(min(rounded(value, y), upper[n]))
        }
        return results
    }

    private func sum(_ n: Int, _ picture: Int, _ row: Int, _ column: Int) -> Int {
        var sum = bias[n]
        for ky in 0..<window.0 {
            for kx in 0..<window.1 {
                let iy = row * parameters.strideY - parameters.padding.top + ky * parameters.dilationY
                let ix = column * parameters.strideX - parameters.padding.left + kx * parameters.dilationX
                guard (0..<x.shape[1]).contains(iy), (0..<x.shape[2]).contains(ix) else { continue }
                let pixel = ((picture * x.shape[1] + iy) * x.shape[2] + ix) * x.shape[3]
                let first = n / (y.shape[3] / parameters.groups) * groupChannels
                for c in 0..<groupChannels {
                    let value = inputs[0][pixel + first + c]
                    sum += (value - x.zeroPoint) * weights[((n * window.0 + ky) * window.1 + kx) * groupChannels + c]
                }
            }
        }
        return sum
    }
}

@Test(arguments: 1...120 as ClosedRange<UInt64>)
func aConvolutionOfAnyBitsComputesItsDefinition(_ seed: UInt64) throws {
    let drawn = DrawnConvolution(seed)
    #expect(try drawn.model.run(drawn.inputs) == [drawn.expected()])
}

@Test func aDenseLayerOfSixteenBitsComputesEachOfItsRows() throws {
    var model = HandmadeModel()
    let input = model.activation(.int16, .input, [3, 2], scale: 0.5)
    let weights = model.constant([Int8](arrayLiteral: 1, 2, -3, 4, 0, 127), [3, 2], scales: [1, 0.5, 2])
    let bias = model.constant([Int32](arrayLiteral: 10, -1, 0))
    let output = model.activation(.int8, .output, [3, 3], scale: 2, zeroPoint: 1)
    model.operation(.dense, [input, weights, bias], output)
    model.graph(inputs: [input], outputs: [output])
    // m = 0.25, 0.125, 0.5; halves go to the even neighbour.
    let found = try model.run([[4, 2, -400, 32_767, 0, -1]])
    #expect(found == [[5, 0, 127, 127, 127, 127, 3, 0, -63]])
}

@Test func anEightBitDenseLayerComputesEachOfItsRows() throws {
    var model = HandmadeModel()
    let input = model.activation(.int8, .input, [2, 3], scale: 1, zeroPoint: 5)
    let weights = model.constant([Int8](arrayLiteral: 1, 1, 1, 2, 0, -2), [2, 3])
    let bias = model.constant([Int32](arrayLiteral: 100, 0))
    let output = model.activation(.int8, .output, [2, 2], scale: 1, zeroPoint: -3)
    model.operation(.dense, [input, weights, bias], output)
    model.graph(inputs: [input], outputs: [output])
    #expect(try model.run([[5, 6, 7, -5, 15, 10]]) == [[100, -7, 102, -33]])
}

@Test func aDenseLayersChannelsHaveUpperBoundsOfTheirOwn() throws {
    var model = HandmadeModel()
    let input = model.activation(.int8, .input, [2, 1], scale: 1)
    let weights = model.constant([Int8](repeating: 1, count: 20), [20, 1])
    let bias = model.constant([Int32](repeating: 0, count: 20))
    let bounds = model.constant((0..<20).map { Int8($0 * 5) }, [20], scales: [])
    let output = model.activation(.int8, .output, [2, 20], scale: 1, bounds: -7...100)
    model.operation(.dense, [input, weights, bias, bounds], output)
    model.graph(inputs: [input], outputs: [output])
    let expected = (0..<20).map { min($0 * 5, 42) } + [Int](repeating: -7, count: 20)
    #expect(try model.run([[42, -90]]) == [expected])
}

@Test func anInputOfSixteenBitsHasALimitOfItsOwn() throws {
    func refusal(_ type: ModelElement, _ bias: Int32) -> String? {
        var model = HandmadeModel()
        let input = model.activation(type, .input, [1, 600])
        let weights = model.constant([Int8](repeating: -128, count: 600), [1, 600], scales: [1e-6])
        let biases = model.constant([bias])
        let output = model.activation(.int16, .output, [1, 1])
        model.operation(.dense, [input, weights, biases], output)
        model.graph(inputs: [input], outputs: [output])
        return model.refusal()
    }
    // 32,767 · 76,800 passes 2^31, 255 · 76,800 does not.
    #expect(refusal(.int8, 0) == nil)
    #expect(refusal(.int16, 0)?.contains("32 bits") == true)
}
