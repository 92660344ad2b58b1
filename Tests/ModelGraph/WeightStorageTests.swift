import EdgeFormat
import ModelGraph
import Testing

private func stored(_ storage: WeightStorage, _ reals: [Float]) -> [Float] {
    storage.reals(of: storage.bytes(of: reals, [reals.count]), [reals.count])
}

private let ulp = Float(0x1p-10)  // of half floats from 1 up

@Test func halfFloatsAreRoundedToNearestEven() {
    let ties: [Float] = [1 + ulp / 2, 1 + ulp * 3 / 2, (1 + ulp / 2).nextUp, (1 + ulp / 2).nextDown, -1 - ulp / 2]
    #expect(stored(.float16, ties) == [1, 1 + 2 * ulp, 1 + ulp, 1, -1])
    // Subnormal ones count in 2^-24; half of that is a tie, and 0 is even.
    let small: [Float] = [0x1p-24, 0x1p-25, 0x1.8p-24, Float(0x1p-25).nextUp, 0x1.8p-25, -0x1p-26]
    #expect(stored(.float16, small) == [0x1p-24, 0, 0x1p-23, 0x1p-24, 0x1p-24, 0])
    #expect(stored(.float16, [-0x1p-26])[0].sign == .minus)
    let large: [Float] = [65_504, Float(65_520).nextDown, 65_520, -70_000]
    #expect(stored(.float16, large) == [65_504, 65_504, .infinity, -.infinity])
    #expect(stored(.float16, [.nan])[0].isNaN)
}

@Test func bfloatsAreRoundedToNearestEven() {
    let step = Float(0x1p-7)
    let ties: [Float] = [1 + step / 2, 1 + step * 3 / 2, (1 + step / 2).nextUp, (1 + step / 2).nextDown, -1 - step / 2]
    #expect(stored(.bfloat16, ties) == [1, 1 + 2 * step, 1 + step, 1, -1])
    // They have the exponents of single precision, and its subnormals' upper bits.
    let small: [Float] = [0x1p-133, 0x1p-134, 0x1.8p-133, Float(0x1p-134).nextUp, 0x1p-126, -0x1p-140]
    #expect(stored(.bfloat16, small) == [0x1p-133, 0, 0x1p-132, 0x1p-133, 0x1p-126, 0])
    let largest = Float(bitPattern: 0x7F7F_0000)
    let large: [Float] = [70_000, largest, largest.nextUp, .greatestFiniteMagnitude]
    #expect(stored(.bfloat16, large) == [70_144, largest, largest, .infinity])
    #expect(stored(.bfloat16, [.nan, -.infinity])[0].isNaN)
    #expect(stored(.bfloat16, [Float(bitPattern: 0x7F80_0001)])[0].isNaN)
}

@Test func integersHaveTheScaleOfTheirIndexAlongTheAxis() {
    let reals: [Float] = [1, 2, 3, -4, -5, 6]
    func bytes(_ storage: WeightStorage) -> [Int8] { storage.bytes(of: reals, [2, 3]).map { Int8(bitPattern: $0) } }
    #expect(bytes(.int8(scales: [0.5], axis: 0)) == [2, 4, 6, -8, -10, 12])
    #expect(bytes(.int8(scales: [1, 2], axis: 0)) == [1, 2, 3, -2, -2, 3])
    #expect(bytes(.int8(scales: [1, 2, 4], axis: 1)) == [1, 1, 1, -4, -2, 2])
    #expect(bytes(.int8(scales: [0.01], axis: 0)) == [100, 127, 127, -127, -127, 127])
    let both = WeightStorage.int8(scales: [1, 2, 4], axis: 1)
    #expect(both.reals(of: both.bytes(of: reals, [2, 3]), [2, 3]) == [1, 2, 4, -4, -4, 8])
    #expect(both.transposed([1, 0]) == .int8(scales: [1, 2, 4], axis: 0))
    #expect(WeightStorage.float16.transposed([1, 0]) == .float16)
}

@Test func whatIsStoredIsStoredAgainAsTheSameBytes() {
    // All 16 bits but those of what is no number in either.
    let words = (0...UInt16.max).filter { $0 & 0x7C00 != 0x7C00 }
    let all16: [UInt8] = words.flatMap { word -> [UInt8] in [UInt8(word & 255), UInt8(word >> 8)] }
    for storage in [WeightStorage.float16, .bfloat16] {
        let shape = [all16.count / 2]
        #expect(storage.bytes(of: storage.reals(of: all16, shape), shape) == all16)
    }
    let all8 = (-127...127).map { UInt8(bitPattern: Int8($0)) }
    for scale in [Float(1) / 3, 0x1p-126, 0x1.fffffep-100, 1e30, 0.007] {
        let storage = WeightStorage.int8(scales: [scale], axis: 0)
        #expect(storage.bytes(of: storage.reals(of: all8, [255]), [255]) == all8)
    }
}
