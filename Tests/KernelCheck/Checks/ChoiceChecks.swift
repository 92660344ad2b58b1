internal import Kernels

/// The table and the choice among its rows.
var choiceChecks: [Check] {
    [
        Check("table: every name is what the row's fields say", namesFollowFields),
        Check("table: every operation starts with a scalar row", scalarRowsComeFirst),
        Check("table: every convolution reads its set's layout", layoutsAgree),
        Check("choice: all convolutions of a set read one layout", oneLayout),
        Check("choice: every set that runs here gets rows that run here", chosenRowsRun),
        Check("choice: a set gets its own row where it has one", ownRowsWin),
    ]
}

private let operations: [(operation: kernel_operation, name: StaticString)] = [
    (KERNEL_CONVOLUTION, "convolution"), (KERNEL_AVERAGE_POOL, "average_pool"), (KERNEL_MAX_POOL, "max_pool"),
    (KERNEL_TABLE, "table"), (KERNEL_SOFTMAX, "softmax"), (KERNEL_CONVOLUTION_SUMS, "convolution_sums"),
    (KERNEL_CONVOLUTION_SUMS_16, "convolution_sums_16"), (KERNEL_REQUANTIZE, "requantize"),
    (KERNEL_GROUP_SUMS, "group_sums"), (KERNEL_NORMALIZE, "normalize"), (KERNEL_RESCALE, "rescale"),
    (KERNEL_ADDITION, "addition"), (KERNEL_INTERPOLATION, "interpolation"), (KERNEL_DEPTHWISE, "depthwise"),
    (KERNEL_ARITHMETIC, "arithmetic"),
]

/// The types of a row's name.
private func types(_ operation: kernel_operation) -> String {
    let values = memoryOffset != 0 ? "u8" : "s8"
    return switch operation.rawValue {
    case KERNEL_CONVOLUTION.rawValue, KERNEL_CONVOLUTION_SUMS.rawValue, KERNEL_DEPTHWISE.rawValue: values + "s8"
    case KERNEL_CONVOLUTION_SUMS_16.rawValue: "s16s8"
    case KERNEL_TABLE.rawValue: "u8"
    case KERNEL_REQUANTIZE.rawValue: "s32" + values + "s16"
    case KERNEL_GROUP_SUMS.rawValue, KERNEL_NORMALIZE.rawValue, KERNEL_RESCALE.rawValue, KERNEL_ADDITION.rawValue,
        KERNEL_ARITHMETIC.rawValue:
        values + "s16"
    case KERNEL_INTERPOLATION.rawValue: "s16"
    default: values
    }
}

private func namesFollowFields() -> String? {
    for (operation, name) in operations {
        for row in Row.of(operation) {
            let fields = row.fields
            var expected = "\(name)_\(types(operation))_\(row.setName)"
            if fields.tile_pixels > 0 { expected += "_\(fields.tile_pixels)x\(fields.tile_channels)" }
            guard row.name.utf8.elementsEqual(expected.utf8) else { return "\(row.name) should be \(expected)" }
        }
    }
    return nil
}

private func scalarRowsComeFirst() -> String? {
    for (operation, name) in operations {
        let sets = Row.of(operation).map { $0.set }
        guard sets.first == Int32(KERNEL_SET_SCALAR.rawValue) else { return "\(name) has no scalar row at its start" }
        guard zip(sets, sets.dropFirst()).allSatisfy({ $0 < $1 }) else { return "\(name): sets out of order" }
    }
    return nil
}

private func layoutsAgree() -> String? {
    for row in Row.of(KERNEL_CONVOLUTION) + Row.of(KERNEL_CONVOLUTION_SUMS) + Row.of(KERNEL_DEPTHWISE)
    where row.fields.layout.rawValue != kernel_set_layout(row.set).rawValue {
        return "\(row.name) reads another layout than \(row.setName)"
    }
    for row in Row.of(KERNEL_CONVOLUTION_SUMS_16)
    where row.fields.layout.rawValue != WEIGHT_LAYOUT_PAIRS.rawValue {
        return "\(row.name) does not read pairs"
    }
    return nil
}

/// A session packs weights once, whichever kernel reads them.
private func oneLayout() -> String? {
    for set in Int32(0)..<32 where kernel_set_name(set) != nil {
        let set = kernel_set(UInt32(set))
        let whole = kernel_row_for(KERNEL_CONVOLUTION, set).pointee
        for operation in [KERNEL_CONVOLUTION_SUMS, KERNEL_DEPTHWISE] {
            let other = kernel_row_for(operation, set).pointee
            guard whole.layout.rawValue == other.layout.rawValue else {
                return "\(String(cString: whole.name)) and \(String(cString: other.name)) read different layouts"
            }
        }
    }
    return nil
}

private func chosenRowsRun() -> String? {
    for set in Int32(0)..<32 where kernel_set_runs(set) != 0 {
        for (operation, name) in operations {
            let row = kernel_row_for(operation, kernel_set(UInt32(set))).pointee
            guard row.operation.rawValue == operation.rawValue, kernel_set_runs(Int32(row.set.rawValue)) != 0 else {
                return "set \(set), \(name): \(String(cString: row.name))"
            }
        }
    }
    guard kernel_set_runs(Int32(kernel_set_best().rawValue)) != 0 else { return "the best set does not run" }
    return nil
}

private func ownRowsWin() -> String? {
    for row in Row.all {
        let chosen = kernel_row_for(row.fields.operation, row.fields.set).pointee
        guard chosen.set.rawValue == row.fields.set.rawValue else { return "\(row.name) is never chosen" }
    }
    return nil
}
