import EdgeFormat

// What weights in fewer bits stand for (docs/arithmetic.md), and which of them are nearest to given floats.
extension WeightStorage {
    /// The reals that stored bytes stand for.
    /// - Parameters:
    ///   - bytes: of a tensor of this shape, row by row, little-endian.
    public func reals(of bytes: [UInt8], _ shape: [Int]) -> [Float] {
        switch self {
        case .float16: Self.words(bytes).map { Float(Float16(bitPattern: $0)) }
        case .bfloat16: Self.words(bytes).map { Float(bitPattern: UInt32($0) << 16) }
        case .int8: zip(bytes, scales(shape)).map { Float(Int8(bitPattern: $0)) * $1 }
        }
    }

    /// The nearest that can be stored, of two the even one; integers within −127 … 127. Of what `reals` gives these are
    /// the bytes that it was given.
    public func bytes(of reals: [Float], _ shape: [Int]) -> [UInt8] {
        switch self {
        case .float16: Self.bytes(reals.map { Float16($0).bitPattern })
        case .bfloat16: Self.bytes(reals.map(Self.upperHalf))
        case .int8:
            zip(reals, scales(shape)).map { real, scale in
                UInt8(bitPattern: Int8(min(max((real / scale).rounded(.toNearestOrEven), -127), 127)))
            }
        }
    }

    /// Of the tensor whose axis k is axis `order[k]` of this one.
    public func transposed(_ order: [Int]) -> WeightStorage {
        guard case .int8(let scales, let axis) = self else { return self }
        return .int8(scales: scales, axis: order.firstIndex(of: axis) ?? axis)
    }

    /// The nearest bfloat16, of two the even one; a NaN stays one.
    private static func upperHalf(_ real: Float) -> UInt16 {
        let bits = real.bitPattern
        if real.isNaN { return UInt16(bits >> 16) | 0x40 }
        return UInt16((bits + 0x7FFF + (bits >> 16 & 1)) >> 16)
    }

    /// One for each element.
    private func scales(_ shape: [Int]) -> [Float] {
        let count = shape.reduce(1, *)
        guard scales.count > 1 else { return [Float](repeating: scales.first ?? 1, count: count) }
        let pitch = pitch(shape)
        return (0..<count).map { scales[$0 / pitch % scales.count] }
    }

    private static func words(_ bytes: [UInt8]) -> [UInt16] {
        stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8 }
    }

    private static func bytes(_ words: [UInt16]) -> [UInt8] {
        words.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    }
}
