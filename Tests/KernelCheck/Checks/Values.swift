internal import Kernels

/// Logical values of 8 or 16 bits, as the kernels that take both see them.
struct Values {
    var is16: Bool
    /// -128 ... 127, or 0 for 16 bits.
    var zeroPoint = 0
    var logical: [Int]

    init(_ random: inout Random, is16: Bool, count: Int, extreme: Bool = false) {
        self.is16 = is16
        if is16 {
            logical = (extreme ? random.extremeWords(count) : random.words(count)).map { Int($0) }
        } else {
            logical = (extreme ? random.extremes(count) : random.bytes(count)).map { Int($0) }
            zeroPoint = random.integer(-128...127)
        }
    }

    var width: Int { is16 ? 2 : 1 }

    /// What an arithmetic operation takes of a value.
    func distance(_ index: Int) -> Int { logical[index] - zeroPoint }

    /// `shift` is in values.
    func memory(shift: Int) -> Memory { Memory(logical.flatMap { memoryBytes($0, is16: is16) }, shift: shift * width) }

    var memoryZeroPoint: Int32 { Int32(zeroPoint + (is16 ? 0 : memoryOffset)) }
}

/// The one or two bytes in memory of a logical value.
func memoryBytes(_ logical: Int, is16: Bool) -> [UInt8] {
    is16 ? memoryWord(logical) : [memoryByte(Int8(truncatingIfNeeded: logical))]
}

/// An output of 8 or 16 bits with its bounds.
struct OutputForm {
    var is16: Bool
    var bounds: Definition.Output

    /// Bounds at their ends, or any.
    init(_ random: inout Random, is16: Bool) {
        self.is16 = is16
        let whole = is16 ? -32_767...32_767 : -128...127
        var ends = (whole.lowerBound, whole.upperBound)
        if random.integer(0...1) == 0 { ends = (random.integer(whole), random.integer(whole)) }
        bounds = Definition.Output(
            zeroPoint: is16 ? 0 : random.integer(whole), minimum: min(ends.0, ends.1), maximum: max(ends.0, ends.1))
    }

    var width: Int { is16 ? 2 : 1 }

    private func inMemory(_ value: Int) -> Int32 { Int32(value + (is16 ? 0 : memoryOffset)) }

    var zeroPoint: Int32 { inMemory(bounds.zeroPoint) }
    var minimum: Int32 { inMemory(bounds.minimum) }
    var maximum: Int32 { inMemory(bounds.maximum) }

    /// The bytes of a value that is still to be rounded.
    func bytes(_ value: SignedSingle) -> [UInt8] { memoryBytes(Definition.rounded(value, bounds), is16: is16) }

    /// The same of a channel.
    func bytes(_ value: SignedSingle, channel: Int) -> [UInt8] {
        memoryBytes(Definition.rounded(value, bounds.ofChannel(channel)), is16: is16)
    }

    /// The upper bound of each of so many channels less the zero point.
    func upper(_ channels: Int) -> [Float] {
        (0..<channels).map { Float(bounds.ofChannel($0).maximum - bounds.zeroPoint) }
    }
}

extension Definition.Output {
    /// The upper bound of each of so many channels as in memory.
    func maximaInMemory(_ channels: Int) -> [UInt8] {
        (0..<channels).map { memoryByte(Int8(truncatingIfNeeded: ofChannel($0).maximum)) }
    }
}

extension Random {
    /// Yes or no.
    mutating func flag() -> Bool { integer(0...1) == 0 }

    /// A factor of either sign that takes values of about `from` to about `to`; one of sixteen is out of all bounds.
    mutating func factor(from: Float, to: Float) -> Float {
        if integer(0...15) == 0 {
            let odd: [Float] = [
                .infinity, -.infinity, .nan, 0, 3.4e38, -3.4e38, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 1e20,
                -1.175_494_4e-38,
            ]
            return odd[integer(0...odd.count - 1)]
        }
        let factor = scale(from: to / from)
        // A power of two makes ties.
        let plain = flag() ? factor : Float(bitPattern: factor.bitPattern & 0x7F80_0000)
        return flag() ? plain : -plain
    }
}

/// Every choice of 8 or 16 bits for `count` tensors.
func widths(_ count: Int) -> [[Bool]] {
    (0..<1 << count).map { choice in (0..<count).map { choice >> $0 & 1 == 1 } }
}
