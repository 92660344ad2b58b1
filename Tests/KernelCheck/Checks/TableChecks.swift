internal import Kernels

/// Every table look-up against the definition.
var tableChecks: [Check] {
    Row.of(KERNEL_TABLE).flatMap { row in
        [
            Check(row, "every byte by every kind of table", everyByte),
            Check(row, "all counts and starts", allCounts),
            Check(row, "in place", inPlace),
        ]
    }
}

private func difference(
    _ row: Row, _ input: [UInt8], _ table: [UInt8], shift: Int = 0, inPlace: Bool = false
) -> String? {
    let source = Memory(input, shift: shift)
    let entries = Memory(table, shift: 1)
    let blank = [UInt8](repeating: guardByte, count: input.count + 64)
    let separate = Memory(blank, shift: 63 - shift)
    let target = inPlace ? source.pointer(as: UInt8.self) : separate.pointer(as: UInt8.self) + 32
    row.fields.table?(source.pointer(as: UInt8.self), target, input.count, entries.pointer(as: UInt8.self))
    let expected = input.map { table[Int($0)] }
    let difference =
        inPlace
        ? firstDifference(source.bytes, expected)
        : firstDifference(separate.bytes, blank[..<32] + expected + blank[..<32])
    return withExtendedLifetime((source, entries)) { difference }.map {
        "count \(input.count), shift \(shift): \($0)"
    }
}

private func everyByte(_ row: Row) -> String? {
    var random = Random(seed: 21)
    let all = (0...255).map { UInt8($0) }
    let noise = random.bytes(256).map { UInt8(bitPattern: $0) }
    let falling = [UInt8](all.reversed())
    for table in [all, falling, noise, all.map { $0 < 128 ? 0 : 255 }] {
        if let difference = difference(row, all + falling, table) { return difference }
    }
    return nil
}

private func allCounts(_ row: Row) -> String? {
    var random = Random(seed: 22)
    let table = random.bytes(256).map { UInt8(bitPattern: $0) }
    for count in 0...130 {
        let input = random.bytes(count).map { UInt8(bitPattern: $0) }
        if let difference = difference(row, input, table, shift: count % 64) { return difference }
    }
    return nil
}

private func inPlace(_ row: Row) -> String? {
    var random = Random(seed: 23)
    let table = random.bytes(256).map { UInt8(bitPattern: $0) }
    for count in [1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 1_000] {
        let input = random.bytes(count).map { UInt8(bitPattern: $0) }
        if let difference = difference(row, input, table, shift: 3, inPlace: true) { return difference }
    }
    return nil
}
