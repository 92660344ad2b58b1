import EdgeFormat
import Inference
import TestSupport
import Testing

@Test func anInterpolatedTableIsStraightBetweenItsEntries() throws {
    var model = HandmadeModel()
    let input = model.activation(.int16, .input, [2, 4], scale: 1)
    let output = model.activation(.int16, .output, [2, 4], scale: 1, bounds: -32_767...30_000)
    // E[k] is −k: at x = 64·k − 32768 + f it is −(k + f/64), with halves upwards.
    let table = model.table((0...1024).map { Int16(-$0) })
    model.operation(.interpolatedTable, [input], output, InterpolatedTableParameters(offset: table).stored)
    model.graph(inputs: [input], outputs: [output])
    let found = try model.run([[-32_767, -32_704, 0, 31, 32, 33, 64, 32_767]])
    #expect(found == [[0, -1, -512, -512, -512, -513, -513, -1024]])
}

@Test func anInterpolatedTableMayWorkInPlace() throws {
    var model = HandmadeModel()
    let input = model.activation(.int16, .input, [1, 3], scale: 1)
    let output = model.activation(.int16, .output, [1, 3], scale: 1)
    model.contents.tensors[output].home = model.contents.tensors[input].home
    let table = model.table((0...1024).map { Int16(max(-32_767, min(32_767, 64 * $0 - 32_768))) })
    model.operation(.interpolatedTable, [input], output, InterpolatedTableParameters(offset: table).stored)
    model.graph(inputs: [input], outputs: [output])
    #expect(try model.run([[-5, 0, 32_000]]) == [[-5, 0, 32_000]])
}

@Test func rescalingRoundsHalvesToEvenAndCutsToTheBounds() throws {
    var model = HandmadeModel()
    let border = Border(top: 1, left: 1, bottom: 1, right: 1)
    let input = model.activation(.int16, .input, [2, 1, 3, 1], scale: 0.5, border: border)
    let output = model.activation(.int8, .output, [2, 1, 3, 1], scale: 1, zeroPoint: 10, bounds: -20...30)
    model.operation(.rescale, [input], output)
    model.graph(inputs: [input], outputs: [output])
    #expect(try model.run([[1, 3, -5, 32_767, -32_767, 4]]) == [[10, 12, 8, 30, -20, 12]])
}

@Test func rescalingWidensEightBits() throws {
    var model = HandmadeModel()
    let input = model.activation(.int8, .input, [3], scale: 1, zeroPoint: -128)
    let output = model.activation(.int16, .output, [3], scale: 0.25)
    model.operation(.rescale, [input], output)
    model.graph(inputs: [input], outputs: [output])
    #expect(try model.run([[-128, 0, 127]]) == [[0, 512, 1020]])
}

@Test func arithmeticBroadcastsAcrossBordersAndConstants() throws {
    var draw = Draw(12)
    let border = Border(top: 1, left: 0, bottom: 2, right: 1)
    let shapes: [([Int], [Int])] = [
        ([2, 3, 5, 19], [2, 1, 1, 19]), ([2, 3, 5, 19], [19]), ([2, 1, 5, 1], [2, 3, 1, 19]),
        ([2, 3, 5, 1], [2, 3, 5, 19]),
        ([5, 19], [2, 3, 5, 19]), ([2, 3, 5, 19], []), ([2, 3, 5, 19], [2, 3, 5, 19]), ([2, 60, 40, 3], [1]),
    ]
    for (index, (a, b)) in shapes.enumerated() {
        for function in [ArithmeticFunction.addition, .subtraction, .multiplication, .minimum, .maximum] {
            let ones = [Int](repeating: 1, count: 4)
            let shape = zip((ones + a).suffix(4), (ones + b).suffix(4)).map { max($0, $1) }
            var model = HandmadeModel()
            let first = model.activation(
                index % 2 == 0 ? .int8 : .int16, .input, a, scale: 0.5, zeroPoint: index % 2 == 0 ? 3 : 0,
                border: a.count == 4 ? border : Border())
            let numbers = draw.integers(b.reduce(1, *), -128...127)
            let second =
                draw.bool()
                ? model.constant(numbers.map { Int8($0) }, b, scales: [0.25])
                : model.activation(.int8, .input, b, scale: 0.25)
            let output = model.activation(.int8, .output, shape, scale: 0.7, zeroPoint: -2, border: border)
            model.operation(.quantizedArithmetic, [first, second], output, [Int(function.rawValue)])
            let isConstant = model.contents.tensors[second].role == .constant
            model.graph(inputs: isConstant ? [first] : [first, second], outputs: [output])
            let values = draw.integers(a.reduce(1, *), -128...127)
            let wanted = combined(model, function, (first, values), (second, numbers), output)
            #expect(try model.run(isConstant ? [values] : [values, numbers]) == [wanted], "\(a) \(b) \(function)")
        }
    }
}

/// Element by element, as docs/arithmetic.md says.
private func combined(
    _ model: HandmadeModel, _ function: ArithmeticFunction, _ a: (tensor: Int, values: [Int]),
    _ b: (tensor: Int, values: [Int]), _ output: Int
) -> [Int] {
    let tensors = model.contents.tensors
    let result = tensors[output]
    func value(_ operand: (tensor: Int, values: [Int]), _ place: [Int]) -> Int {
        let shape = tensors[operand.tensor].shape
        let index = zip(shape, place.suffix(shape.count)).reduce(0) { $0 * $1.0 + ($1.0 == 1 ? 0 : $1.1) }
        return operand.values[index] - tensors[operand.tensor].zeroPoint
    }
    let scales = (tensors[a.tensor].scales[0], tensors[b.tensor].scales[0], result.scales[0])
    return (0..<result.count).map { number in
        var (rest, place) = (number, [Int]())
        for size in result.shape.reversed() {
            place.insert(rest % size, at: 0)
            rest /= size
        }
        let (p, q) = (value(a, place), value(b, place))
        if function == .multiplication { return rounded(Float(p * q) * (scales.0 * scales.1 / scales.2), result) }
        let (x, y) = (Float(p) * (scales.0 / scales.2), Float(q) * (scales.1 / scales.2))
        switch function {
        case .subtraction: return rounded(x - y, result)
        case .minimum: return rounded(min(x, y), result)
        case .maximum: return rounded(max(x, y), result)
        default: return rounded(x + y, result)
        }
    }
}

@Test func anAdditionCountsInItsOutputsScale() throws {
    var model = HandmadeModel()
    let a = model.activation(.int8, .input, [1, 1, 2, 2], scale: 2, zeroPoint: 1)
    let b = model.activation(
        .int16, .input, [1, 1, 2, 2], scale: 0.5, border: Border(top: 0, left: 3, bottom: 0, right: 0))
    let output = model.activation(.int16, .output, [1, 1, 2, 2], scale: 1, bounds: -1000...300)
    model.operation(.addition, [a, b], output)
    model.graph(inputs: [a, b], outputs: [output])
    #expect(try model.run([[2, 1, 127, -128], [1, 3, 200, -3000]]) == [[2, 2, 300, -1000]])
}

@Test(arguments: [ModelElement.int8, .int16])
func upSamplingRepeatsPixels(_ type: ModelElement) throws {
    var model = HandmadeModel()
    let input = model.activation(type, .input, [2, 1, 2, 2], border: Border(top: 1, left: 0, bottom: 0, right: 2))
    let output = model.activation(type, .output, [2, 2, 6, 2], border: Border(top: 0, left: 1, bottom: 1, right: 0))
    model.operation(.upsampling, [input], output, UpsamplingParameters(factorY: 2, factorX: 3).stored)
    model.graph(inputs: [input], outputs: [output])
    let row = { (a: Int) in [a, a + 1, a, a + 1, a, a + 1, a + 2, a + 3, a + 2, a + 3, a + 2, a + 3] }
    #expect(try model.run([[1, 2, 3, 4, -5, -4, -3, -2]]) == [row(1) + row(1) + row(-5) + row(-5)])
}

@Test(arguments: [ModelElement.int8, .int16])
func concatenationSetsChannelsSideBySide(_ type: ModelElement) throws {
    var model = HandmadeModel()
    let border = Border(top: 1, left: 1, bottom: 1, right: 1)
    let a = model.activation(type, .input, [2, 1, 2, 1], border: border)
    let b = model.activation(type, .input, [2, 1, 2, 2])
    let output = model.activation(type, .output, [2, 1, 2, 4], border: border)
    model.operation(.concatenation, [a, b, a], output)
    model.graph(inputs: [a, b], outputs: [output])
    let found = try model.run([[1, 2, 3, 4], [10, 11, 20, 21, 30, 31, 40, 41]])
    #expect(found == [[1, 10, 11, 1, 2, 20, 21, 2, 3, 30, 31, 3, 4, 40, 41, 4]])
}

@Test func anEmbeddingCutsIndicesToTheirBounds() throws {
    var model = HandmadeModel()
    let input = model.activation(.int32, .input, [4], bounds: 0...2)
    let rows = model.constant([Int16](arrayLiteral: 1, -2, 300, 400, 5, 32_767), [3, 2], scale: 0.5)
    let output = model.activation(.int16, .output, [4, 2], scale: 0.5)
    model.operation(.embedding, [input, rows], output)
    model.graph(inputs: [input], outputs: [output])
    #expect(try model.run([[1, 0, 70_000, -3]]) == [[300, 400, 1, -2, 5, 32_767, 1, -2]])
}

/// Two frequencies: a quarter of a turn a step, and 1/4096 of a turn, which is a quarter of the way to the second entry.
@Test func aTimeEmbeddingIsSinesAndThenCosines() throws {
    var model = HandmadeModel()
    let input = model.activation(.int32, .input, [3], bounds: 0...999)
    let output = model.activation(.int16, .output, [3, 4], scale: 0x1p-15)
    var table = [Int32](repeating: 0, count: 2)
    table[0] = 1 << 30
    table[1] = 1 << 20
    var sine = [Int32](repeating: 0, count: 1025)
    for (place, value) in [(256, 1), (768, -1)] { sine[place] = Int32(value) << 30 }
    sine[1] = 400 << 15
    sine[255] = 1 << 30
    sine[257] = (1 << 30) - (200 << 15)
    let offset = model.table(table + sine)
    model.operation(.timeEmbedding, [input], output, TimeEmbeddingParameters(offset: offset).stored)
    model.graph(inputs: [input], outputs: [output])
    let found = try model.run([[0, 1, 2]])
    #expect(found == [[0, 0, 32_767, 32_767, 32_767, 100, 0, 32_718, 0, 200, -32_767, 32_668]])
}

@Test func realsBecomeTheNearestValuesOfTheirType() throws {
    var model = HandmadeModel()
    let small = model.activation(.int8, .input, [2, 1, 4, 1], scale: 0.5, zeroPoint: 3, bounds: -5...5)
    let large = model.activation(.int16, .input, [1, 1, 4, 1], scale: 0.5)
    let index = model.activation(.int32, .input, [2], bounds: 1...9)
    let output = model.activation(.int8, .output, [1, 1, 4, 1], scale: 0.5)
    model.operation(.rescale, [large], output)
    model.graph(inputs: [small, large, index], outputs: [output])
    let session = try Session(try Model(bytes: model.file, place: "handmade"))
    let reals: [Float] = [0.25, .nan, -1e9, .infinity]
    for picture in 0..<2 { reals.withUnsafeBufferPointer { session.input(0).write(floats: $0, picture: picture) } }
    reals.withUnsafeBufferPointer { session.input(1).write(floats: $0) }
    session.input(2).write(index: 300, at: 1)
    #expect(ModelElement.int8.values(session.input(0).bytes()) == [3, 3, -128, 127, 3, 3, -128, 127])
    #expect(ModelElement.int16.values(session.input(1).bytes()) == [0, 0, -32_767, 32_767])
    #expect(ModelElement.int32.values(session.input(2).bytes()) == [0, 300])
    var back = [Float](repeating: 0, count: 4)
    back.withUnsafeMutableBufferPointer { session.input(0).read(floats: $0, picture: 1) }
    #expect(back == [0, 0, -65.5, 62])
}
