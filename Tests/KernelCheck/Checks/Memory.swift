/// Bytes of exactly the size asked for, so that the address sanitizer sees every access outside, at a chosen distance
/// from an aligned address.
final class Memory {
    private let base: UnsafeMutableRawPointer
    let start: UnsafeMutableRawPointer
    let count: Int

    /// - Parameter shift: distance of the first byte from a multiple of 64.
    init(_ bytes: [UInt8], shift: Int = 0) {
        count = bytes.count
        base = .allocate(byteCount: max(1, count + shift), alignment: 64)
        start = base + shift
        for (index, byte) in bytes.enumerated() { start.storeBytes(of: byte, toByteOffset: index, as: UInt8.self) }
    }

    deinit { base.deallocate() }

    var bytes: [UInt8] { Array(UnsafeRawBufferPointer(start: start, count: count)) }

    func pointer<Element>(as type: Element.Type) -> UnsafeMutablePointer<Element> {
        start.assumingMemoryBound(to: type)
    }
}

extension Memory {
    /// Int32 values; the address is a multiple of 4 and no more.
    convenience init(_ values: [Int32]) {
        self.init(values.flatMap { littleEndian(UInt32(bitPattern: $0)) }, shift: 4)
    }

    /// Float values; the address is a multiple of 4 and no more.
    convenience init(_ values: [Float]) {
        self.init(values.flatMap { littleEndian($0.bitPattern) }, shift: 4)
    }
}

private func littleEndian(_ word: UInt32) -> [UInt8] {
    [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: word >> $0) }
}

/// Fills an output before a kernel runs; what is not the kernel's must keep these values.
let guardByte: UInt8 = 0xA5

/// Where two outputs differ first.
func firstDifference(_ got: [UInt8], _ expected: [UInt8]) -> String? {
    for index in 0..<expected.count where got[index] != expected[index] {
        return "byte \(index) is \(got[index]), not \(expected[index])"
    }
    return nil
}
