internal import Kernels

/// Every kernel that changes scales value by value, alone or of two tensors added, against the definition.
var scaleChecks: [Check] {
    (Row.of(KERNEL_RESCALE) + Row.of(KERNEL_ADDITION)).flatMap { row in
        [
            Check(row, "all counts and widths", allCounts),
            Check(row, "ties go to even", ties),
            Check(row, "random values and factors", randomCases),
        ]
    }
}

/// One input, or two that are added.
private struct ScaleCase {
    var inputs: [Values]
    var factors: [Float]
    var output: OutputForm
    var shift: Int

    init(_ random: inout Random, row: Row, count: Int, widths: [Bool]) {
        let is16 = widths[2]
        let isAddition = row.fields.operation.rawValue == KERNEL_ADDITION.rawValue
        inputs = []
        factors = []
        for wide in widths[..<(isAddition ? 2 : 1)] {
            inputs.append(Values(&random, is16: wide, count: count, extreme: random.flag()))
            factors.append(random.factor(from: wide ? 30_000 : 128, to: is16 ? 25_000 : 100))
        }
        output = OutputForm(&random, is16: is16)
        shift = random.integer(0...31)
    }

    private func expected(_ index: Int) -> [UInt8] {
        let scaled = zip(inputs, factors).map { SignedSingle($0.distance(index)) * SignedSingle($1) }
        return output.bytes(scaled.count == 1 ? scaled[0] : scaled[0] + scaled[1])
    }

    func difference(of row: Row) -> String? {
        let count = inputs[0].logical.count
        let sources = inputs.enumerated().map { $1.memory(shift: (shift + $0 * 11) % 32) }
        let margin = [UInt8](repeating: guardByte, count: 64)
        let out = Memory(
            [UInt8](repeating: guardByte, count: 128 + count * output.width), shift: (31 - shift) * output.width)
        if sources.count == 1 {
            rescale(row, sources[0], out.start + 64, count)
        } else {
            add(row, sources[0], sources[1], out.start + 64, count)
        }
        let result = withExtendedLifetime(sources) { out.bytes }
        let wanted = margin + (0..<count).flatMap(expected) + margin
        return firstDifference(result, wanted).map {
            "count \(count), 16 bits \(inputs.map { $0.is16 ? 1 : 0 }) to \(output.is16), shift \(shift), factors "
                + "of bits \(factors.map { $0.bitPattern }): \($0)"
        }
    }

    private func rescale(_ row: Row, _ source: Memory, _ target: UnsafeMutableRawPointer, _ count: Int) {
        var arguments = rescale_arguments(
            input: source.start, input_is_16: inputs[0].is16 ? 1 : 0, input_zero_point: inputs[0].memoryZeroPoint,
            factor: factors[0], output: target, output_is_16: output.is16 ? 1 : 0, zero_point: output.zeroPoint,
            minimum: output.minimum, maximum: output.maximum, count: count)
        withUnsafePointer(to: &arguments) { row.fields.rescale?($0) }
    }

    private func add(_ row: Row, _ a: Memory, _ b: Memory, _ target: UnsafeMutableRawPointer, _ count: Int) {
        var arguments = addition_arguments(
            a: a.start, b: b.start, a_is_16: inputs[0].is16 ? 1 : 0, b_is_16: inputs[1].is16 ? 1 : 0,
            a_zero_point: inputs[0].memoryZeroPoint, b_zero_point: inputs[1].memoryZeroPoint, a_factor: factors[0],
            b_factor: factors[1], output: target, output_is_16: output.is16 ? 1 : 0, zero_point: output.zeroPoint,
            minimum: output.minimum, maximum: output.maximum, count: count)
        withUnsafePointer(to: &arguments) { row.fields.addition?($0) }
    }
}

private func allCounts(_ row: Row) -> String? {
    var random = Random(seed: 101)
    for count in 0...70 {
        for widths in widths(3) {
            let scaling = ScaleCase(&random, row: row, count: count, widths: widths)
            if let difference = scaling.difference(of: row) { return difference }
        }
    }
    return nil
}

/// Quarters of both inputs: a quarter of the sums are half way between two results.
private func ties(_ row: Row) -> String? {
    var random = Random(seed: 102)
    for widths in widths(3) {
        for factor in [Float(0.25), 0.5, -0.25] {
            var scaling = ScaleCase(&random, row: row, count: 1_000, widths: widths)
            scaling.factors = scaling.factors.map { _ in factor }
            scaling.output.bounds = Definition.Output(
                zeroPoint: widths[2] ? 0 : 5, minimum: widths[2] ? -32_767 : -128, maximum: widths[2] ? 32_767 : 127)
            if let difference = scaling.difference(of: row) { return difference }
        }
    }
    return nil
}

private func randomCases(_ row: Row) -> String? {
    for seed in UInt64(9_000)..<9_300 {
        var random = Random(seed: seed)
        let widths = [random.flag(), random.flag(), random.flag()]
        let scaling = ScaleCase(&random, row: row, count: random.integer(1...200), widths: widths)
        if let difference = scaling.difference(of: row) { return "seed \(seed): " + difference }
    }
    return nil
}
