internal import Kernels

/// Every interpolated table against the definition.
var interpolationChecks: [Check] {
    Row.of(KERNEL_INTERPOLATION).flatMap { row in
        [
            Check(row, "every value by every kind of table", everyValue),
            Check(row, "all counts and bounds", allCounts),
        ]
    }
}

private func difference(
    _ row: Row, _ input: [Int16], _ table: [Int16], _ bounds: ClosedRange<Int> = -32_767...32_767
) -> String? {
    let source = Memory(input.flatMap { memoryWord(Int($0)) }, shift: 2)
    let entries = Memory(table.flatMap { memoryWord(Int($0)) }, shift: 2)
    let margin = [UInt8](repeating: guardByte, count: 32)
    let out = Memory(margin + margin + source.bytes, shift: 6)
    for index in 0..<out.count { out.start.storeBytes(of: guardByte, toByteOffset: index, as: UInt8.self) }
    var arguments = interpolation_arguments(
        input: source.pointer(as: Int16.self), output: (out.start + 32).assumingMemoryBound(to: Int16.self),
        count: input.count, table: entries.pointer(as: Int16.self), minimum: Int32(bounds.lowerBound),
        maximum: Int32(bounds.upperBound))
    withUnsafePointer(to: &arguments) { row.fields.interpolation?($0) }
    let expected = input.flatMap {
        memoryWord(min(max(Definition.interpolated($0, table), bounds.lowerBound), bounds.upperBound))
    }
    return withExtendedLifetime((source, entries)) { firstDifference(out.bytes, margin + expected + margin) }.map {
        "count \(input.count), bounds \(bounds.lowerBound) to \(bounds.upperBound): \($0)"
    }
}

private func everyValue(_ row: Row) -> String? {
    var random = Random(seed: 111)
    let all = (-32_768...32_767).map { Int16($0) }
    let steep = (0...1_024).map { $0 % 2 == 0 ? Int16(-32_767) : 32_767 }
    let slow = (0...1_024).map { Int16($0 - 512) }
    for table in [steep, slow, random.words(1_025), random.extremeWords(1_025)] {
        if let difference = difference(row, all, table) { return difference }
    }
    return nil
}

private func allCounts(_ row: Row) -> String? {
    var random = Random(seed: 112)
    for count in 0...70 {
        let ends = (random.integer(-32_767...32_767), random.integer(-32_767...32_767))
        let bounds = min(ends.0, ends.1)...max(ends.0, ends.1)
        let table = random.words(1_025)
        if let difference = difference(row, random.words(count), table, bounds) { return difference }
    }
    return nil
}
