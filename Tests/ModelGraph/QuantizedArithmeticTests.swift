import EdgeFormat
import Foundation
import ModelGraph
import Testing

@Suite struct QuantizedArithmeticTests {
    /// floor(x + 1/2), but to even at exact halves, by comparisons of exact doubles.
    private func halfEven(_ x: Double) -> Int {
        let low = Int(x.rounded(.down))
        let rest = x - Double(low)
        return rest > 0.5 || (rest == 0.5 && low % 2 != 0) ? low + 1 : low
    }

    @Test func convolutionEqualsTheDefinitionWrittenPlainly() throws {
        var random = SeededGenerator(seed: 9)
        for _ in 0..<60 {
            let groups = Int.random(in: 1...2, using: &random)
            let (depth, perGroup) = (Int.random(in: 1...5, using: &random), Int.random(in: 1...4, using: &random))
            let (height, width) = (Int.random(in: 3...7, using: &random), Int.random(in: 3...7, using: &random))
            let kernel = Extent(Int.random(in: 1...3, using: &random), Int.random(in: 1...3, using: &random))
            let operation = Convolution(
                strides: Extent(Int.random(in: 1...3, using: &random), Int.random(in: 1...2, using: &random)),
                padding: Padding(top: 1, left: 0, bottom: 2, right: 1),
                dilations: Extent(Int.random(in: 1...2, using: &random), 1), groups: groups,
                activation: Bool.random(using: &random) ? .relu : .clip(minimum: -0.3, maximum: 0.7))
            let (channels, outputs) = (depth * groups, perGroup * groups)
            let x = random.bytes(height * width * channels)
            let w = random.bytes(outputs * kernel.height * kernel.width * depth)
            let bias = (0..<outputs).map { _ in Int32.random(in: -5000...5000, using: &random) }
            let scales = (0..<outputs).map { _ in Float.random(in: 0.001...0.02, using: &random) }
            let input = Quantization(scale: 0.031, zeroPoint: Int32.random(in: -128...127, using: &random))
            let output = Quantization(scale: 0.047, zeroPoint: Int32.random(in: -128...127, using: &random))
            let result = try evaluate(
                operation,
                [
                    (TensorType(.int8, [1, height, width, channels], quantization: input), .int8(x)),
                    (
                        TensorType(
                            .int8, [outputs, kernel.height, kernel.width, depth],
                            quantization: Quantization(scales: scales, axis: 0)), .int8(w)
                    ),
                    (TensorType(.int32, [outputs]), .int32(bias)),
                ], to: output)
            let bounds = operation.activation.bounds(output)
            var wanted: [Int8] = []
            for y in 0..<result.type.shape[1] {
                for column in 0..<result.type.shape[2] {
                    for o in 0..<outputs {
                        var sum = Int(bias[o])
                        for ky in 0..<kernel.height {
                            for kx in 0..<kernel.width {
                                let row = y * operation.strides.height - 1 + ky * operation.dilations.height
                                let place = column * operation.strides.width + kx
                                guard row >= 0, row < height, place < width else { continue }
                                for c in 0..<depth {
                                    let q = Int(x[(row * width + place) * channels + o / perGroup * depth + c])
                                    let weight = Int(w[((o * kernel.height + ky) * kernel.width + kx) * depth + c])
                                    sum += (q - Int(input.zeroPoint)) * weight
                                }
                            }
                        }
                        let scale = (input.scales[0] * scales[o]) / output.scales[0]
                        let q = halfEven(Double(Float(sum) * scale)) + Int(output.zeroPoint)
                        wanted.append(Int8(min(max(q, Int(bounds.minimum)), Int(bounds.maximum))))
                    }
                }
            }
            #expect(result.data == .int8(wanted))
        }
    }

    @Test func denseIsAConvolutionOfOnePixel() throws {
        var random = SeededGenerator(seed: 4)
        let (x, w) = (random.bytes(37), random.bytes(11 * 37))
        let weights = Quantization(scale: 0.01, zeroPoint: 0)
        let input = Quantization(scale: 0.02, zeroPoint: -7)
        let output = Quantization(scale: 0.3, zeroPoint: 5)
        let dense = try evaluate(
            Dense(activation: .relu),
            [
                (TensorType(.int8, [1, 37], quantization: input), .int8(x)),
                (TensorType(.int8, [11, 37], quantization: weights), .int8(w)),
            ], to: output)
        let convolution = try evaluate(
            Convolution(activation: .relu),
            [
                (TensorType(.int8, [1, 1, 1, 37], quantization: input), .int8(x)),
                (TensorType(.int8, [11, 1, 1, 37], quantization: weights), .int8(w)),
            ], to: output)
        #expect(dense.data == convolution.data)
        #expect(dense.data.bytes?.min() ?? 0 >= 5)
    }

    @Test(arguments: [
        (6, 4, 2), (-6, 4, -2), (5, 4, 1), (-5, 4, -1), (7, 4, 2), (-127 * 4, 4, -127), (3, 2, 2), (-3, 2, -2),
    ])
    func averagePoolRoundsHalvesAwayFromZero(sum: Int, count: Int, mean: Int) throws {
        var x = [Int8](repeating: Int8(sum / count), count: count)
        x[0] += Int8(sum - sum / count * count)
        let type = TensorType(.int8, [1, 1, count, 1], quantization: Quantization(scale: 0.5, zeroPoint: 9))
        let pool = AveragePool(window: Extent(1, count), strides: .one)
        #expect(try evaluate(pool, [(type, .int8(x))], to: type.quantization).data == .int8([Int8(mean)]))
    }

    @Test func averagePoolChangesScales() throws {
        let type = TensorType(.int8, [1, 1, 2, 1], quantization: Quantization(scale: 1, zeroPoint: 10))
        let pool = AveragePool(window: Extent(1, 2), strides: .one)
        // (20 - 10 + 15 - 10) / 2 = 7.5 in steps of 3: 2.5, to even 2, and the zero point -1.
        let output = Quantization(scale: 3, zeroPoint: -1)
        #expect(try evaluate(pool, [(type, .int8([20, 15]))], to: output).data == .int8([1]))
    }

    @Test func paddingOfAnAverageCountsOnlyWhenAsked() throws {
        let type = TensorType(.int8, [1, 1, 2, 1], quantization: Quantization(scale: 1, zeroPoint: 10))
        var pool = AveragePool(
            window: Extent(1, 2), strides: Extent(1, 2), padding: Padding(top: 0, left: 1, bottom: 0, right: 1))
        #expect(try evaluate(pool, [(type, .int8([20, 30]))], to: type.quantization).data == .int8([20, 30]))
        pool.countsPadding = true
        #expect(try evaluate(pool, [(type, .int8([20, 30]))], to: type.quantization).data == .int8([15, 20]))
    }

    @Test func maxPoolNeverReadsItsBorder() throws {
        let type = TensorType(.int8, [1, 1, 1, 1], quantization: Quantization(scale: 1, zeroPoint: 10))
        let pool = MaxPool(window: Extent(2, 2), strides: .one, padding: Padding(top: 1, left: 1, bottom: 0, right: 0))
        #expect(try evaluate(pool, [(type, .int8([-100]))], to: type.quantization).data == .int8([-100]))
    }

    @Test func softmaxUsesTheIntegerTable() throws {
        let table = Softmax.exponentials(scale: 0.1)
        #expect(table[0] == 8_388_608)
        #expect(table[1] == Int32((8_388_608 * exp(-Double(Float(0.1)))).rounded()))
        #expect(table.count == 256 && table[255] >= 0)
        let type = TensorType(.int8, [2, 3], quantization: Quantization(scale: 0.1, zeroPoint: -3))
        let output = Quantization(scale: 1.0 / 256, zeroPoint: -128)
        let result = try evaluate(Softmax(), [(type, .int8([10, 20, 30, -128, 127, -128]))], to: output).data
        // softmax(1, 2, 3) = 0.0900, 0.2447, 0.6652 in steps of 1/256; the second row is all in one place.
        #expect(result == .int8([-105, -65, 42, -128, 127, -128]))
    }

    @Test func tablesAreTheFunctionsRounded() throws {
        let input = Quantization(scale: 0.05, zeroPoint: 4)
        let output = Quantization(scale: 1.0 / 256, zeroPoint: -128)
        let table = Sigmoid().table(from: input, to: output)
        #expect(table.entries[128 + 4] == 0)
        #expect(table.entries == table.entries.sorted())
        let x = (-128...127).map { Int8($0) }
        let type = TensorType(.int8, [256], quantization: input)
        #expect(try evaluate(table, [(type, .int8(x))], to: output).data == .int8(table.entries))
        #expect(try evaluate(Sigmoid(), [(type, .int8(x))], to: output).data == .int8(table.entries))
        let relu = try evaluate(ReLU(), [(type, .int8(x))], to: input).data
        #expect(relu == .int8(x.map { max($0, 4) }))
    }

    @Test func quantizingRoundsHalvesToEvenAndSaturates() {
        let quantization = Quantization(scale: 2, zeroPoint: 1)
        let given: [Float] = [1, 3, 5, -1, -3, 1e30, -1e30, .infinity, .nan]
        #expect(given.map { quantization.quantize($0) } == [1, 3, 3, 1, -1, 127, -128, 127, 1])
        #expect(quantization.dequantize(-128) == -258)
    }

    @Test func padWritesTheQuantizedValue() throws {
        let type = TensorType(.int8, [1, 2, 1, 1], quantization: Quantization(scale: 0.5, zeroPoint: 7))
        let pad = Pad(before: [0, 1, 0, 0], after: [0, 0, 2, 0])
        let result = try evaluate(pad, [(type, .int8([1, 2]))], to: type.quantization)
        #expect(result.type.shape == [1, 3, 3, 1])
        #expect(result.data == .int8([7, 7, 7, 1, 7, 7, 2, 7, 7]))
    }

    @Test func movingBytesCannotChangeTheirMeaning() throws {
        let type = TensorType(.int8, [1, 2, 2, 1], quantization: Quantization(scale: 0.5, zeroPoint: 7))
        #expect(throws: EdgeError.self) {
            try evaluate(Flatten(), [(type, .int8([1, 2, 3, 4]))], to: Quantization(scale: 0.25, zeroPoint: 7))
        }
    }
}
