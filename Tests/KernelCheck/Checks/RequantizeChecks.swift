internal import Kernels

/// Every kernel from sums to values against the definition.
var requantizeChecks: [Check] {
    Row.of(KERNEL_REQUANTIZE).flatMap { row in
        [
            Check(row, "all channel counts, widths and addends", allChannels),
            Check(row, "ties go to even", ties),
            Check(row, "random sums, scales and addends", randomCases),
        ]
    }
}

private struct RequantizeCase {
    let pixels: Int
    let channels: Int
    var sums: [Int32]
    var scale: [Float]
    /// Nil, or the values of one pixel or of all.
    var addend: Values?
    var addendIsRow: Bool
    var addendScale: Float
    var output: OutputForm
    var sumsGap: Int
    var outputGap: Int
    var addendGap: Int
    var shift: Int

    /// `addend`: nil, or whether it has 16 bits.
    init(_ random: inout Random, pixels: Int, channels: Int, is16: Bool, addend: Bool?) {
        self.pixels = pixels
        self.channels = channels
        addendIsRow = random.flag()
        sums = (0..<pixels * channels).map { _ in
            Int32(truncatingIfNeeded: Int64(bitPattern: random.next()) >> Int64(64 - random.integer(1...32)))
        }
        scale = (0..<channels).map { _ in random.factor(from: Float(1 << random.integer(8...30)), to: 1_000) }
        let count = addendIsRow ? channels : pixels * channels
        self.addend = addend.map { Values(&random, is16: $0, count: count, extreme: random.flag()) }
        addendScale = random.factor(from: addend == true ? 30_000 : 128, to: is16 ? 20_000 : 100)
        output = OutputForm(&random, is16: is16)
        if random.flag() { output.bounds.maxima = random.maxima(channels, output.bounds) }
        (sumsGap, outputGap, addendGap) = (random.integer(0...20), random.integer(0...9), random.integer(0...9))
        shift = random.integer(0...31)
    }

    private var outputStride: Int { channels + outputGap }
    private var margin: Int { 64 }

    private func value(_ pixel: Int, _ channel: Int) -> SignedSingle {
        let scaled = SignedSingle(Int(sums[pixel * channels + channel])) * SignedSingle(scale[channel])
        guard let addend else { return scaled }
        let place = addendIsRow ? channel : pixel * channels + channel
        return scaled + SignedSingle(addend.distance(place)) * SignedSingle(addendScale)
    }

    private func expected() -> [UInt8] {
        var bytes = [UInt8](repeating: guardByte, count: pixels * outputStride * output.width + 2 * margin)
        for pixel in 0..<pixels {
            for channel in 0..<channels {
                let place = margin + (pixel * outputStride + channel) * output.width
                for (part, byte) in output.bytes(value(pixel, channel), channel: channel).enumerated() {
                    bytes[place + part] = byte
                }
            }
        }
        return bytes
    }

    /// The addend with gaps between its pixels, and none after the last.
    private func addendMemory() -> Memory? {
        guard let addend else { return nil }
        var bytes: [UInt8] = []
        for (index, value) in addend.logical.enumerated() {
            if index > 0, index % channels == 0 {
                bytes += [UInt8](repeating: 0x7B, count: addendGap * addend.width)
            }
            bytes += memoryBytes(value, is16: addend.is16)
        }
        return Memory(bytes, shift: shift * addend.width)
    }

    private func sumsMemory() -> Memory {
        var spread: [Int32] = []
        for pixel in 0..<pixels {
            if pixel > 0 { spread += [Int32](repeating: 77, count: sumsGap) }
            spread += sums[pixel * channels..<(pixel + 1) * channels]
        }
        return Memory(spread)
    }

    func difference(of row: Row) -> String? {
        let (sumsIn, scales, added) = (sumsMemory(), Memory(scale), addendMemory())
        let upper = Memory(output.upper(channels))
        let out = Memory(
            [UInt8](repeating: guardByte, count: pixels * outputStride * output.width + 2 * margin),
            shift: shift * output.width)
        let addendStride = addendIsRow ? 0 : (channels + addendGap) * (addend?.width ?? 1)
        var arguments = requantize_arguments(
            sums: sumsIn.pointer(as: Int32.self), sums_stride: channels + sumsGap, pixels: Int32(pixels),
            channels: Int32(channels), scale: scales.pointer(as: Float.self), output: out.start + margin,
            output_stride: outputStride * output.width, output_is_16: output.is16 ? 1 : 0,
            addend: added.map { UnsafeRawPointer($0.start) }, addend_stride: addendStride,
            addend_is_16: addend?.is16 == true ? 1 : 0, addend_zero_point: addend?.memoryZeroPoint ?? 0,
            addend_scale: addendScale, zero_point: output.zeroPoint, minimum: output.minimum,
            upper: upper.pointer(as: Float.self))
        withUnsafePointer(to: &arguments) { row.fields.requantize?($0) }
        let result = withExtendedLifetime((sumsIn, scales, upper, added)) { out.bytes }
        return firstDifference(result, expected()).map {
            "pixels \(pixels), channels \(channels), 16 bits \(output.is16), addend 16 bits "
                + "\(addend.map { $0.is16 ? "yes" : "no" } ?? "none"), one row \(addendIsRow), shift \(shift): \($0)"
        }
    }
}

private let addends: [Bool?] = [nil, false, true]

private func allChannels(_ row: Row) -> String? {
    var random = Random(seed: 71)
    for channels in 1...50 {
        for is16 in [false, true] {
            for addend in addends {
                let pixels = channels % 3 + 1
                let sums = RequantizeCase(&random, pixels: pixels, channels: channels, is16: is16, addend: addend)
                if let difference = sums.difference(of: row) { return difference }
            }
        }
    }
    return nil
}

/// Sums half way between two results, alone and with an addend that makes them so.
private func ties(_ row: Row) -> String? {
    var random = Random(seed: 72)
    for shift in 2...22 {
        for is16 in [false, true] {
            for addend in addends {
                var sums = RequantizeCase(&random, pixels: 9, channels: 32, is16: is16, addend: addend)
                sums.output.bounds = Definition.Output(
                    zeroPoint: is16 ? 0 : -3, minimum: is16 ? -32_767 : -128, maximum: is16 ? 32_767 : 127)
                // Quarters from the sum, and quarters from the addend.
                sums.sums = sums.sums.indices.map { Int32(($0 - 144) << (shift - 2)) }
                sums.scale = sums.scale.map { _ in 1 / Float(1 << shift) }
                sums.addendScale = 0.25
                if let difference = sums.difference(of: row) { return "shift \(shift): " + difference }
            }
        }
    }
    return nil
}

private func randomCases(_ row: Row) -> String? {
    for seed in UInt64(6_000)..<6_400 {
        var random = Random(seed: seed)
        let (pixels, channels) = (random.integer(1...6), random.integer(1...70))
        let sums = RequantizeCase(
            &random, pixels: pixels, channels: channels, is16: random.flag(), addend: addends[random.integer(0...2)])
        if let difference = sums.difference(of: row) { return "seed \(seed): " + difference }
    }
    return nil
}
