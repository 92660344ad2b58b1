import EdgeFormat
import Foundation
import ModelFiles
import ModelGraph
import Testing

/// Recurrent layers of files by worked examples.
@Suite struct TFLiteRecurrentTests {
    /// An LSTM of one cell and one input over two steps.
    private func lstm(_ change: (inout TFLiteBuilder, inout [Int32], inout [Int: FlatValue]) -> Void) -> [UInt8] {
        var builder = TFLiteBuilder()
        let (x, y) = (builder.tensor([1, 2, 1]), builder.tensor([1, 2, 1]))
        var operands: [Int32] = [x]
        for weight: Float in [1, 2, 0.5, -1] { operands.append(builder.constant([1, 1], [weight])) }
        for weight: Float in [0.5, -1, 2, 1] { operands.append(builder.constant([1, 1], [weight])) }
        operands += [-1, -1, -1]
        for bias: Float in [0, 1, 0.25, 0] { operands.append(builder.constant([1], [bias])) }
        operands += [-1, -1, builder.state([1, 1]), builder.state([1, 1]), -1, -1, -1, -1]
        var options: [Int: FlatValue] = [0: .byte(4)]
        change(&builder, &operands, &options)
        builder.node(.lstm, operands, [y], options: (71, options))
        return builder.file([x], [y])
    }

    private func run(_ file: [UInt8], _ x: [Float]) throws -> [Float] {
        let graph = try TFLiteFile.read(bytes: file, name: "m.tflite")
        return try #require(try ReferenceInterpreter(graph).run([.float32(x)])[0].floats)
    }

    private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

    private func expect(_ values: [Float], _ wanted: [Double]) {
        #expect(values.count == wanted.count)
        for (value, wanted) in zip(values, wanted) { #expect(abs(Double(value) - wanted) < 1e-6) }
    }

    @Test func gatesSeeInputAndHiddenState() throws {
        // x = 1: input 1, forget 3, cell 0.75, output −1; x = −2 and h: −2 + h/2, −3 − h, −0.75 + 2h, 2 + h.
        let c = sigmoid(1) * tanh(0.75)
        let h = sigmoid(-1) * tanh(c)
        let next = sigmoid(-3 - h) * c + sigmoid(-2 + h / 2) * tanh(-0.75 + 2 * h)
        expect(try run(lstm { _, _, _ in }, [1, -2]), [h, sigmoid(2 + h) * tanh(next)])
    }

    @Test func withoutAnInputGateWhatIsForgottenIsReplaced() throws {
        let c = (1 - sigmoid(3)) * tanh(0.75)
        let h = sigmoid(-1) * tanh(c)
        let forget = sigmoid(-3 - h)
        let next = forget * c + (1 - forget) * tanh(-0.75 + 2 * h)
        let file = lstm { _, operands, _ in for place in [1, 5, 12] { operands[place] = -1 } }
        expect(try run(file, [1, -2]), [h, sigmoid(2 + h) * tanh(next)])
    }

    @Test func peepholesSeeTheCellBeforeAndBehind() throws {
        let file = lstm { builder, operands, _ in
            for (index, weight) in [Float(1), 2, 3].enumerated() {
                operands[9 + index] = builder.constant([1], [weight])
            }
        }
        let c = sigmoid(1) * tanh(0.75)
        let h = sigmoid(-1 + 3 * c) * tanh(c)
        let next = sigmoid(-3 - h + 2 * c) * c + sigmoid(-2 + h / 2 + c) * tanh(-0.75 + 2 * h)
        expect(try run(file, [1, -2]), [h, sigmoid(2 + h + 3 * next) * tanh(next)])
    }

    @Test func clipsBoundTheCell() throws {
        let c = 0.125
        let h = sigmoid(-1) * tanh(c)
        let next = max(-0.125, sigmoid(-3 - h) * c + sigmoid(-2 + h / 2) * tanh(-0.75 + 2 * h))
        let file = lstm { _, _, options in options[1] = .int(Int32(bitPattern: Float(0.125).bitPattern)) }
        expect(try run(file, [1, -2]), [h, sigmoid(2 + h) * tanh(next)])
    }

    @Test func operandsThatDoNotFitAreRefused() {
        for change: (inout TFLiteBuilder, inout [Int32], inout [Int: FlatValue]) -> Void in [
            { builder, operands, _ in operands[2] = builder.constant([2, 1], [1, 1]) },
            { builder, operands, _ in operands[6] = builder.constant([1, 2], [1, 1]) },
            { _, operands, _ in operands[4] = -1 },
            { _, operands, _ in operands[14] = operands[0] },
            { _, _, options in options[0] = .byte(5) },
            { _, operands, _ in operands = [operands[0]] },
        ] {
            #expect(throws: EdgeError.self) { try TFLiteFile.read(bytes: lstm(change), name: "m.tflite") }
        }
    }

    /// An LSTM of bytes: one cell, one input, one step; weights and input in 2⁻⁴, the hidden state in 2⁻⁷.
    private func integerLSTM(_ weights: [Int8], output zeroPoint: Int64) -> [UInt8] {
        var builder = TFLiteBuilder()
        let x = builder.tensor([1, 1, 1], .int8, scales: [0.0625], zeroPoints: [3])
        let hidden = { (builder: inout TFLiteBuilder, shape: [Int32]) in
            builder.tensor(shape, .int8, scales: [0.0078125], zeroPoints: [zeroPoint])
        }
        var operands: [Int32] = [x]
        for weight in weights + [0, 0, 0, 0] {
            operands.append(
                builder.tensor([1, 1], .int8, data: [UInt8(bitPattern: weight)], scales: [0.0625], zeroPoints: [0]))
        }
        operands += [-1, -1, -1]
        for _ in 0..<4 { operands.append(builder.constant([0])) }
        let state = hidden(&builder, [1, 1])
        builder.tensors[Int(state)][5] = .byte(1)
        let cell = builder.tensor([1, 1], .int16, scales: [1 / 4096], zeroPoints: [0])
        builder.tensors[Int(cell)][5] = .byte(1)
        operands += [-1, -1, state, cell, -1, -1, -1, -1]
        let y = hidden(&builder, [1, 1, 1])
        let inner = [0, 1, 2, 3].map { _ in builder.tensor([0]) } + [hidden(&builder, [0])]
        builder.node(.lstm, operands, [y], options: (71, [0: .byte(4)]), intermediates: inner)
        return builder.file([x], [y])
    }

    @Test func bytesAreComputedInFixedPoint() throws {
        // x = 16 steps above its zero point is 1; weights 4, 0, 2, 4: tanh(σ(4)·tanh 2)·σ(4) = 0.7231, 92.56 steps of 1/128.
        let file = integerLSTM([64, 0, 32, 64], output: -1)
        let graph = try TFLiteFile.read(bytes: file, name: "m.tflite")
        #expect(try ReferenceInterpreter(graph).run([.int8([19])])[0].bytes == [91 + 1])
        #expect(try ReferenceInterpreter(graph).run([.int8([3])])[0].bytes == [-1])
    }
}
