internal import Kernels

/// A caller may have set any rounding mode; results must not know, and the caller gets its mode back.
var floatStateChecks: [Check] {
    [
        Check("float state: the caller's mode is given back", modeIsGivenBack),
        Check("float state: results do not depend on the caller's mode", resultsStay),
    ]
}

/// Rounding towards each side and towards zero, each also with subnormals as zeros.
func foreignModes(_ usual: UInt64) -> [UInt64] {
    // MXCSR: rounding in bits 13 and 14, flush to zero 15, subnormals are zero 6. FPCR: bits 22 and 23, and 24.
    let x86 = memoryOffset != 0
    let rounding: UInt64 = x86 ? 13 : 22
    let flush: UInt64 = x86 ? 1 << 15 | 1 << 6 : 1 << 24
    return [1, 2, 3].flatMap { [usual | $0 << rounding, usual | $0 << rounding | flush] }
}

/// Runs `body` with the processor in a foreign mode and the usual one back afterwards.
func inMode<Result>(_ mode: UInt64, _ body: () -> Result) -> Result {
    let usual = float_state_enter()
    float_state_restore(mode)
    let result = body()
    float_state_restore(usual)
    return result
}

func usualMode() -> UInt64 {
    let usual = float_state_enter()
    float_state_restore(usual)
    return usual
}

private func modeIsGivenBack() -> String? {
    for mode in foreignModes(usualMode()) {
        let (first, second) = inMode(mode) {
            let first = float_state_enter()
            float_state_restore(first)
            let second = float_state_enter()
            float_state_restore(second)
            return (first, second)
        }
        if first != mode || second != mode { return "mode \(mode) came back as \(first), then as \(second)" }
    }
    return nil
}

private func resultsStay() -> String? {
    for row in Row.of(KERNEL_CONVOLUTION) + Row.of(KERNEL_AVERAGE_POOL) where row.runs {
        let expected = sample(row)
        for mode in foreignModes(usualMode()) {
            let got = inMode(mode) {
                let callers = float_state_enter()
                let got = sample(row)
                float_state_restore(callers)
                return got
            }
            if let difference = firstDifference(got, expected) { return "\(row.name), mode \(mode): \(difference)" }
        }
    }
    return nil
}

/// What a kernel makes of values that many modes would round otherwise.
private func sample(_ row: Row) -> [UInt8] {
    var random = Random(seed: 41)
    if row.fields.operation.rawValue == KERNEL_AVERAGE_POOL.rawValue {
        return PoolCase(&random, rows: 3, columns: 5, channels: 40).result(of: row)
    }
    return ConvolutionCase(
        &random, pixels: Int(row.fields.tile_pixels), channels: Int(row.fields.tile_channels), taps: 3, depth: 30
    ).result(of: row)
}
