import EdgeFormat
import Foundation
import ModelGraph
import Testing

/// The integer arithmetic of 16 bits, sums of two scales, norms and time embeddings, against docs/arithmetic.md written
/// out a second time.
@Suite struct WideArithmeticTests {
    /// The nearest integer, ties to even, by comparisons of exact doubles.
    private func halfEven(_ x: Float) -> Int {
        let low = Int(Double(x).rounded(.down))
        let rest = Double(x) - Double(low)
        return rest > 0.5 || (rest == 0.5 && low % 2 != 0) ? low + 1 : low
    }

    private func bounded(_ y: Float, _ zeroPoint: Int32, wide: Bool) -> Int {
        let (low, high) = wide ? (-32767, 32767) : (-128, 127)
        if y.isNaN { return low }
        if y >= 1e6 { return high }
        if y <= -1e6 { return low }
        return min(max(halfEven(y) + Int(zeroPoint), low), high)
    }

    private func type(_ wide: Bool, _ shape: [Int], _ scale: Float, _ zeroPoint: Int32) -> TensorType {
        TensorType(
            wide ? .int16 : .int8, shape, quantization: Quantization(scale: scale, zeroPoint: wide ? 0 : zeroPoint))
    }

    private func data(_ wide: Bool, _ count: Int, _ random: inout SeededGenerator) -> TensorData {
        wide
            ? .int16((0..<count).map { _ in Int16.random(in: -32767...32767, using: &random) })
            : .int8(random.bytes(count))
    }

    private func integers(_ data: TensorData) -> [Int] {
        data.bytes?.map { Int($0) } ?? data.words?.map { Int($0) } ?? []
    }

    private let widths = [(false, false), (false, true), (true, false), (true, true)]

    @Test func convolutionsOfEveryWidthWithAndWithoutAddends() throws {
        var random = SeededGenerator(seed: 31)
        for (wideIn, wideOut) in widths {
            for (wideAddend, isRow) in widths {
                let (n, side, depth, outputs) = (2, 4, 3, 5)
                let input = type(wideIn, [n, side, side, depth], wideIn ? 0.0002 : 0.03, 11)
                let x = data(wideIn, input.count, &random)
                let w = random.bytes(outputs * 9 * depth)
                let scales = (0..<outputs).map { _ in Float.random(in: 0.001...0.01, using: &random) }
                let bias = (0..<outputs).map { _ in Int32.random(in: -40000...40000, using: &random) }
                let addend = type(wideAddend, isRow ? [n, outputs] : [n, side, side, outputs], 0.003, -20)
                let a = data(wideAddend, addend.count, &random)
                let output = type(wideOut, [n, side, side, outputs], wideOut ? 0.004 : 0.07, 9)
                let convolution = Convolution(padding: Padding(1), activation: .clip(minimum: -2.1, maximum: 1e9))
                let linear: [(type: TensorType, data: TensorData)] = [
                    (input, x),
                    (
                        TensorType(
                            .int8, [outputs, 3, 3, depth], quantization: Quantization(scales: scales, axis: 0)),
                        .int8(w)
                    ),
                    (TensorType(.int32, [outputs]), .int32(bias)),
                ]
                let plain = try convolution.evaluate(linear, outputs: [output])[0]
                let sum = try ConvolutionAddition(convolution: convolution).evaluate(
                    linear + [(addend, a)], outputs: [output])[0]
                #expect(plain.elementType == output.element && sum.elementType == output.element)
                let q = integers(x)
                let lowest = wideOut ? -525 : -30 + 9
                for index in 0..<output.count {
                    let (pixel, o) = (index / outputs, index % outputs)
                    let (image, row, column) = (pixel / 16, pixel / 4 % 4, pixel % 4)
                    var exact = Int(bias[o])
                    for ky in 0..<3 {
                        for kx in 0..<3 where (0..<4).contains(row + ky - 1) && (0..<4).contains(column + kx - 1) {
                            for c in 0..<depth {
                                let place = ((image * 4 + row + ky - 1) * 4 + column + kx - 1) * depth + c
                                let weight = Int(w[((o * 3 + ky) * 3 + kx) * depth + c])
                                exact += (q[place] - (wideIn ? 0 : 11)) * weight
                            }
                        }
                    }
                    let m = ((wideIn ? Float(0.0002) : 0.03) * scales[o]) / (wideOut ? Float(0.004) : 0.07)
                    let f = Float(exact) * m
                    let z: Int32 = wideOut ? 0 : 9
                    #expect(integers(plain)[index] == max(bounded(f, z, wide: wideOut), lowest))
                    let value = integers(a)[isRow ? image * outputs + o : index] - (wideAddend ? 0 : -20)
                    let g = Float(value) * (Float(0.003) / (wideOut ? Float(0.004) : 0.07))
                    #expect(integers(sum)[index] == max(bounded(f + g, z, wide: wideOut), lowest))
                }
            }
        }
    }

    @Test func denseIsAConvolutionOfOnePixelInSixteenBitsAndBatches() throws {
        var random = SeededGenerator(seed: 4)
        let (x, w) = (data(true, 3 * 37, &random), random.bytes(11 * 37))
        let output = type(true, [3, 11], 0.3, 0)
        func inputs(_ shape: [Int], _ weights: [Int]) -> [(type: TensorType, data: TensorData)] {
            [
                (type(true, shape, 0.002, 0), x),
                (TensorType(.int8, weights, quantization: Quantization(scale: 0.01, zeroPoint: 0)), .int8(w)),
            ]
        }
        let dense = try Dense(activation: .relu).evaluate(inputs([3, 37], [11, 37]), outputs: [output])
        let convolution = try Convolution(activation: .relu).evaluate(
            inputs([3, 1, 1, 37], [11, 1, 1, 37]), outputs: [type(true, [3, 1, 1, 11], 0.3, 0)])
        #expect(dense == convolution)
        #expect(dense[0].words?.min() == 0)
    }

    @Test func rescalingAndAdditionRoundOnceAndCut() throws {
        var random = SeededGenerator(seed: 12)
        for (wideIn, wideOut) in widths {
            for wideOther in [false, true] {
                let (a, b) = (type(wideIn, [200], 0.011, 3), type(wideOther, [200], 0.0007, -5))
                let output = type(wideOut, [200], wideOut ? 0.0013 : 0.09, -30)
                let (x, y) = (data(wideIn, 200, &random), data(wideOther, 200, &random))
                let scale: Float = wideOut ? 0.0013 : 0.09
                let z: Int32 = wideOut ? 0 : -30
                let rescaled = try Rescale().evaluate([(a, x)], outputs: [output])[0]
                let sums = try Addition().evaluate([(a, x), (b, y)], outputs: [output])[0]
                for index in 0..<200 {
                    let f = Float(integers(x)[index] - (wideIn ? 0 : 3)) * (Float(0.011) / scale)
                    let g = Float(integers(y)[index] - (wideOther ? 0 : -5)) * (Float(0.0007) / scale)
                    #expect(integers(rescaled)[index] == bounded(f, z, wide: wideOut))
                    #expect(integers(sums)[index] == bounded(f + g, z, wide: wideOut))
                }
            }
        }
    }

    @Test func aNaNBecomesTheLowerBound() throws {
        // Infinity less infinity, from scales that are allowed one by one.
        let (a, b) = (type(false, [2], 3e38, 0), type(false, [2], 3e38, 0))
        let output = type(false, [2], 1e-38, 7)
        let sums = try Addition().evaluate([(a, .int8([1, 1])), (b, .int8([-1, 1]))], outputs: [output])
        #expect(sums == [.int8([-128, 127])])
    }

    @Test func roundingKeepsToTheBoundsOfAFusedActivation() throws {
        let output = type(false, [1], 0.5, 10)
        let round = try Rounding(to: output, activation: .clip(minimum: -1, maximum: 2))
        #expect(
            [-9, -2.5, -1.5, 0.5, 1.5, 3.5, 99, .infinity, .nan].map { round($0) } == [8, 8, 8, 10, 12, 14, 14, 14, 8])
        #expect(throws: EdgeError.self) { try Rounding(to: TensorType(.int8, [1])) }
        #expect(throws: EdgeError.self) {
            try Rounding(to: TensorType(.float32, [1], quantization: output.quantization))
        }
    }

    @Test(arguments: [false, true], [false, true])
    func groupNormsAreTheWrittenSteps(wide: Bool, hasTable: Bool) throws {
        var random = SeededGenerator(seed: 51)
        let (pixels, channels, groups) = (12, 6, 2)
        let scale: Float = wide ? 0.0004 : 0.02
        let input = type(wide, [2, 3, 4, channels], scale, 17)
        let x = data(wide, input.count, &random)
        let gamma = (0..<channels).map { _ in Float.random(in: -2...2, using: &random) }
        let beta = (0..<channels).map { _ in Float.random(in: -1...1, using: &random) }
        let norm = GroupNormalization(
            groups: groups, epsilon: 1e-5, activation: hasTable ? .silu : .none, activationScale: hasTable ? 0.003 : 0)
        for wideOut in hasTable ? [false] : [false, true] {
            let output = type(wideOut, input.shape, wideOut ? 0.0003 : 0.03, -40)
            let result = try norm.evaluate(
                [
                    (input, x), (TensorType(.float32, [channels]), .float32(gamma)),
                    (TensorType(.float32, [channels]), .float32(beta)),
                ], outputs: [output])[0]
            #expect(result.elementType == output.element)
            let steps: Float = hasTable ? 0.003 : wideOut ? 0.0003 : 0.03
            let q = integers(x).map { $0 - (wide ? 0 : 17) }
            for index in 0..<input.count {
                let (image, channel) = (index / (pixels * channels), index % channels)
                let members = (0..<pixels * channels).filter { $0 % channels / 3 == channel / 3 }
                    .map { q[image * pixels * channels + $0] }
                let (n, sum) = (members.count, members.reduce(0, +))
                let spread = n * members.reduce(0) { $0 + $1 * $1 } - sum * sum
                let variance = Float(spread) / (Float(n) * Float(n))
                let r = 1 / (variance + Float(1e-5) / (scale * scale)).squareRoot()
                let a = (gamma[channel] * r) / steps
                let b = beta[channel] / steps - (Float(sum) / Float(n)) * a
                let y = Float(q[index]) * a + b
                if hasTable {
                    let argument = Float(0.003) * Float(min(max(halfEven(y), -2048), 2047))
                    let silu = Float(Double(argument) / (1 + exp(-Double(argument))))
                    #expect(integers(result)[index] == bounded(silu / 0.03, -40, wide: false))
                } else {
                    #expect(integers(result)[index] == bounded(y, wideOut ? 0 : -40, wide: wideOut))
                }
            }
        }
    }

    @Test func aGroupOfOneValueHasNoSpread() throws {
        let input = type(false, [1, 2, 2, 1], 0.1, 5)
        let row = TensorType(.float32, [1])
        let result = try GroupNormalization(groups: 1, epsilon: 1e-5).evaluate(
            [(input, .int8([33, 33, 33, 33])), (row, .float32([2])), (row, .float32([0.5]))],
            outputs: [type(false, [1, 2, 2, 1], 0.1, -1)])
        #expect(result == [.int8([4, 4, 4, 4])])
    }

    @Test func interpolatedTablesHitTheirPointsAndTheLinesBetween() throws {
        let (input, output) = (Quantization(scale: 0.0005, zeroPoint: 0), Quantization(scale: 0.0004, zeroPoint: 0))
        let table = SiLU().interpolatedTable(from: input, to: output)
        #expect(table.entries.count == 1025)
        let x = (-32768...32767).map { Int16($0) }
        let type = TensorType(.int16, [x.count], quantization: input)
        let y = try evaluate(table, [(type, .int16(x))], to: output).data
        #expect(try evaluate(SiLU(), [(type, .int16(x))], to: output).data == y)
        let words = try #require(y.words)
        for (q, word) in zip(x, words) {
            let (k, f) = ((Int(q) + 32768) / 64, (Int(q) + 32768) % 64)
            let line = Int(table.entries[k]) * (64 - f) + Int(table.entries[k + 1]) * f + 32
            #expect(Int(word) == Int((Double(line) / 64).rounded(.down)))
            // Only where the line's end is cut does it leave the function.
            guard table.entries[k + 1] < 32767 else { continue }
            let real = Double(q) * 0.0005
            #expect(abs(Double(word) * 0.0004 - real / (1 + exp(-real))) < 0.0005)
        }
    }

    @Test func timeEmbeddingsAreIntegersNearTheSinus() throws {
        let frequencies = (0..<16).map { Float(pow(10000, -Double($0) / 16)) }
        let sinusoid = Sinusoid(frequencies: frequencies)
        let times: [Int32] = [0, 1, 17, 500, 999]
        let output = TensorType(.int16, [5, 32], quantization: Sinusoid.quantization)
        let words = try #require(
            sinusoid.evaluate([(TensorType(.int32, [5]), .int32(times))], outputs: [output])[0].words)
        let reals = try #require(
            evaluate(sinusoid, [(TensorType(.int64, [5]), .int64(times.map { Int64($0) }))]).data.floats)
        #expect(zip(words, reals).allSatisfy { abs(Float($0) / 32768 - $1) < 5e-5 })
        #expect(Array(words[..<32]) == [Int16](repeating: 0, count: 16) + [Int16](repeating: 32767, count: 16))
        let table = Sinusoid.sineTable
        #expect(table.count == 1025 && table[256] == 1 << 30 && table[768] == -1 << 30 && table[128] == 759_250_125)
        #expect(sinusoid.phaseSteps[0] == 683_565_276)  // 2³² / 2π
        // Phase by phase as written: time 17, frequency 3.
        let phase = (17 * UInt64(sinusoid.phaseSteps[3])) % (1 << 32)
        func sine(_ phase: UInt64) -> Int {
            let (i, f) = (Int(phase / (1 << 22)), Int(phase % (1 << 22)))
            return Int(table[i]) + ((Int(table[i + 1]) - Int(table[i])) * f) >> 22
        }
        #expect(Int(words[64 + 3]) == (sine(phase) + 16384) >> 15)
        #expect(Int(words[64 + 19]) == (sine((phase + 1 << 30) % (1 << 32)) + 16384) >> 15)
    }

    @Test func wordsAreQuantizedWithinTheirBounds() {
        let quantization = Quantization(scale: 2, zeroPoint: 0)
        let given: [Float] = [1, 3, 5, -1, -3, 1e30, -1e30, .infinity, .nan]
        #expect(given.map { quantization.quantize(word: $0) } == [0, 2, 2, 0, -2, 32767, -32767, 32767, 0])
        #expect(quantization.dequantize(word: -300) == -600)
    }
}
