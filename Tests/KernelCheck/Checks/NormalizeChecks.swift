internal import Kernels

/// Every affine step of a group norm against the definition.
var normalizeChecks: [Check] {
    Row.of(KERNEL_NORMALIZE).flatMap { row in
        [
            Check(row, "all channel counts and widths", allChannels),
            Check(row, "every entry of the table, and ties between them", everyEntry),
            Check(row, "random factors and offsets", randomCases),
        ]
    }
}

private struct NormalizeCase {
    let pixels: Int
    let channels: Int
    var input: Values
    var factors: [Float]
    var offsets: [Float]
    /// Nil, or 4096 logical bytes.
    var table: [Int8]?
    var output: OutputForm
    var shift: Int

    init(_ random: inout Random, pixels: Int, channels: Int, is16: Bool, outputIs16: Bool, table: Bool) {
        self.pixels = pixels
        self.channels = channels
        input = Values(&random, is16: is16, count: pixels * channels, extreme: random.flag())
        let reach: Float = table ? 2_048 : outputIs16 ? 30_000 : 128
        factors = (0..<channels).map { _ in random.factor(from: is16 ? 30_000 : 128, to: reach) }
        offsets = (0..<channels).map { _ in random.factor(from: 1, to: reach / 2) }
        self.table = table ? random.bytes(4_096) : nil
        output = OutputForm(&random, is16: outputIs16)
        shift = random.integer(0...31)
    }

    private func expected(_ index: Int) -> [UInt8] {
        let channel = index % channels
        let value =
            SignedSingle(input.distance(index)) * SignedSingle(factors[channel]) + SignedSingle(offsets[channel])
        guard let table else { return output.bytes(value) }
        return [memoryByte(table[value.rounded(within: -2_048...2_047) + 2_048])]
    }

    func difference(of row: Row) -> String? {
        let (values, factorsIn, offsetsIn) = (input.memory(shift: shift), Memory(factors), Memory(offsets))
        let entries = table.map { Memory($0.map(memoryByte), shift: 1) }
        let margin = [UInt8](repeating: guardByte, count: 64)
        let blank = [UInt8](repeating: guardByte, count: 128 + pixels * channels * output.width)
        let out = Memory(blank, shift: (31 - shift) * 2)
        var arguments = normalize_arguments(
            input: values.start, input_is_16: input.is16 ? 1 : 0, input_zero_point: input.memoryZeroPoint,
            pixels: Int32(pixels), channels: Int32(channels), factors: factorsIn.pointer(as: Float.self),
            offsets: offsetsIn.pointer(as: Float.self), output: out.start + 64, output_is_16: output.is16 ? 1 : 0,
            table: entries.map { UnsafePointer($0.pointer(as: UInt8.self)) }, zero_point: output.zeroPoint,
            minimum: output.minimum, maximum: output.maximum)
        withUnsafePointer(to: &arguments) { row.fields.normalize?($0) }
        let result = withExtendedLifetime((values, factorsIn, offsetsIn, entries)) { out.bytes }
        let wanted = margin + input.logical.indices.flatMap(expected) + margin
        return firstDifference(result, wanted).map {
            "pixels \(pixels), channels \(channels), 16 bits \(input.is16) to \(output.is16), table \(table != nil), "
                + "shift \(shift): \($0)"
        }
    }
}

/// Input and output of 16 bits, and whether there is a table.
private let forms: [[Bool]] = widths(3).filter { !($0[1] && $0[2]) }

private func allChannels(_ row: Row) -> String? {
    var random = Random(seed: 91)
    for channels in 1...50 {
        for form in forms {
            let norm = NormalizeCase(
                &random, pixels: channels % 4 + 1, channels: channels, is16: form[0], outputIs16: form[1],
                table: form[2])
            if let difference = norm.difference(of: row) { return difference }
        }
    }
    return nil
}

private func everyEntry(_ row: Row) -> String? {
    var random = Random(seed: 92)
    for channels in [8, 5] {
        // Halves, and a step beyond both ends.
        for offset in [Float(0), 0.5, -0.5, 0.25] {
            var norm = NormalizeCase(
                &random, pixels: 8_400 / channels, channels: channels, is16: true, outputIs16: false, table: true)
            norm.input.logical = norm.input.logical.indices.map { $0 - 4_200 }
            norm.factors = norm.factors.map { _ in 0.5 }
            norm.offsets = norm.offsets.map { _ in offset }
            if let difference = norm.difference(of: row) { return "offset \(offset): " + difference }
        }
    }
    return nil
}

private func randomCases(_ row: Row) -> String? {
    for seed in UInt64(8_000)..<8_300 {
        var random = Random(seed: seed)
        let form = forms[random.integer(0...forms.count - 1)]
        let norm = NormalizeCase(
            &random, pixels: random.integer(0...9), channels: random.integer(1...70), is16: form[0],
            outputIs16: form[1], table: form[2])
        if let difference = norm.difference(of: row) { return "seed \(seed): " + difference }
    }
    return nil
}
