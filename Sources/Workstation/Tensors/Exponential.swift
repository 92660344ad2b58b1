extension SIMD8 where Scalar == Float {
    /// eˣ of each lane, within 2⁻²² of it. x is cut to ±87, where eˣ is still a normal number; NaN stays NaN.
    ///
    /// eˣ = 2ⁿ·eʳ with n the whole number next to x/ln 2; the polynomial for eʳ is the one of Cephes' expf. Only sums and
    /// products: the bits do not depend on the processor.
    @inlinable @inline(__always)
    public var exponential: Lanes {
        var x = replacing(with: 87, where: self .> 87)
        x.replace(with: -87, where: x .< -87)
        // Adding 1.5·2²³ rounds to a whole number, which then stands in the low bits.
        let whole = x * 1.442_695_04 + 12_582_912
        let n = whole - 12_582_912
        let r = x - n * 0.693_359_375 + n * 2.121_944_4e-4
        var p = r * 1.987_569_15e-4 + 1.398_199_95e-3
        p = p * r + 8.333_452e-3
        p = p * r + 4.166_579_6e-2
        p = p * r + 0.166_666_65
        p = p * r + 0.5
        let bits = unsafeBitCast(whole, to: SIMD8<Int32>.self) &<< 23
        return unsafeBitCast(
            unsafeBitCast(p * r * r + r + 1, to: SIMD8<Int32>.self) &+ bits, to: Lanes.self)
    }

    /// 1 / (1 + e⁻ˣ) of each lane.
    @inlinable @inline(__always)
    public var sigmoid: Lanes { 1 / (1 + (-self).exponential) }
}
