internal import Kernels

/// Every kernel of a function of two tensors, against the definition.
var arithmeticChecks: [Check] {
    Row.of(KERNEL_ARITHMETIC).flatMap { row in
        [
            Check(row, "all counts, widths and functions", allCounts),
            Check(row, "ties go to even", ties),
            Check(row, "random values, factors and broadcasts", randomCases),
        ]
    }
}

private let functions = [PLAIN_ADD.rawValue, PLAIN_MULTIPLY.rawValue, PLAIN_MINIMUM.rawValue, PLAIN_MAXIMUM.rawValue]

/// An operand: values for each place of a row or one for all, rows of their own or one for all.
private struct Operand {
    let values: Values
    var factor: Float
    let isShared: Bool
    /// Values of a row.
    let length: Int

    init(_ random: inout Random, is16: Bool, rows: Int, count: Int, isSingle: Bool, isShared: Bool, to limit: Float) {
        length = isSingle ? 1 : count
        values = Values(&random, is16: is16, count: max(length * (isShared ? 1 : rows), 1), extreme: random.flag())
        factor = random.factor(from: is16 ? 30_000 : 128, to: limit)
        self.isShared = isShared
    }

    func distance(_ row: Int, _ place: Int) -> Int {
        values.distance((isShared ? 0 : row * length) + (length == 1 ? 0 : place))
    }

    var step: Int32 { length == 1 ? 0 : 1 }
    var stride: Int { isShared ? 0 : length * values.width }
    var is16: Int32 { values.is16 ? 1 : 0 }
}

private struct ArithmeticCase {
    let function: UInt32
    var a: Operand
    var b: Operand
    var output: OutputForm
    let rows: Int
    let count: Int
    let shift: Int

    init(_ random: inout Random, _ function: UInt32, rows: Int, count: Int, widths: [Bool]) {
        let limit: Float = widths[2] ? 25_000 : 100
        self.function = function
        self.rows = rows
        self.count = count
        a = Operand(
            &random, is16: widths[0], rows: rows, count: count, isSingle: random.integer(0...3) == 0,
            isShared: random.flag(), to: limit)
        b = Operand(
            &random, is16: widths[1], rows: rows, count: count, isSingle: random.integer(0...3) == 0,
            isShared: random.flag(), to: limit)
        output = OutputForm(&random, is16: widths[2])
        shift = random.integer(0...31)
        if function == PLAIN_MULTIPLY.rawValue { a.factor /= widths[1] ? 30_000 : 128 }
    }

    private func expected(_ row: Int, _ place: Int) -> [UInt8] {
        let (left, right) = (a.distance(row, place), b.distance(row, place))
        if function == PLAIN_MULTIPLY.rawValue {
            return output.bytes(SignedSingle(left * right) * SignedSingle(a.factor))
        }
        let first = SignedSingle(left) * SignedSingle(a.factor)
        let second = SignedSingle(right) * SignedSingle(b.factor)
        switch function {
        case PLAIN_MINIMUM.rawValue: return output.bytes(first.isBelow(second) ? first : second)
        case PLAIN_MAXIMUM.rawValue: return output.bytes(second.isBelow(first) ? first : second)
        default: return output.bytes(first + second)
        }
    }

    func difference(of row: Row) -> String? {
        let (left, right) = (a.values.memory(shift: shift), b.values.memory(shift: (shift + 11) % 32))
        let gap = [UInt8](repeating: guardByte, count: 3 * output.width)
        let stride = count * output.width + gap.count
        let out = Memory(
            [UInt8](repeating: guardByte, count: gap.count + rows * stride), shift: (31 - shift) * output.width)
        var arguments = arithmetic_arguments(
            function: Int32(function), a: left.start, b: right.start, a_is_16: a.is16, b_is_16: b.is16,
            a_zero_point: a.values.memoryZeroPoint, b_zero_point: b.values.memoryZeroPoint, a_step: a.step,
            b_step: b.step, a_stride: a.stride, b_stride: b.stride, a_factor: a.factor, b_factor: b.factor,
            output: out.start + gap.count, output_stride: stride, output_is_16: output.is16 ? 1 : 0,
            zero_point: output.zeroPoint, minimum: output.minimum, maximum: output.maximum, rows: Int32(rows),
            count: Int32(count))
        withUnsafePointer(to: &arguments) { row.fields.arithmetic?($0) }
        let result = withExtendedLifetime((left, right)) { out.bytes }
        let wanted = gap + (0..<rows).flatMap { row in (0..<count).flatMap { expected(row, $0) } + gap }
        return firstDifference(result, wanted).map {
            "function \(function), \(rows) rows of \(count), 16 bits \(a.is16) \(b.is16) to \(output.is16), "
                + "steps \(a.step) \(b.step), strides \(a.stride) \(b.stride), factors of bits "
                + "\(a.factor.bitPattern) \(b.factor.bitPattern): \($0)"
        }
    }
}

private func allCounts(_ row: Row) -> String? {
    var random = Random(seed: 201)
    for count in 1...40 {
        for widths in widths(3) {
            for function in functions {
                let scaling = ArithmeticCase(&random, function, rows: 1 + count % 3, count: count, widths: widths)
                if let difference = scaling.difference(of: row) { return difference }
            }
        }
    }
    return nil
}

/// Quarters, and quarters of products: many results are half way between two integers.
private func ties(_ row: Row) -> String? {
    var random = Random(seed: 202)
    for widths in widths(3) {
        for function in functions {
            for factor in [Float(0.25), 0.5, -0.25] {
                var scaling = ArithmeticCase(&random, function, rows: 2, count: 400, widths: widths)
                (scaling.a.factor, scaling.b.factor) = (factor, factor)
                scaling.output.bounds = Definition.Output(
                    zeroPoint: widths[2] ? 0 : 5, minimum: widths[2] ? -32_767 : -128, maximum: widths[2] ? 32_767 : 127
                )
                if let difference = scaling.difference(of: row) { return difference }
            }
        }
    }
    return nil
}

private func randomCases(_ row: Row) -> String? {
    for seed in UInt64(9_500)..<9_800 {
        var random = Random(seed: seed)
        let widths = [random.flag(), random.flag(), random.flag()]
        let function = functions[random.integer(0...functions.count - 1)]
        let scaling = ArithmeticCase(
            &random, function, rows: random.integer(1...5), count: random.integer(1...100), widths: widths)
        if let difference = scaling.difference(of: row) { return "seed \(seed): " + difference }
    }
    return nil
}
