import EdgeFormat
import Inference
import TestSupport
import Testing

private struct DrawnNormalization {
    var model = HandmadeModel()
    let x: ModelTensor
    let y: ModelTensor
    let parameters: GroupNormalizationParameters
    let gamma: [Float]
    let beta: [Float]
    let table: [Int8]
    let values: [Int]

    init(_ seed: UInt64) {
        var draw = Draw(seed)
        let groups = draw.integers(1, 1...4)[0]
        let channels = groups * [1, 3, 8, 9][draw.integers(1, 0...3)[0]]
        let shape = draw.integers(1, 1...3) + draw.integers(2, 1...8) + [channels]
        let isWide = draw.bool()
        let hasTable = draw.bool()
        let isWideOut = !hasTable && draw.bool()
        let border = Border(top: 1, left: 2, bottom: 0, right: 1)
        let input = model.activation(
            isWide ? .int16 : .int8, .input, shape, scale: 0.002, zeroPoint: isWide ? 0 : 9, border: border)
        gamma = draw.reals(channels, 2)
        beta = draw.reals(channels, 1)
        let constants = [model.constant(gamma), model.constant(beta)]
        table = hasTable ? draw.integers(4096, -128...127).map { Int8($0) } : []
        let output = model.activation(
            isWideOut ? .int16 : .int8, .output, shape, scale: isWideOut ? 0.0001 : 0.03,
            zeroPoint: isWideOut ? 0 : -11, bounds: isWideOut ? -30_000...25_000 : -90...80,
            border: draw.bool() ? border : Border())
        parameters = GroupNormalizationParameters(
            groups: groups, epsilon: 1e-5, tableOffset: hasTable ? model.table(table) : nil, activationScale: 0.004)
        model.operation(.groupNormalization, [input] + constants, output, parameters.stored)
        model.graph(inputs: [input], outputs: [output])
        x = model.contents.tensors[input]
        y = model.contents.tensors[output]
        values = draw.integers(x.count, isWide ? -32_767...32_767 : -128...127)
    }

    /// What docs/arithmetic.md says of every element.
    func expected() -> [Int] {
        var results = [Int](repeating: 0, count: y.count)
        let channels = x.shape[3]
        let size = channels / parameters.groups
        let pixels = x.shape[1] * x.shape[2]
        let step = table.isEmpty ? y.scales[0] : parameters.activationScale
        for picture in 0..<x.shape[0] {
            for group in 0..<parameters.groups {
                let places = (0..<pixels).flatMap { pixel in
                    (0..<size).map { (picture * pixels + pixel) * channels + group * size + $0 }
                }
                let q = places.map { values[$0] - x.zeroPoint }
                let n = Float(q.count)
                let spread = q.count * q.reduce(0) { $0 + $1 * $1 } - q.reduce(0, +) * q.reduce(0, +)
                let mean = Float(q.reduce(0, +)) / n
                let variance = Float(spread) / (n * n)
                let inverse = 1 / (variance + parameters.epsilon / (x.scales[0] * x.scales[0])).squareRoot()
                for (place, value) in zip(places, q) {
                    let a = (gamma[place % channels] * inverse) / step
                    let b = beta[place % channels] / step - mean * a
                    results[place] = result(Float(value) * a + b)
                }
            }
        }
        return results
    }

    private func result(_ value: Float) -> Int {
        guard !table.isEmpty else { return rounded(value, y) }
        let index = Int(min(max(value, -2048), 2047).rounded(.toNearestOrEven)) + 2048
        return min(max(Int(table[index]), y.minimum), y.maximum)
    }
}

@Test(arguments: 1...60 as ClosedRange<UInt64>)
func aGroupNormComputesItsDefinition(_ seed: UInt64) throws {
    let drawn = DrawnNormalization(seed)
    #expect(try drawn.model.run([drawn.values]) == [drawn.expected()])
}

/// Four values −3, −1, 1, 3 have mean 0 and variance 5; with ε = 4 in their units r is ⅓.
@Test func aWorkedGroupNorm() throws {
    var model = HandmadeModel()
    let input = model.activation(.int16, .input, [1, 2, 1, 4], scale: 1)
    let gamma = model.constant([3, 3, 6, 6] as [Float])
    let beta = model.constant([0, 10, 0, 10] as [Float])
    let output = model.activation(.int16, .output, [1, 2, 1, 4], scale: 1)
    let parameters = GroupNormalizationParameters(groups: 2, epsilon: 4)
    model.operation(.groupNormalization, [input, gamma, beta], output, parameters.stored)
    model.graph(inputs: [input], outputs: [output])
    let found = try model.run([[-3, -1, 1, 3, 1, 3, -3, -1]])
    #expect(found == [[-3, 9, 2, 16, 1, 13, -6, 8]])
}

@Test func aGroupOfTheMostValuesAllAtTheEndDoesNotOverflow() throws {
    var model = HandmadeModel()
    let shape = [1, 256, 256, 1]
    let input = model.activation(.int16, .input, shape, scale: 1)
    let gamma = model.constant([1] as [Float])
    let beta = model.constant([0] as [Float])
    let output = model.activation(.int16, .output, shape, scale: 0.5)
    model.operation(
        .groupNormalization, [input, gamma, beta], output, GroupNormalizationParameters(groups: 1, epsilon: 1).stored)
    model.graph(inputs: [input], outputs: [output])
    let values = (0..<65_536).map { $0 % 2 == 0 ? 32_767 : -32_767 }
    #expect(try model.run([values]) == [values.map { $0 > 0 ? 2 : -2 }])
}
