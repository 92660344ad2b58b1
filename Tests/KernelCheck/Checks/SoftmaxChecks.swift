internal import Kernels

/// Every softmax against the definition.
var softmaxChecks: [Check] {
    Row.of(KERNEL_SOFTMAX).flatMap { row in
        [
            Check(row, "all counts", allCounts),
            Check(row, "equal values and extremes", extremes),
            Check(row, "random values, tables and scales", randomCases),
        ]
    }
}

private struct SoftmaxCase {
    var values: [Int8]
    /// 2^23 and falling; how steeply stands for the scale.
    var exponentials: [Int32]
    /// 256 is the usual one: outputs are multiples of 1/256.
    var inverseScale: Float = 256
    var output = Definition.Output(zeroPoint: -128)

    init(_ values: [Int8], falling: Int64) {
        self.values = values
        exponentials = [1 << 23]
        for index in 1...255 {
            exponentials.append(Int32((Int64(exponentials[index - 1]) * falling + (1 << 15)) >> 16))
        }
    }

    func difference(of row: Row) -> String? {
        let input = Memory(values.map(memoryByte), shift: 3)
        let terms = Memory(exponentials)
        let blank = [UInt8](repeating: guardByte, count: values.count + 10)
        let out = Memory(blank, shift: 2)
        var arguments = softmax_arguments(
            input: input.pointer(as: activation_t.self), output: out.pointer(as: activation_t.self) + 5,
            count: Int32(values.count), exponentials: terms.pointer(as: Int32.self),
            inverse_output_scale: inverseScale, zero_point: Int32(output.zeroPoint + memoryOffset),
            minimum: Int32(output.minimum + memoryOffset), maximum: Int32(output.maximum + memoryOffset))
        withUnsafePointer(to: &arguments) { row.fields.softmax?($0) }
        let result = withExtendedLifetime((input, terms)) { out.bytes }
        let expected = Definition.softmax(
            values, exponentials: exponentials, inverseScale: inverseScale, output
        ).map(memoryByte)
        return firstDifference(result, blank[..<5] + expected + blank[..<5]).map { "count \(values.count): \($0)" }
    }
}

private func allCounts(_ row: Row) -> String? {
    var random = Random(seed: 31)
    for count in Array(1...70) + [1_000, 1_001] {
        if let difference = SoftmaxCase(random.bytes(count), falling: 64_000).difference(of: row) { return difference }
    }
    return nil
}

private func extremes(_ row: Row) -> String? {
    // 2^k equal values give exact results; three and five do not.
    for count in [1, 2, 3, 4, 5, 256, 511, 512, 513] {
        for value in [Int8(-128), 0, 127] {
            let equal = [Int8](repeating: value, count: count)
            if let difference = SoftmaxCase(equal, falling: 60_000).difference(of: row) { return difference }
            let apart = SoftmaxCase(equal + [-128, 127], falling: 65_535)
            if let difference = apart.difference(of: row) { return difference }
        }
    }
    return nil
}

private func randomCases(_ row: Row) -> String? {
    for seed in UInt64(4_000)..<4_200 {
        var random = Random(seed: seed)
        let values = random.bytes(random.integer(1...200))
        var softmax = SoftmaxCase(values, falling: Int64(random.integer(30_000...65_535)))
        softmax.inverseScale = random.scale(from: 100)
        softmax.output.zeroPoint = random.integer(-128...127)
        if let difference = softmax.difference(of: row) { return "seed \(seed): " + difference }
    }
    return nil
}
